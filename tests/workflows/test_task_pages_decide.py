"""What the Office and the Committee see of a submission: figures, disagreements, changes with their causes, checks."""

from copy import deepcopy
from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import act, actor, open_task, stamp
from tests.workflows import cases
from tests.workflows.cases import case_at, grown_case
from tests.workflows.desk import Desk
from workflows.domain import dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.flows.timers import fire_due_timers
from workflows.models import ActionItem, Anchor, Consultation, Paragraph, Requirement, Stance, Treatment

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3)]


def paragraph(assignment):
    return Paragraph.objects.get(revision=plans.current_revision(assignment), position=99)


def item(assignment):
    return ActionItem.objects.get(revision=plans.current_revision(assignment))


@pytest.fixture(scope="module")
def kept_disposing(kept_world):
    """A case whose first agency remarks on the paragraph, the second disagrees on the task, the third keeps silent."""
    world, assignment = kept_world, case_at("draft", kept_world)
    cases.draft(world, assignment, 1)
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    on_text = RemarkInput("Tách theo quý", Anchor.PARAGRAPH, paragraph(assignment).key)
    on_task = RemarkInput("Giao Sở Công Thương", Anchor.ACTION_ITEM, item(assignment).key)
    give(world, assignment, 0, stance=Stance.AGREE_WITH_REMARKS, remarks=[on_text])
    give(world, assignment, 1, stance=Stance.DISAGREE, reason="Không đúng chức năng", remarks=[on_task])
    round_ = Consultation.objects.get()
    fire_due_timers(at=round_.due_at)
    return assignment


@pytest.fixture
def disposing(kept_disposing):
    return deepcopy(kept_disposing)


def give(world, assignment, index, **given):
    agency = world.others[index]
    act(world.who(f"{agency.code}.head"), assignment, "prepare_opinion", "sign", agency=agency, **given)


def dispose(world, assignment, *treatments):
    for remark, (treatment, text) in zip(dispositions.open_remarks(assignment), treatments, strict=True):
        dispositions.dispose_remark(
            remark, actor=actor(world.who("skhdt.specialist")), treatment=treatment, text=text
        )


def rewrite(assignment, text):
    Paragraph.objects.filter(pk=paragraph(assignment).pk).update(text=text)


def finish(world, assignment):
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")


@pytest.fixture(scope="module")
def kept_deciding(kept_world, kept_disposing):
    """The case before the Committee: the first remark was taken, the second explained."""
    world, assignment = kept_world, kept_disposing
    dispose(world, assignment, (Treatment.ACCEPTED, "Đã tách"), (Treatment.EXPLAINED, "Giữ như dự thảo"))
    rewrite(assignment, "Rà soát từng dự án, giải ngân 60% đến 30/9/2020.")
    finish(world, assignment)
    cases.put_forward(world, assignment)
    cases.clear(world, assignment)
    cases.sign_review(world, assignment)
    return assignment


@pytest.fixture
def deciding(kept_deciding):
    return deepcopy(kept_deciding)


@pytest.fixture
def page(world, deciding):
    return Desk(world.who("ubnd.vice_chair"), deciding, "decide").get()


def test_figures_of_the_last_round_and_of_the_remarks(page):
    tally = page.context["tally"]

    assert (tally.asked, tally.answered, tally.silent, tally.disagreeing) == (3, 2, 1, 1)
    assert (tally.remarks, tally.accepted, tally.partly, tally.explained, tally.disposed) == (2, 1, 0, 1, 2)


def test_open_disagreement_shows_both_texts_and_what_the_office_proposes(page):
    (dissent,) = page.context["dissents"]

    assert (dissent.agency, dissent.says, dissent.answers) == (
        "Cơ quan s02", ["Không đúng chức năng", "Giao Sở Công Thương"], ["Explained (not taken): Giữ như dự thảo"],
    )  # fmt: skip
    assert page.content.decode().count("Giữ như dự thảo.") == 2


def test_change_names_the_remark_that_caused_it(page):
    changes = page.context["changes"]

    assert changes.since == "Changes since the agencies were asked"
    assert [(row.where, [cause.text for cause in row.causes]) for row in changes.rows] == [
        ("Point a clause 1 section III", ["takes the remark of S01"])
    ]


