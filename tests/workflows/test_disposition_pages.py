"""Remarks and their answers through their URL: recorded once, lost never, read by those concerned."""

from uuid import uuid4

import pytest

from tests.factories import act, actor, advance, start, write_plan
from tests.workflows.plan_desk import send_request, signed_in, url
from workflows.domain import consultations, dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.errors import DomainError
from workflows.flows import rounds
from workflows.flows.timers import fire_due_timers
from workflows.models import Anchor, Disposition, FormDraft, Requirement, Treatment

pytestmark = pytest.mark.django_db


# --- remarks and their answers ----------------------------------------------------------------------------------------


def consult(world, assignment, count=1):
    """Bring the plan to the answering: the first agency has made `count` remarks, the second was silent."""
    write_plan(assignment)
    key = plans.current_revision(assignment).paragraphs.get(position=99).key
    send_request(world, assignment)
    given = [RemarkInput(f"Ý {n}", Anchor.PARAGRAPH, key) for n in range(1, count + 1)]
    act(
        world.who("s01.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=world.others[0],
        stance="AGREE_WITH_REMARKS",
        remarks=given,
    )
    fire_due_timers(at=consultations.open_round(assignment).due_at)
    return list(dispositions.remarks_of(assignment))


def answer(remark, treatment="ACCEPTED", text="Tiếp thu", version="0"):
    prefix = f"r{remark.pk}"
    return {
        "remark": str(remark.pk),
        f"{prefix}-treatment": treatment,
        f"{prefix}-text": text,
        f"{prefix}-version": version,
    }


def test_remark_is_answered_and_counted(world, assignment, drafter):
    first, second = consult(world, assignment, 2)

    sent = drafter.post(url(assignment, "plan-dispositions"), answer(first))

    assert sent.status_code == 302
    assert sent["Location"].endswith(f"#y-{second.pk}")
    page = drafter.get(url(assignment, "plan-dispositions"))
    assert (page.context["remarks"].answered, page.context["remarks"].total) == (1, 2)
    assert [(tab.value, tab.count) for tab in page.context["states"]] == [
        ("", 2),
        ("open", 1),
        ("accepted", 1),
        ("partly", 0),
        ("explained", 0),
    ]
    narrowed = drafter.get(url(assignment, "plan-dispositions"), {"state": "open"})
    assert [each.remark.pk for each in narrowed.context["rows"]] == [second.pk]
    assert page.context["why_not"] != ""


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("", "Vì"), "treatment"),
        (("HUGE", "Vì"), "treatment"),
        (("EXPLAINED", " "), "text"),
        (("PARTLY", ""), "text"),
        (("ACCEPTED", "a" * 20_001), "text"),
    ],
)
def test_refused_answer_keeps_what_was_typed(world, assignment, drafter, given, field):
    first, second = consult(world, assignment, 2)
    typed = answer(first, *given) | {f"r{second.pk}-text": "Gõ dở"}

    sent = drafter.post(url(assignment, "plan-dispositions"), typed)

    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == [field]
    assert "Gõ dở" in sent.content.decode()
    assert Disposition.objects.count() == 0


def test_recording_one_answer_keeps_what_was_typed_for_the_others(world, assignment, drafter):
    first, second = consult(world, assignment, 2)

    drafter.post(url(assignment, "plan-dispositions"), answer(first) | {f"r{second.pk}-text": "Gõ dở"})

    rows = drafter.get(url(assignment, "plan-dispositions")).context["rows"]
    assert rows[1].form["text"].value() == "Gõ dở"
    assert list(FormDraft.objects.get().fields) == [f"r{second.pk}-text"]


