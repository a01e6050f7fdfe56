"""The plan's text as a page: who reads what, the editor without scripts."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.authority import hats
from tests.factories import act, actor, advance, make_agency, make_member, start, write_plan
from tests.workflows.plan_desk import (
    HTMX,
    give,
    page_of,
    paragraphs,
    send_request,
    signed_in,
    somebody_else_writes,
    texts,
    url,
)
from workflows import policies
from workflows.domain import editing, plans
from workflows.domain.answering import RemarkInput
from workflows.models import Anchor, Level, Paragraph, ParagraphDraft

pytestmark = pytest.mark.django_db


# --- who reads what --------------------------------------------------------------------------------------------------


def test_draft_is_an_editor_for_the_lead_and_absent_for_everybody_else(world, assignment, drafter):
    page = drafter.get(url(assignment))

    assert page.status_code == 200
    assert page.context["is_editing"] is True
    assert b"<textarea" in page.content
    stranger = make_member(make_agency("khac"), "HEAD")
    for user in (world.who("s01.head"), world.who("vp.specialist"), world.who("ubnd.chair"), stranger):
        assert signed_in(user).get(url(assignment)).status_code == 404


def test_plan_of_nobody_is_absent(world, assignment, drafter):
    assert drafter.get(reverse("plan", args=[uuid4()])).status_code == 404


def test_clerk_of_the_lead_reads_the_draft_without_changing_it(world, assignment):
    clerk = signed_in(world.who("skhdt.clerk"))

    assert clerk.get(url(assignment)).context["is_editing"] is False
    refused = clerk.post(url(assignment), page_of(assignment, p1="Của văn thư") | {"op": "save"})
    assert refused.status_code == 403
    assert "Của văn thư" not in texts(assignment)
    assert ParagraphDraft.objects.count() == 0


def test_asked_agency_reads_the_frozen_revision_alone(world, assignment):
    write_plan(assignment, "Đoạn đã gửi")
    send_request(world, assignment)
    for agency in world.others:
        give(world, assignment, agency)
    editing.insert_paragraph(
        plans.current_revision(assignment),
        after=None,
        level=Level.POINT,
        text="Chưa gửi",
        actor=actor(world.who("skhdt.specialist")),
    )

    asked = signed_in(world.who("s01.specialist"))
    page = asked.get(url(assignment))

    assert page.context["revision"].number == 1
    assert "Đoạn đã gửi" in page.content.decode()
    assert "Chưa gửi" not in page.content.decode()
    assert asked.get(url(assignment), {"revision": "2"}).status_code == 404
    assert signed_in(world.who("vp.specialist")).get(url(assignment)).status_code == 404


def test_office_reads_what_was_put_forward(world, assignment):
    advance_from_draft(world, assignment)

    page = signed_in(world.who("vp.specialist")).get(url(assignment))

    assert page.context["revision"].number == 2
    assert page.context["is_editing"] is False


def advance_from_draft(world, assignment):
    write_plan(assignment)
    send_request(world, assignment)
    for agency in world.others:
        give(world, assignment, agency)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")


def test_older_revision_is_only_read(world, assignment, drafter):
    write_plan(assignment)
    send_request(world, assignment)
    for agency in world.others:
        give(world, assignment, agency)

    page = drafter.get(url(assignment), {"revision": "1"})

    assert (page.context["revision"].number, page.context["is_editing"]) == (1, False)
    for wrong in ("0", "9", "x", "1.0"):
        assert drafter.get(url(assignment), {"revision": wrong}).status_code == 404


def test_may_she_edit_and_what_may_she_edit_agree(world, assignment):
    other = start(world)
    advance(world, other, "sign_request")

    for username, expected in {
        "skhdt.specialist": {assignment.pk},
        "skhdt.head": {assignment.pk},
        "skhdt.clerk": set(),
        "s01.head": set(),
        "vp.head": set(),
        "ubnd.chair": set(),
    }.items():
        user = world.who(username)
        asked = {each.pk for each in (assignment, other) if policies.can_edit_plan(hats(user), user, each)}
        listed = set(policies.drafting_tasks(hats(user), user).values_list("process__assignment", flat=True))
        assert asked == listed == expected, username


def test_handing_on_is_offered_with_the_stamp_of_the_page(world, assignment, drafter):
    form = drafter.get(url(assignment)).context["finish"].form

    assert form["seen"].value() == plans.current_revision(assignment).stamp


def test_refused_hand_over_is_shown_with_its_reason(world, assignment, drafter):
    task = drafter.get(url(assignment)).context["finish"]

    seen = plans.current_revision(assignment).stamp

    answer = drafter.post(task.url, {"verb": "finish", "key": str(uuid4()), "seen": seen, "note": "Kính"})

    assert answer.status_code == 422
    assert "workflows/task_finish.html" in [template.name for template in answer.templates]
    assert "Kính" in answer.content.decode()


# --- the whole page, without scripts ---------------------------------------------------------------------------------


def test_saving_the_page_stores_each_changed_paragraph_and_no_other(world, assignment, drafter):
    answer = drafter.post(
        url(assignment), page_of(assignment, p0="Một", p3="Bốn\r\ndòng hai ") | {"op": "save"}
    )

    assert answer.status_code == 302
    stored = paragraphs(assignment)
    assert (stored[0].text, stored[0].version) == ("Một", 2)
    assert (stored[3].text, stored[3].version) == ("Bốn\ndòng hai", 2)
    assert [p.version for p in stored] == [2, 1, 1, 2, 1, 1]


def test_saving_the_page_leaves_what_others_changed_meanwhile(world, assignment, drafter):
    fields = page_of(assignment, p1="Của tôi")
    somebody_else_writes(world, assignment, 3, "Của họ")

    answer = drafter.post(url(assignment), fields | {"op": "save"})

    assert answer.status_code == 302
    assert (texts(assignment)[1], texts(assignment)[3]) == ("Của tôi", "Của họ")


def test_saving_over_a_change_shows_both_and_keeps_what_was_typed(world, assignment, drafter):
    somebody_else_writes(world, assignment, 1, "Rà soát từng dự án theo tháng.")
    fields = page_of(assignment, p1="Rà soát từng dự án theo tháng; kiểm điểm.", p3="Vẫn lưu")
    somebody_else_writes(world, assignment, 1, "Rà soát mọi dự án theo tháng.")

    answer = drafter.post(url(assignment), fields | {"op": "save"})

    conflict = answer.context["conflict"]
    assert answer.status_code == 409
    assert conflict["merged_text"] == "Rà soát mọi dự án theo tháng; kiểm điểm."
    assert conflict["their_text"] == "Rà soát mọi dự án theo tháng."
    assert conflict["my_text"] == "Rà soát từng dự án theo tháng; kiểm điểm."
    assert texts(assignment)[3] == "Vẫn lưu"
    assert ParagraphDraft.objects.get().text == "Rà soát từng dự án theo tháng; kiểm điểm."
    assert "Rà soát từng dự án theo tháng; kiểm điểm." in answer.content.decode()


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("add:1", ["A", "B", "", "C"]),
        ("add", ["A", "B", "C", ""]),
        ("remove:1", ["A", "C"]),
        ("up:2", ["A", "C", "B"]),
        ("down:0", ["B", "A", "C"]),
        ("up:0", ["A", "B", "C"]),
        ("down:2", ["A", "B", "C"]),
        ("split:1", ["A", "B", "C"]),
    ],
)
def test_buttons_of_the_editor_work_as_plain_posts(world, assignment, drafter, button, expected):
    revision = plans.current_revision(assignment)
    revision.paragraphs.all().delete()
    keys = [
        Paragraph.objects.create(revision=revision, position=n, text=text).key
        for n, text in enumerate("ABC", start=1)
    ]
    name, _colon, index = button.partition(":")
    op = f"{name}:{keys[int(index)]}" if index else name

    answer = drafter.post(url(assignment), page_of(assignment) | {"op": op})

    assert answer.status_code == 302
    assert texts(assignment) == expected


def test_button_also_stores_what_was_typed(world, assignment, drafter):
    second = paragraphs(assignment)[1]

    drafter.post(url(assignment), page_of(assignment, p1="Một\nb) Hai") | {"op": f"split:{second.key}"})

    assert texts(assignment)[1:3] == ["Một", "Hai"]


def test_level_button_changes_the_numbers(world, assignment, drafter):
    second = paragraphs(assignment)[1]

    drafter.post(url(assignment), {"op": f"level:{second.key}:POINT"})

    assert [row.mark for row in drafter.get(url(assignment)).context["rows"]][:3] == ["I.", "a)", "II."]


@pytest.mark.parametrize(
    "op", ["x", "up", "remove:", "up:1", "level:{key}", "level:{key}:HUGE", "add:1;drop", "save:x:y:z?"]
)
def test_buttons_nobody_drew_are_refused(world, assignment, drafter, op):
    before = texts(assignment)

    answer = drafter.post(url(assignment), {"op": op.format(key=paragraphs(assignment)[0].key)})

    assert answer.status_code == (302 if op.startswith(("save", "add")) else 400)
    assert [text for text in texts(assignment) if text] == [text for text in before if text]


def test_button_on_a_paragraph_of_another_plan_changes_nothing(world, assignment, drafter):
    other = start(world)
    advance(world, other, "draft")
    foreign = paragraphs(other)[0]

    drafter.post(url(assignment), {"op": f"remove:{foreign.key}"})

    assert Paragraph.objects.filter(pk=foreign.pk).exists()


def test_htmx_answer_is_the_changed_page_without_its_frame(world, assignment, drafter):
    second = paragraphs(assignment)[1]

    answer = drafter.post(url(assignment), page_of(assignment) | {"op": f"add:{second.key}"}, **HTMX)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.lstrip().startswith("<main")
    assert "data-focus" in html
    assert answer.context["finish"].form["seen"].value() == plans.current_revision(assignment).stamp


def test_htmx_conflict_leads_to_the_choice(world, assignment, drafter):
    fields = page_of(assignment, p1="Của tôi")
    somebody_else_writes(world, assignment, 1, "Của họ")

    answer = drafter.post(url(assignment), fields | {"op": "save"}, **HTMX)

    address = url(assignment, "paragraph", paragraphs(assignment)[1].key)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, address)
    choice = drafter.get(address)
    assert (choice.status_code, choice.context["conflict"]["my_text"]) == (200, "Của tôi")


def test_too_long_paragraph_is_kept_and_not_stored(world, assignment, drafter):
    long = "a" * (plans.MAX_PARAGRAPH + 1)

    answer = drafter.post(url(assignment), page_of(assignment, p1=long) | {"op": "save"})

    assert answer.status_code == 422
    assert texts(assignment)[1] == ""
    assert ParagraphDraft.objects.get().text == long


def test_typing_after_the_draft_was_handed_on_is_kept(world, assignment, drafter):
    write_plan(assignment)
    fields = page_of(assignment, p1="Gõ muộn")
    send_request(world, assignment)

    answer = drafter.post(url(assignment), fields | {"op": "save"})

    assert answer.status_code == 409
    assert "Gõ muộn" in answer.content.decode()
    assert "Gõ muộn" not in texts(assignment)
    assert [draft.text for draft in ParagraphDraft.objects.all()] == ["Gõ muộn"]
    kept = drafter.get(url(assignment)).context["rows"][1].kept
    assert kept.text == "Gõ muộn"


# --- whom to consult --------------------------------------------------------------------------------------------------


def test_plan_says_how_many_agencies_are_asked_and_where_they_are_chosen(world, assignment, drafter):
    page = drafter.get(url(assignment))

    assert page.context["chosen_count"] == 2
    assert f'href="{url(assignment, "plan-request")}"' in page.content.decode()


def test_request_tab_is_the_leads_alone(world, assignment):
    advance_from_draft(world, assignment)
    address = url(assignment, "plan-request")

    for username in ("s01.head", "vp.specialist", "ubnd.chair"):
        assert address not in signed_in(world.who(username)).get(url(assignment)).content.decode(), username
    assert address in signed_in(world.who("skhdt.clerk")).get(url(assignment)).content.decode()


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_editor_costs_the_same_however_long_the_plan(
    world, assignment, drafter, django_assert_num_queries, rows
):
    for n in range(rows):
        write_plan(assignment, f"Đoạn {n}")
    drafter.get(url(assignment))

    with django_assert_num_queries(14):
        drafter.get(url(assignment))


@pytest.mark.parametrize("rows", [1, 3])
def test_reader_costs_the_same_however_many_remarks(world, assignment, django_assert_num_queries, rows):
    write_plan(assignment)
    key = paragraphs(assignment)[-1].key
    send_request(world, assignment)
    give(
        world,
        assignment,
        world.others[0],
        *[RemarkInput(f"Ý {n}", Anchor.PARAGRAPH, key) for n in range(rows)],
    )
    reader = signed_in(world.who("s01.specialist"))
    reader.get(url(assignment))

    with django_assert_num_queries(15):
        page = reader.get(url(assignment))

    assert sum(len(row.remarks) for row in page.context["rows"]) == rows
