"""One act, once: sent twice, come second, or refused; and what the person is told."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from notifications.models import Event
from tests.factories import act
from tests.workflows.cases import case_at
from tests.workflows.desk import Desk, errors
from workflows.models import Decision, DecisionVerb, Opinion, Stance

pytestmark = pytest.mark.django_db


def test_double_submit_gets_the_first_answer_and_changes_nothing_more(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")
    sent = {"key": uuid4(), "seen": desk.get().context["forms"]["approve"]["seen"].value(), "text": "Đồng ý"}

    first = desk.post("approve", **sent)
    events = Event.objects.count()
    second = desk.post("approve", **sent)

    assert (
        (first.status_code, first["Location"])
        == (second.status_code, second["Location"])
        == (302, reverse("inbox"))
    )
    assert (Decision.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize(
    ("node", "username", "verb", "given"),
    [
        ("receive", "skhdt.specialist", "accept", {}),
        ("sign_request", "skhdt.head", "return", {"reason": "Cần làm rõ hơn nữa."}),
        ("sign_submission", "skhdt.head", "submit", {"note": "Kính trình"}),
        ("review", "vp.specialist", "refuse", {"grounds": "WRONG_FORM", "text": "Sai thể thức"}),
        ("issue", "vp.clerk", "issue", {"recipients": "Như trên"}),
    ],
)
def test_repeat_with_the_same_key_leads_to_the_same_place(world, node, username, verb, given):
    desk = Desk(world.who(username), case_at(node, world), node)
    seen = desk.get().context["forms"][verb]["seen"].value() or ""
    key = uuid4()

    answers = [desk.post(verb, key=key, seen=seen, **given) for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, reverse("inbox"))] * 2


def test_opinion_of_the_last_agency_repeated_gets_the_first_answer(world):
    assignment = case_at("prepare_opinion", world)
    act(
        world.who("s02.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=world.others[1],
        stance=Stance.AGREE,
    )
    desk = Desk(world.who("s01.head"), assignment, "prepare_opinion", world.others[0])
    anchor = desk.get().context["reading"].blocks[-1].anchor
    sent = {"stance": "AGREE_WITH_REMARKS", "remarks-TOTAL_FORMS": 1, "remarks-INITIAL_FORMS": 0}
    row = {"remarks-0-anchor": anchor, "remarks-0-text": "Góp ý", "remarks-0-suggestion": ""}
    key = uuid4()

    answers = [desk.post("sign", key=key, **sent, **row) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Opinion.objects.filter(stance=Stance.AGREE_WITH_REMARKS).count() == 1


def test_loser_of_a_race_is_told_who_was_first_and_where_the_case_is(world):
    assignment = case_at("decide", world)
    loser = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = loser.post("return", requirements="Bổ sung")

    content = response.content.decode()
    assert response.status_code == 409
    assert re.search(
        r"Người ubnd\.chair, .+ already did this at \d\d:\d\d \d\d/\d\d/\d{4}: Decide\.", content
    )
    assert reverse("assignment", args=[assignment.public_id]) in content
    assert Decision.objects.get().verb == DecisionVerb.APPROVED


def test_loser_with_a_form_that_lacks_words_is_told_the_same(world):
    assignment = case_at("decide", world)
    loser = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = loser.post("return", requirements="")

    assert (response.status_code, "already did this at" in response.content.decode()) == (409, True)


def test_closed_task_leads_to_the_case(world):
    assignment = case_at("decide", world)
    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = desk.get()

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("assignment", args=[assignment.public_id]),
    )


def test_key_used_for_other_words_is_refused(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")
    key, seen = uuid4(), desk.get().context["forms"]["approve"]["seen"].value()
    desk.post("approve", key=key, seen=seen)

    response = desk.post("approve", key=key, seen=seen, text="khác")

    assert response.status_code == 409
    assert "already sent with other content" in response.content.decode()


def test_refused_hand_over_of_a_draft_says_what_is_missing(world):
    desk = Desk(world.who("skhdt.specialist"), case_at("draft", world), "draft")

    response = desk.post("finish")

    assert (response.status_code, response.templates[0].name) == (422, "workflows/task_finish.html")
    assert errors(response) == {
        "__all__": ["The plan has no text yet. Write at least one paragraph before sending it."]
    }
