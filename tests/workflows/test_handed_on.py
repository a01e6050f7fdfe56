"""What may be changed beside the tasks' own acts is held to its phase under the case's lock, in the domain."""

import threading

import pytest
from django.db import connections, transaction

from tests.factories import act, actor, advance, make_world, open_task, start
from workflows.domain import dispositions, plans, submissions
from workflows.domain.answering import RemarkInput
from workflows.domain.phases import HandedOnError
from workflows.models import Disposition, Role, Stance, Treatment

pytestmark = pytest.mark.django_db


def answered_case(world):
    """Return a case put forward, its one remark answered, and what answers remarks."""
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    given = {"stance": Stance.AGREE_WITH_REMARKS, "remarks": [RemarkInput(text="Nêu rõ kinh phí")]}
    act(world.who("s01.head"), assignment, "prepare_opinion", "sign", **given)
    remark = dispositions.open_remarks(assignment)[0]
    remark.opinion.consultation.assignment = assignment
    dispose(world, remark, "Tiếp thu")
    return assignment, remark


def dispose(world, remark, text, version=0):
    who = actor(world.who("skhdt.specialist"))
    return dispositions.dispose_remark(
        remark, actor=who, treatment=Treatment.ACCEPTED, text=text, version=version
    )


def test_answer_does_not_change_once_the_plan_was_put_forward():
    world = make_world(1)
    assignment, remark = answered_case(world)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    with pytest.raises(HandedOnError):
        dispose(world, remark, "Sửa trộm", version=1)

    assert Disposition.objects.get().text == "Tiếp thu"


def test_requirement_is_not_answered_once_the_plan_was_put_forward():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Làm rõ kinh phí")
    requirement = dispositions.open_requirements(assignment).get()
    drafter = actor(world.who("skhdt.specialist"))
    dispositions.answer_requirement(requirement, actor=drafter, answer="Đã làm rõ")
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    with pytest.raises(HandedOnError):
        dispositions.answer_requirement(requirement, actor=drafter, answer="Sửa trộm")

    requirement.refresh_from_db()
    assert requirement.answer == "Đã làm rõ"


def test_agencies_stay_once_they_were_asked():
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    with pytest.raises(HandedOnError):
        plans.choose_coordinators(assignment, [], actor=actor(world.who("skhdt.specialist")))

    assert assignment.participations.current().filter(role=Role.COORDINATE).count() == 2
    open_task(assignment, "prepare_opinion", world.others[0])


def test_answer_is_replaced_only_on_top_of_what_was_read():
    world = make_world(1)
    _assignment, remark = answered_case(world)

    with pytest.raises(dispositions.AnsweredMeanwhileError) as refusal:
        dispose(world, remark, "Của tôi")
    dispose(world, remark, "Của tôi", version=refusal.value.answer.version)

    assert (Disposition.objects.get().text, Disposition.objects.get().version) == ("Của tôi", 2)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_answer_waits_for_the_hand_over_under_way_and_is_refused_then():
    world = make_world(1)
    assignment, remark = answered_case(world)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    task = open_task(assignment, "sign_submission")
    refusals = []

    def answer():
        try:
            dispose(world, remark, "Sửa trộm", version=1)
        except HandedOnError as error:
            refusals.append(error)
        finally:
            connections.close_all()

    with transaction.atomic(), task.activation() as activation:
        late = threading.Thread(target=answer)
        late.start()
        late.join(timeout=0.5)
        assert late.is_alive()
        submissions.put_forward(activation.task.participation, actor=actor(world.who("skhdt.head")))
    late.join(timeout=10)

    assert len(refusals) == 1
    assert Disposition.objects.get().text == "Tiếp thu"