def test_checks_say_what_is_as_it_should_be_and_what_is_not(page):
    assert [(check.text, check.ok) for check in page.context["checks"]] == [
        ("Submission No. 1216/TTr-SKHĐT", True),
        ("Remarks answered: 2/2", True),
        ("Agencies that answered: 2/3", False),
        ("1 task lacks a due date or a product", False),
        ("1 agency disagrees", False),
    ]


def test_vice_chair_signs_for_the_chair(page, world, deciding):
    chair = Desk(world.who("ubnd.chair"), deciding, "decide").get()

    assert "You sign: TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH." in page.content.decode()
    assert "You sign: TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH." in chair.content.decode()


def test_dossier_leads_to_plan_answers_and_revisions(page, deciding):
    plan = deciding.plan.public_id

    content = page.content.decode()
    assert f"{reverse('plan', args=[plan])}?revision=2" in content
    assert reverse("plan-dispositions", args=[plan]) in content
    assert reverse("plan-revisions", args=[plan]) in content


def test_approval_over_the_disagreement_needs_its_tick_and_names_the_agency(world, deciding):
    desk = Desk(world.who("ubnd.chair"), deciding, "decide")

    assert "I have seen the disagreement of S02 and approve the plan as submitted" in desk.html()
    assert desk.post("approve", overrides="on").status_code == 302


def test_approval_without_a_disagreement_asks_for_no_tick(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")

    assert "overrides" not in desk.html()


@pytest.fixture(scope="module")
def kept_second(kept_world, kept_deciding):
    """The case put forward again: one requirement names the paragraph, the other nothing."""
    world, deciding = kept_world, kept_deciding
    required = "Point a clause 1 section III: nêu rõ theo quý\nXem lại chủ trì"
    act(world.who("ubnd.chair"), deciding, "decide", "return", requirements=required)
    rewrite(deciding, "Rà soát từng dự án, giải ngân 60% đến 30/9/2020, 100% đến 31/12/2020.")
    ActionItem.objects.filter(pk=item(deciding).pk).update(due_on=date(2030, 1, 15), product="Báo cáo")
    for requirement in dispositions.open_requirements(deciding):
        dispositions.answer_requirement(
            requirement, actor=actor(world.who("skhdt.specialist")), answer="Đã sửa"
        )
    finish(world, deciding)
    cases.put_forward(world, deciding)
    return deciding


@pytest.fixture
def second(kept_second):
    return deepcopy(kept_second)


def test_office_sees_what_changed_since_the_last_submission_and_which_requirement_caused_it(world, second):
    context = Desk(world.who("vp.specialist"), second, "review").get().context

    assert context["changes"].since == "Changes since submission 1"
    assert [(row.where, [cause.text for cause in row.causes]) for row in context["changes"].rows] == [
        ("Point a clause 1 section III", ["requirement 1 of the return"]),
        ("Task 1", ["after the return"]),
    ]
    assert [check.text for check in context["checks"]][3:5] == [
        "Requirements of the return met: 2/2", "Every task has a lead, a due date and a product",
    ]  # fmt: skip


def test_requirements_of_the_return_stand_ticked_or_not_with_what_was_changed_for_them(world, second):
    Requirement.objects.filter(number=2).update(answer="")
    response = Desk(world.who("vp.specialist"), second, "review").get()

    assert [(each.answer, each.places) for each in response.context["requirements"]] == [
        ("Đã sửa", ["Point a clause 1 section III"]), ("", []),
    ]  # fmt: skip
    content = response.content.decode()
    assert (content.count('class="met"'), content.count('class="unmet"'), content.count("Not met: ")) == (
        1,
        1,
        1,
    )


def test_page_says_where_the_file_went_before(world, second):
    act(world.who("vp.specialist"), second, "review", "refuse", grounds=["WRONG_FORM"], text="Sai thể thức")
    finish(world, second)
    cases.put_forward(world, second)

    response = Desk(world.who("vp.specialist"), second, "review").get()

    first, middle, _last = second.submissions.order_by("number")
    turns = [(turn.at, turn.text, turn.detail) for turn in response.context["course"].before]
    assert turns == [
        (first.decision.decided_at, f"Submission 1, returned by {first.decision.decided_as}", ""),
        (middle.review.reviewed_at, "Submission 2, returned by the Office", "Wrong form or presentation"),
    ]
    assert "Submission 3</span>" in response.content.decode()


def test_main_acts_stand_in_front_and_the_others_in_a_quiet_row(page):
    context = page.context

    assert [act.name for act in context["acts"] if not act.is_quiet] == ["approve", "return", "reject"]
    assert [act.name for act in context["quiet_acts"]] == ["hand_over", "ask", "suspend"]
    bar = page.content.decode().split('class="decide-bar js-only"')[1]
    assert bar.index("Return</button>") < bar.index('data-dialog="more-acts"') < bar.index('id="more-acts"')


@pytest.mark.parametrize(("typed", "due"), [("", "2026-03-09"), ("12/03/2026", "2026-03-12")])
def test_return_says_until_when_the_plan_has_to_be_back(world, time_machine, typed, due):
    time_machine.move_to(datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone()), tick=False)
    assignment = case_at("decide", world)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    assert desk.get().context["forms"]["return"]["back_on"].value() == "09/03/2026"

    desk.post("return", requirements="Bổ sung", back_on=typed)

    assert timezone.localtime(open_task(assignment, "dispose").due_at).isoformat() == f"{due}T17:00:00+07:00"


