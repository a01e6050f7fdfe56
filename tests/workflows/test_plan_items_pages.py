"""The plan's table of tasks through its URL, and the inputs it is written with."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import act, actor, advance, make_agency, start, write_plan
from tests.workflows.plan_desk import in_days, signed_in, url
from workflows.domain import editing, plans
from workflows.domain.editing import ItemInput
from workflows.forms.fields import AgencyChoices, VietnameseDateField
from workflows.models import ActionItem

pytestmark = pytest.mark.django_db


# --- dates as they are typed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["03/07/2020", "3/7/2020", "3/7/20", "3-7-2020", "3.7.2020", "030720", "03072020", " 3 / 7 / 2020 "],
)
def test_date_is_read_day_first(typed):
    assert VietnameseDateField().clean(typed) == date(2020, 7, 3)


@pytest.mark.parametrize(
    "typed",
    ["2020-07-03", "31/02/2020", "3/13/2020", "3/7", "hôm nay", "3/7/2020/1", "00/00/00", "٣/٧/2020x"],
)
def test_date_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError):
        VietnameseDateField().clean(typed)


def test_date_is_shown_as_it_is_typed():
    assert VietnameseDateField().prepare_value(date(2020, 7, 3)) == "03/07/2020"


def test_agencies_to_choose_are_those_of_the_day(world, django_assert_num_queries):
    gone = make_agency("cu")
    gone.valid_to = in_days(0)
    gone.save(update_fields=["valid_to"])

    with django_assert_num_queries(1):
        groups = AgencyChoices.load(on=timezone.localdate()).groups(without=world.lead.pk)

    names = [name for _kind, choices in groups for _value, name in choices]
    assert sorted(names) == ["S01", "S02", "VP"]


# --- tasks of the plan ------------------------------------------------------------------------------------------------


def row(world, **changed):
    return {
        "op": "save",
        "key": "",
        "version": "",
        "task": "Rà soát dự án",
        "lead": world.others[0].pk,
        "coordinating": [world.lead.pk],
        "due_on": f"{in_days(30):%d/%m/%Y}",
        "product": "Báo cáo",
        "target": "100%",
    } | changed


def items(assignment):
    return list(ActionItem.objects.filter(revision__plan__assignment=assignment).order_by("position", "id"))


def test_added_task_is_stored_and_shown(world, assignment, drafter):
    answer = drafter.post(url(assignment, "plan-items"), row(world))

    item = items(assignment)[0]
    assert answer.status_code == 302
    assert (item.task, item.lead, item.due_on) == ("Rà soát dự án", world.others[0], in_days(30))
    assert list(item.coordinating.all()) == [world.lead]
    shown = drafter.get(url(assignment, "plan-items")).context["rows"]
    assert [(each.number, each.lead, each.coordinating) for each in shown] == [(1, "S01", "SKHDT")]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"task": ""}, "task"),
        ({"task": "a" * 1001}, "task"),
        ({"product": "a" * 301}, "product"),
        ({"lead": ""}, "lead"),
        ({"lead": "999999"}, "lead"),
        ({"coordinating": ["x"]}, "coordinating"),
        ({"due_on": "07/13/2020"}, "due_on"),
        ({"due_on": "01/01/2020"}, "due_on"),
    ],
)
def test_refused_task_shows_the_row_again_as_typed(world, assignment, drafter, changed, field):
    answer = drafter.post(url(assignment, "plan-items"), row(world, **changed))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Báo cáo" in answer.content.decode() or field == "product"
    assert items(assignment) == []


def test_task_whose_lead_coordinates_is_refused(world, assignment, drafter):
    answer = drafter.post(url(assignment, "plan-items"), row(world, coordinating=[world.others[0].pk]))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["coordinating"]


def test_edited_row_starts_with_what_is_stored(world, assignment, drafter):
    drafter.post(url(assignment, "plan-items"), row(world))
    item = items(assignment)[0]

    form = drafter.get(url(assignment, "plan-items"), {"edit": str(item.key)}).context["form"]

    assert form["due_on"].value() == f"{in_days(30):%d/%m/%Y}"
    assert form.chosen == ["SKHDT"]
    assert drafter.get(url(assignment, "plan-items"), {"edit": str(uuid4())}).context["form"] is None


def test_task_changed_meanwhile_is_not_overwritten_unseen(world, assignment, drafter):
    drafter.post(url(assignment, "plan-items"), row(world))
    item = items(assignment)[0]
    given = ItemInput(task="Của họ", lead=world.lead)
    editing.save_item(
        plans.current_revision(assignment),
        given,
        key=item.key,
        version=1,
        actor=actor(world.who("skhdt.head")),
    )
    sent = row(world, key=str(item.key), version="1", task="Của tôi")

    answer = drafter.post(url(assignment, "plan-items"), sent)

    assert answer.status_code == 409
    assert answer.context["current"].task == "Của họ"
    assert "Của tôi" in answer.content.decode()
    assert answer.context["form"]["version"].value() == "2"
    assert items(assignment)[0].task == "Của họ"
    drafter.post(url(assignment, "plan-items"), sent | {"version": "2"})
    assert items(assignment)[0].task == "Của tôi"


def test_task_removed_meanwhile_keeps_what_was_typed_on_the_page(world, assignment, drafter):
    answer = drafter.post(url(assignment, "plan-items"), row(world, key=str(uuid4()), version="1"))

    assert answer.status_code == 422
    assert "Rà soát dự án" in answer.content.decode()
    assert items(assignment) == []


def test_removed_task_is_gone(world, assignment, drafter):
    drafter.post(url(assignment, "plan-items"), row(world))

    answer = drafter.post(url(assignment, "plan-items"), {"op": f"remove:{items(assignment)[0].key}"})

    assert answer.status_code == 302
    assert items(assignment) == []


@pytest.mark.parametrize("op", ["remove:", "remove:1", "x"])
def test_buttons_of_the_table_nobody_drew_are_refused(world, assignment, drafter, op):
    assert drafter.post(url(assignment, "plan-items"), {"op": op}).status_code == 400


def test_task_of_another_plan_is_out_of_reach(world, assignment, drafter):
    other = start(world)
    advance(world, other, "draft")
    drafter.post(url(other, "plan-items"), row(world))
    foreign = items(other)[0]

    drafter.post(url(assignment, "plan-items"), {"op": f"remove:{foreign.key}"})
    drafter.post(url(assignment, "plan-items"), row(world, key=str(foreign.key), version="1", task="Của tôi"))

    assert [item.task for item in items(other)] == ["Rà soát dự án"]


def test_tasks_change_only_while_the_lead_drafts(world, assignment, drafter):
    address = url(assignment, "plan-items")
    assert signed_in(world.who("skhdt.clerk")).post(address, row(world)).status_code == 403
    assert signed_in(world.who("s01.head")).post(address, row(world)).status_code == 404
    write_plan(assignment)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")

    assert drafter.post(address, row(world)).status_code == 403
    assert items(assignment) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_tasks_cost_the_same_however_many(world, assignment, drafter, django_assert_num_queries, rows):
    for _ in range(rows):
        drafter.post(url(assignment, "plan-items"), row(world))
    drafter.get(url(assignment, "plan-items"))

    with django_assert_num_queries(14):
        page = drafter.get(url(assignment, "plan-items"))

    assert len(page.context["rows"]) == rows
