"""A question to those who submitted: beside the sign-off, answered in place, ended with the matter."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from notifications.models import Event
from tests.factories import act, attempt, make_world, open_task
from tests.workflows.cases import case_at
from tests.workflows.desk import Desk, errors, nodes
from tests.workflows.pause_desk import those_with
from workflows import inbox
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.flows import recalls, steps
from workflows.models import CaseTask, Inquiry
from workflows.notices import asker

pytestmark = pytest.mark.django_db
QUESTION = "Nguồn kinh phí ở đâu?"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    return make_world(1)


@pytest.fixture
def deciding(world):
    return case_at("decide", world)


def ask(world, assignment, node="decide", username="ubnd.vice_chair", text=QUESTION):
    return act(world.who(username), assignment, node, "ask", text=text)


def answer(world, task, text="Ngân sách thành phố", username="skhdt.specialist"):
    given = {"text": text, "inquiry": task.data["inquiry"]}
    return steps.perform(task, "answer", attempt(world.who(username)), given)


def questions(assignment):
    tasks = CaseTask.objects.human().filter(process__assignment=assignment).order_by("id")
    return [task for task in tasks if task.flow_task.name == "answer_inquiry"]


@pytest.mark.parametrize(("node", "username"), [("decide", "ubnd.vice_chair"), ("review", "vp.specialist")])
def test_question_goes_to_the_lead_and_the_sign_off_stays_open(world, node, username):
    assignment = case_at(node, world)

    ask(world, assignment, node, username)

    (task,) = questions(assignment)
    assert nodes(assignment) == sorted(["answer_inquiry", node])
    assert those_with(task) == {"skhdt.specialist", "skhdt.head"}
    assert list(inbox.check()) == []


def test_answer_stands_in_place_with_names_in_order(world, deciding):
    ask(world, deciding)
    ask(world, deciding, text="Khi nào xong?")
    first, second = questions(deciding)
    answer(world, second, "Quý III", "skhdt.head")

    desk = Desk(world.who("ubnd.vice_chair"), deciding, "decide")
    shown = [(each.text, each.answer, each.answered_by) for each in desk.get().context["course"].inquiries]

    assert shown == [(QUESTION, "", None), ("Khi nào xong?", "Quý III", world.who("skhdt.head"))]
    content = desk.html()
    assert content.index(QUESTION) < content.index("waits for an answer") < content.index("Quý III")
    assert 'id="inquiries" data-live-refresh="' in content
    assert (first.is_open, nodes(deciding)) == (True, ["answer_inquiry", "decide"])


def test_question_asked_twice_with_one_key_is_one_question(world, deciding):
    task, once = open_task(deciding, "decide"), attempt(world.who("ubnd.vice_chair"))

    answers = [steps.perform(task, "ask", once, {"text": QUESTION}) for _ in range(2)]

    assert [each.repeated for each in answers] == [False, True]
    assert (Inquiry.objects.count(), len(questions(deciding))) == (1, 1)


def test_answer_given_twice_with_one_key_is_one_answer(world, deciding):
    ask(world, deciding)
    (task,) = questions(deciding)
    once, given = attempt(world.who("skhdt.head")), {"text": "Có", "inquiry": task.data["inquiry"]}

    answers = [steps.perform(task, "answer", once, given) for _ in range(2)]

    assert [each.repeated for each in answers] == [False, True]
    assert Event.objects.filter(kind="inquiry.answered").count() == 1


@pytest.mark.parametrize(
    ("node", "username", "verb", "given"),
    [
        ("decide", "ubnd.vice_chair", "approve", {}),
        ("decide", "ubnd.vice_chair", "return", {"requirements": "Bổ sung"}),
        ("decide", "ubnd.vice_chair", "reject", {"reason": "Không phù hợp"}),
        ("review", "vp.specialist", "refuse", {"grounds": ["WRONG_FORM"], "text": "Sai thể thức"}),
    ],
)
def test_open_question_ends_with_the_matter(world, node, username, verb, given):
    assignment = case_at(node, world)
    ask(world, assignment, node, username)
    (task,) = questions(assignment)
    task_of_node = open_task(assignment, node)
    seen = task_of_node.flow_task.stamp(task_of_node.process.assignment)

    steps.perform(task_of_node, verb, attempt(world.who(username), seen), given)

    task.refresh_from_db()
    assert (task.status, those_with(task), list(inbox.check())) == ("CANCELED", set(), [])
    assert "answer_inquiry" not in nodes(assignment)
    process = task.process
    process.refresh_from_db()
    assert (process.finished is not None) == (verb == "reject")


def test_open_question_of_the_office_outlives_its_signature(world):
    assignment = case_at("review", world)
    ask(world, assignment, "review", "vp.specialist")
    task = open_task(assignment, "review")
    seen = task.flow_task.stamp(task.process.assignment)

    steps.perform(task, "sign", attempt(world.who("vp.head"), seen), {"text": "Đủ"})

    assert nodes(assignment) == ["answer_inquiry", "decide"]


def test_open_question_ends_with_a_recall(world, deciding):
    ask(world, deciding)

    recalls.recall_submission(deciding, attempt(world.who("skhdt.head")), reason="Sửa số liệu")

    assert nodes(deciding) == ["dispose"]
    assert list(inbox.check()) == []


def test_question_that_ended_is_not_answered_and_the_page_says_why(world, deciding):
    ask(world, deciding)
    (task,) = questions(deciding)
    desk = Desk(world.who("skhdt.head"), deciding, "answer_inquiry")
    decide = open_task(deciding, "decide")
    seen = decide.flow_task.stamp(decide.process.assignment)
    steps.perform(decide, "approve", attempt(world.who("ubnd.chair"), seen), {})

    response = desk.post("answer", text="Muộn")

    assert (response.status_code, Inquiry.objects.get().answer) == (409, "")
    assert "so the question ended" in response.content.decode()
    assert "Muộn" in response.content.decode()
    with pytest.raises(DomainError):
        answer(world, task)


@pytest.mark.parametrize("username", ["s01.head", "vp.head", "ubnd.chair", "skhdt.clerk"])
def test_nobody_but_the_lead_answers(world, deciding, username):
    ask(world, deciding)
    (task,) = questions(deciding)

    with pytest.raises(NotAllowedError):
        answer(world, task, username=username)


@pytest.mark.parametrize("username", ["skhdt.head", "vp.head", "s01.head"])
def test_nobody_but_the_leader_asks_at_the_decision(world, deciding, username):
    with pytest.raises(NotAllowedError):
        ask(world, deciding, username=username)


def test_only_so_many_questions_on_a_submission(world, deciding, settings):
    settings.INQUIRIES_MOST = 2
    ask(world, deciding)
    ask(world, deciding)
    desk = Desk(world.who("ubnd.vice_chair"), deciding, "decide")

    response = desk.post("ask", text="Nữa?")

    assert (response.status_code, Inquiry.objects.count()) == (422, 2)
    assert errors(response)["__all__"][0].startswith("At most 2 questions")


def test_asking_stays_on_the_page_and_answering_is_done_on_its_own(world, deciding):
    desk = Desk(world.who("ubnd.vice_chair"), deciding, "decide")
    assert desk.post("ask", text=QUESTION)["Location"] == desk.url

    lead = Desk(world.who("skhdt.specialist"), deciding, "answer_inquiry")
    assert QUESTION in lead.html()
    assert lead.post("answer", text="Có", inquiry=str(uuid4())).status_code == 302

    assert Inquiry.objects.get().answer == "Có"
    assert asker(Event.objects.get(kind="inquiry.answered")) == {world.who("ubnd.vice_chair").pk}


def test_other_agencies_do_not_learn_of_it(world, deciding):
    ask(world, deciding)
    (task,) = questions(deciding)
    answer(world, task)

    def read(username):
        client = Desk(world.who(username), deciding, "decide").client
        return client.get(reverse("assignment", args=[deciding.public_id])).content.decode()

    assert [QUESTION in read(name) for name in ("skhdt.head", "vp.head", "s01.head")] == [True, True, False]
    assert "question 1" not in read("s01.head")


def test_case_with_an_open_question_is_still_with_the_committee(world, deciding):
    ask(world, deciding)
    client = Desk(world.who("vp.head"), deciding, "decide").client

    context = client.get(reverse("assignment", args=[deciding.public_id])).context

    assert [holder.short for holder in context["holders"]] == ["UBND"]