def test_office_reads_how_the_plan_came_to_it(world, second):
    trail = Desk(world.who("vp.specialist"), second, "review").get().context["trail"]

    round_ = Consultation.objects.get()
    first, last = second.submissions.order_by("number")
    assert [step.text for step in trail] == [
        "SKHDT accepted the assignment",
        f"Round 1 of consultation: 3 agencies asked, due {round_.due_at:%d/%m/%Y}",
        "Round 1 closed: 2 of 3 agencies answered",
        f"Submission 1, signed by {first.signed_as}",
        f"Returned for revision by {first.decision.decided_as}",
        f"Submission 2, signed by {last.signed_as}",
    ]


def test_head_sees_what_the_return_asked_for_and_how_it_was_met(world, second):
    act(world.who("vp.specialist"), second, "review", "refuse", grounds=["WRONG_FORM"], text="Sai thể thức")
    finish(world, second)

    page = Desk(world.who("skhdt.head"), second, "sign_submission").get()

    assert page.context["next_number"] == 3
    assert page.context["changes"].since == "Changes since submission 2"
    assert "The text and the tasks are the same." in page.content.decode()
    assert "Xem lại chủ trì" in page.content.decode()


def test_only_what_the_last_return_asked_for_is_shown(world, second):
    cases.clear(world, second)
    cases.sign_review(world, second)
    act(world.who("ubnd.chair"), second, "decide", "return", requirements="Rút gọn mục I")
    cases.answer_all(world, second)

    dossier = Desk(world.who("skhdt.head"), second, "sign_submission").get().context["dossier"]

    assert [requirement.text for requirement in dossier.requirements] == ["Rút gọn mục I"]


def test_head_is_shown_the_remarks_without_an_answer_and_cannot_put_the_plan_forward(world, disposing):
    dispose(world, disposing, (Treatment.ACCEPTED, "Đã tách"), (Treatment.EXPLAINED, "Giữ như dự thảo"))
    finish(world, disposing)
    remark = dispositions.remarks_of(disposing)[0]
    remark.disposition.delete()
    desk = Desk(world.who("skhdt.head"), disposing, "sign_submission")

    page = desk.get()
    refusal = desk.post("submit")

    assert [each.pk for each in page.context["dossier"].open_remarks] == [remark.pk]
    assert ("Remarks answered: 1/2", False) in [(check.text, check.ok) for check in page.context["checks"]]
    assert (refusal.status_code, disposing.submissions.count()) == (422, 0)


def test_office_sees_no_disagreement_where_there_is_none(world):
    page = Desk(world.who("vp.specialist"), case_at("review", world), "review").get()

    assert (page.context["dissents"], page.context["tally"].disagreeing) == ([], 0)
    assert [(check.text, check.ok) for check in page.context["checks"]] == [
        ("The submission has no number", False),
        ("No remark was made", True),
        ("Agencies that answered: 3/3", True),
        ("The plan assigns no task", False),
    ]


def test_form_carries_the_stamp_of_what_is_on_the_screen(world):
    assignment = grown_case("decide", world, 1)

    forms = Desk(world.who("ubnd.chair"), assignment, "decide").get().context["forms"]

    stamps = {form["seen"].value() for form in forms.values()}
    assert stamps == {stamp(assignment)}
    assert len({form["key"].value() for form in forms.values()}) == len(forms) > 1