def test_answer_given_meanwhile_is_not_overwritten_unseen(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    dispositions.dispose_remark(
        remark, actor=actor(world.who("skhdt.head")), treatment=Treatment.EXPLAINED, text="Của họ"
    )

    sent = drafter.post(url(assignment, "plan-dispositions"), answer(remark, text="Của tôi"))

    assert sent.status_code == 409
    assert "Của họ" in sent.content.decode()
    assert "Của tôi" in sent.content.decode()
    assert Disposition.objects.get().text == "Của họ"
    drafter.post(url(assignment, "plan-dispositions"), answer(remark, text="Của tôi", version="1"))
    assert Disposition.objects.get().text == "Của tôi"


def test_answered_remark_can_be_opened_again(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    drafter.post(url(assignment, "plan-dispositions"), answer(remark))
    assert drafter.get(url(assignment, "plan-dispositions")).context["rows"][0].form is None

    form = drafter.get(url(assignment, "plan-dispositions"), {"edit": str(remark.pk)}).context["rows"][0].form

    assert (form["treatment"].value(), form["text"].value(), form["version"].value()) == (
        "ACCEPTED",
        "Tiếp thu",
        1,
    )


@pytest.mark.parametrize("wrong", ["0", "x", ""])
def test_remark_of_nobody_is_absent(world, assignment, drafter, wrong):
    consult(world, assignment)

    assert drafter.post(url(assignment, "plan-dispositions"), {"remark": wrong}).status_code == 404


def test_remark_on_another_plan_is_out_of_reach(world, assignment, drafter):
    consult(world, assignment)
    other = start(world)
    advance(world, other, "draft")
    (foreign,) = consult(world, other)

    assert drafter.post(url(assignment, "plan-dispositions"), answer(foreign)).status_code == 404
    assert Disposition.objects.count() == 0


def test_silent_agency_is_named_with_the_rule(world, assignment, drafter, settings):
    consult(world, assignment)

    (sentence,) = drafter.get(url(assignment, "plan-dispositions")).context["silent"]

    assert sentence.startswith("S02")
    assert settings.SILENCE["citations"]["DEEMED_AGREED"] in sentence


def test_agency_reads_the_answers_to_its_own_remarks_alone(world, assignment, drafter):
    write_plan(assignment)
    send_request(world, assignment)
    for agency in world.others:
        act(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance="AGREE_WITH_REMARKS",
            remarks=[RemarkInput(f"Góp ý của {agency.code}")],
        )
    for remark in dispositions.remarks_of(assignment):
        drafter.post(url(assignment, "plan-dispositions"), answer(remark, text=f"Trả lời {remark.text}"))
    unsigned = signed_in(world.who("s01.specialist")).get(url(assignment, "plan-dispositions"))
    assert "Trả lời Góp ý của s01" not in unsigned.content.decode()
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    page = signed_in(world.who("s01.specialist")).get(url(assignment, "plan-dispositions"))

    html = page.content.decode()
    assert "Trả lời Góp ý của s01" in html
    assert "Góp ý của s02" not in html
    assert page.context["task"] is None
    assert (page.context["remarks"].answered, page.context["remarks"].total) == (1, 1)


def test_answers_are_given_by_drafters_alone(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    address = url(assignment, "plan-dispositions")

    assert signed_in(world.who("skhdt.clerk")).post(address, answer(remark)).status_code == 403
    assert signed_in(world.who("s01.head")).post(address, answer(remark)).status_code == 403
    assert signed_in(world.who("vp.head")).post(address, answer(remark)).status_code == 404
    assert Disposition.objects.count() == 0


def test_office_reads_every_answer_once_the_plan_was_put_forward(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    drafter.post(url(assignment, "plan-dispositions"), answer(remark, text="Đã bổ sung"))
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    page = signed_in(world.who("vp.specialist")).get(url(assignment, "plan-dispositions"))

    assert "Đã bổ sung" in page.content.decode()
    assert len(page.context["silent"]) == 1


@pytest.fixture
def returned(world):
    assignment = start(world)
    advance(world, assignment, "decide")
    act(
        world.who("ubnd.vice_chair"),
        assignment,
        "decide",
        "return",
        requirements="Bổ sung kinh phí\nNêu rõ thời hạn",
    )
    return assignment


def test_requirement_of_the_return_is_answered(world, returned, drafter):
    first, second = Requirement.objects.order_by("number")
    page = drafter.get(url(returned, "plan-dispositions"))
    assert "Bổ sung kinh phí" in page.context["sent_back"].reason
    assert page.context["why_not"] != ""
    typed = {
        "requirement": str(first.pk),
        f"q{first.pk}-answer": "Đã bổ sung",
        f"q{second.pk}-answer": "Gõ dở",
    }

    sent = drafter.post(url(returned, "plan-dispositions"), typed)

    assert sent.status_code == 302
    first.refresh_from_db()
    assert first.answer == "Đã bổ sung"
    rows = drafter.get(url(returned, "plan-dispositions")).context["requirement_rows"]
    assert [each.form["answer"].value() for each in rows] == ["Đã bổ sung", "Gõ dở"]


@pytest.mark.parametrize("typed", ["", " ", "a" * 1001])
def test_refused_answer_to_a_requirement_changes_nothing(world, returned, drafter, typed):
    first = Requirement.objects.order_by("number")[0]

    sent = drafter.post(
        url(returned, "plan-dispositions"), {"requirement": str(first.pk), f"q{first.pk}-answer": typed}
    )

    assert sent.status_code == 422
    first.refresh_from_db()
    assert first.answer == ""


# --- where the text was changed ---------------------------------------------------------------------------------------


def test_accepted_remark_shows_the_redline_of_its_own_place(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    plans.current_revision(assignment).paragraphs.filter(key=remark.anchor_key).update(
        text="Rà soát từng dự án, giải ngân 60%."
    )

    drafter.post(url(assignment, "plan-dispositions"), answer(remark))

    (row,) = drafter.get(url(assignment, "plan-dispositions")).context["rows"]
    assert (row.passage.is_unchanged, len(row.passage.rows), row.passage.words) == (
        False,
        1,
        remark.anchor_label,
    )


def test_accepted_remark_whose_text_has_not_changed_is_marked(world, assignment, drafter):
    first, second = consult(world, assignment, 2)
    drafter.post(url(assignment, "plan-dispositions"), answer(first))
    drafter.post(url(assignment, "plan-dispositions"), answer(second, "EXPLAINED", "Giữ"))

    rows = drafter.get(url(assignment, "plan-dispositions")).context["rows"]

    assert rows[0].passage.is_unchanged
    assert rows[1].passage is None


def test_another_place_of_the_draft_can_be_named(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    other = plans.current_revision(assignment).paragraphs.exclude(key=remark.anchor_key).order_by("pk")[0]
    other.text = "Đã sửa ở đây"
    other.save(update_fields=["text"])
    place = {f"r{remark.pk}-place": f"PARAGRAPH:{other.key}"}

    drafter.post(url(assignment, "plan-dispositions"), answer(remark) | place)

    given = Disposition.objects.get()
    assert (given.anchor, given.anchor_key) == (Anchor.PARAGRAPH, other.key)
    (row,) = drafter.get(url(assignment, "plan-dispositions")).context["rows"]
    assert not row.passage.is_unchanged
    edited = drafter.get(url(assignment, "plan-dispositions"), {"edit": str(remark.pk)}).context["rows"][0]
    assert edited.form["place"].value() == f"PARAGRAPH:{other.key}"


def test_place_that_is_no_longer_in_the_draft_is_refused(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    place = {f"r{remark.pk}-place": f"PARAGRAPH:{uuid4()}"}

    sent = drafter.post(url(assignment, "plan-dispositions"), answer(remark, text="Đã sửa") | place)

    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == ["place"]
    assert "Đã sửa" in sent.content.decode()


def test_place_removed_between_page_and_answer_is_refused_by_the_domain(world, assignment):
    (remark,) = consult(world, assignment)

    with pytest.raises(DomainError) as refusal:
        dispositions.dispose_remark(
            remark,
            actor=actor(world.who("skhdt.head")),
            treatment=Treatment.ACCEPTED,
            text="Đã sửa",
            place=(Anchor.ACTION_ITEM, uuid4()),
        )

    assert refusal.value.field == "place"


def test_draft_that_needs_no_change_says_why(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    no_change = {f"r{remark.pk}-needs_no_change": "on"}
    address = url(assignment, "plan-dispositions")

    refused = drafter.post(address, answer(remark, text="") | no_change)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["text"])

    drafter.post(address, answer(remark, text="Đã có ở mục II") | no_change)
    assert Disposition.objects.get().needs_no_change
    (row,) = drafter.get(address).context["rows"]
    assert (row.passage.is_unchanged, row.passage.rows) == (False, ())


def test_explained_remark_names_no_other_place(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    more = {f"r{remark.pk}-needs_no_change": "on"}

    drafter.post(url(assignment, "plan-dispositions"), answer(remark, "EXPLAINED", "Giữ") | more)

    assert not Disposition.objects.get().needs_no_change


def test_all_places_are_offered_in_the_row_that_asks_and_nothing_typed_is_lost(world, assignment, drafter):
    first, second = consult(world, assignment, 2)
    typed = {"places": str(first.pk), f"r{first.pk}-text": "Gõ dở", f"r{second.pk}-text": "Gõ nữa"}
    narrow = drafter.get(url(assignment, "plan-dispositions")).context["rows"][0].form

    sent = drafter.post(url(assignment, "plan-dispositions"), typed)

    rows = drafter.get(sent["Location"]).context["rows"]
    assert [row.form["text"].value() for row in rows] == ["Gõ dở", "Gõ nữa"]
    assert str(narrow["place"]).count("<option") < str(rows[0].form["place"]).count("<option")


def test_place_that_is_gone_is_said_and_leads_to_the_revision_that_was_judged(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    plans.current_revision(assignment).paragraphs.filter(key=remark.anchor_key).delete()

    (row,) = drafter.get(url(assignment, "plan-dispositions")).context["rows"]

    assert row.spot.is_gone
    assert row.spot.url == f"{url(assignment)}?revision=1#m-{remark.anchor_key}"
    assert "Rà soát từng dự án" in drafter.get(row.spot.url).content.decode()


def test_page_says_that_the_first_answer_ends_late_answers(world, assignment, drafter):
    first, _second = consult(world, assignment, 2)
    assert drafter.get(url(assignment, "plan-dispositions")).context["ends_late_answers"] == 1

    drafter.post(url(assignment, "plan-dispositions"), answer(first))

    assert drafter.get(url(assignment, "plan-dispositions")).context["ends_late_answers"] == 0


def test_first_answer_closes_the_task_of_answering_late(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    part = assignment.participations.get(agency=world.others[1])
    task = rounds.answer_again(part, actor=actor(world.who("s02.head")))
    assert task.is_open

    drafter.post(url(assignment, "plan-dispositions"), answer(remark))

    task.refresh_from_db()
    assert not task.is_open


def test_doubled_answer_is_recorded_once(world, assignment, drafter):
    (remark,) = consult(world, assignment)
    given = answer(remark) | {f"r{remark.pk}-key": str(uuid4())}

    answers = [drafter.post(url(assignment, "plan-dispositions"), given).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert Disposition.objects.get().version == 1


def test_remarks_of_several_rounds_say_what_they_judged_and_keep_their_answers(world, assignment, drafter):
    (first,) = consult(world, assignment)
    drafter.post(url(assignment, "plan-dispositions"), answer(first, "EXPLAINED", "Giữ như dự thảo"))
    assignment.participations.coordinating().update(to_be_asked=True)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")
    for agency in world.others:
        act(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance="AGREE_WITH_REMARKS",
            remarks=[RemarkInput("Ý lần hai")],
        )

    rows = drafter.get(url(assignment, "plan-dispositions")).context["rows"]

    revisions = [row.remark.opinion.consultation.revision.number for row in rows]
    assert [row.round != "" for row in rows] == [True, True, True]
    assert [str(number) in row.round for row, number in zip(rows, revisions, strict=True)] == [True] * 3
    assert rows[0].answer.text == "Giữ như dự thảo"
    assert [row.answer for row in rows[1:]] == [None, None]


@pytest.mark.parametrize("rows", [1, 3])
def test_answering_costs_the_same_however_many_remarks(
    world, assignment, drafter, django_assert_num_queries, rows
):
    remarks = consult(world, assignment, rows)
    drafter.post(url(assignment, "plan-dispositions"), answer(remarks[0]))
    drafter.get(url(assignment, "plan-dispositions"))

    with django_assert_num_queries(20):
        page = drafter.get(url(assignment, "plan-dispositions"))

    assert len(page.context["rows"]) == rows
