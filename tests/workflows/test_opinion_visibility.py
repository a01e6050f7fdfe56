"""Who reads whose opinion, and what became of it: proven on every surface, at every moment, under every setting.

s01 disagrees, with a reason and a remark; s02 is asked in the same round; s03 was asked in the round before. The lead
answers, is sent back, answers anew, and s01 upholds its view. Each text is a canary: it is looked for everywhere.
"""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.test import override_settings
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from accounts.models import Position
from notifications import relay
from tests.factories import (
    act,
    actor,
    advance,
    make_agency,
    make_member,
    start,
    write_plan,
)
from tests.workflows import cases
from tests.workflows.plan_desk import signed_in, url
from tests.workflows.table_case import answer, opinion_of, say
from workflows.domain import dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.dispositions import AnswerToRemark
from workflows.flows import rounds
from workflows.models import Anchor, Stance, Treatment

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3)]

CANARIES = {
    "stance": "Không nhất trí",
    "reason": "Hạt lý do qkzw",
    "remark": "Hạt góp ý qkzw",
    "wording": "Hạt câu chữ qkzw",
    "answer": "Hạt trả lời qkzw",
    "new answer": "Hạt trả lời mới qkzw",
    "upheld": "Hạt bảo lưu qkzw",
}
WORD = "qkzw"  # what every canary holds: a search that looks into opinions would find it
OPINION, ANSWER, NEW = {"stance", "reason", "remark", "wording"}, {"answer"}, {"new answer"}

# What each surface prints of that which its reader may know; what she lists of her own never holds any of it.
SURFACES = {
    "plan": {"remark", "wording", "answer", "new answer"},
    "dispositions": {"remark", "wording", "answer", "new answer", "upheld"},
    "table": set(CANARIES),
    "docx": set(CANARIES),
    "xlsx": set(CANARIES),
    "case": {"stance", "upheld"},
}
PERSONAL = {
    "inbox": ("inbox", ""),
    "inbox search": ("inbox", f"?q={WORD}"),
    "done": ("done", ""),
    "directives": ("directive-list", ""),
    "directive search": ("directive-list", f"?q={WORD}"),
    "notifications": ("notifications", ""),
    "drawer": ("notifications-drawer", ""),
    "feed": ("feed", "?after=0"),
}
# The dispositions tab is about answers: it prints a remark only to those who may know its answer.
NEEDS_THE_ANSWER = {"dispositions"}

MOST = {"before": "ALL", "after": "ALL"}  # the most that agencies may be shown
MOMENTS = ("open", "closed", "answered", "put forward", "returned", "decided")
# - nothing, o the opinion but not its answer, O the opinion whose answer she may know once it is signed,
# A the answer as well, N the answer that replaced it, U that and the view upheld against it.
EXPECTED = {
    "skhdt.specialist": "O O A A N U",
    "s01.head": "O O O A O U",
    "s03.head": "- - - - - -",
    "vp.specialist": "- - - A O U",
    "ubnd.chair": "- - - A O U",
    "outsider": "- - - - - -",
}
# s02 was asked in the same round: what it reads of s01 is what the setting says, before and after the round closed.
BESIDE = {
    ("OWN", "OWN"): "- - - - - -",
    ("OWN", "ALL"): "- o o o o o",
    ("ALL", "OWN"): "o - - - - -",
    ("ALL", "ALL"): "o o o o o o",
}
KNOWN = {
    "-": set(),
    "o": OPINION,
    "O": OPINION,
    "A": OPINION | ANSWER,
    "N": OPINION | NEW,
    "U": OPINION | NEW | {"upheld"},
}


# --- the world, moment by moment --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept_world(kept_world):
    kept_world.people["outsider"] = make_member(make_agency("ngoai"), Position.HEAD)
    return kept_world


@pytest.fixture(scope="module")
def kept_story(kept_world):
    """The case on its way, brought on as the tests come to a moment."""
    return moments(kept_world)


@pytest.fixture(scope="module", params=MOMENTS)
def moment(request, kept_story):
    """One moment after the other, with the case as it is then and everybody told of all that happened."""
    assignment = next(assignment for moment, assignment in kept_story if moment == request.param)
    with override_settings(OPINIONS_SEEN=MOST):
        while relay.dispatch_pending():
            pass
    return request.param, assignment


def moments(world) -> Iterator[tuple[str, object]]:
    """Yield the case at each moment, brought there through the real acts."""
    specialist, head = world.who("skhdt.specialist"), world.who("skhdt.head")
    assignment = start(world)
    advance(world, assignment, "draft")
    write_plan(assignment)
    plans.choose_coordinators(assignment, world.others[2:], actor=actor(specialist))
    act(specialist, assignment, "draft", "finish")
    act(head, assignment, "sign_request", "send")
    say(world, assignment, "s03", stance=Stance.AGREE)
    plans.choose_coordinators(assignment, world.others[:2], actor=actor(specialist))
    act(specialist, assignment, "dispose", "ask_again")
    act(head, assignment, "sign_again", "send")
    place = plans.current_revision(assignment).paragraphs.get(position=99).key
    remark = RemarkInput(CANARIES["remark"], Anchor.PARAGRAPH, place, CANARIES["wording"])
    say(world, assignment, "s01", stance=Stance.DISAGREE, reason=CANARIES["reason"], remarks=[remark])
    yield "open", assignment
    say(world, assignment, "s02", stance=Stance.AGREE)
    yield "closed", assignment
    (remark,) = dispositions.remarks_of(assignment)
    answer(world, remark, "EXPLAINED", CANARIES["answer"])
    yield "answered", assignment
    act(specialist, assignment, "dispose", "finish")
    _put_forward(world, assignment)
    yield "put forward", assignment
    cases.send_back(world, assignment, 1)
    (remark,) = dispositions.remarks_of(assignment)
    new = AnswerToRemark(Treatment.EXPLAINED, CANARIES["new answer"])
    rounds.dispose_remarks({remark: remark.disposition.version}, new, actor=actor(specialist))
    yield "returned", assignment
    cases.answer_all(world, assignment)
    cases.put_forward(world, assignment)
    (remark,) = dispositions.remarks_of(assignment)
    dispositions.uphold(
        remark.disposition,
        version=remark.disposition.version,
        text=CANARIES["upheld"],
        actor=actor(world.who("s01.head")),
    )
    cases.clear(world, assignment)
    cases.sign_review(world, assignment)
    cases.approve(world, assignment)
    yield "decided", assignment


def _put_forward(world, assignment):
    cases.put_forward(world, assignment)
    cases.clear(world, assignment)
    cases.sign_review(world, assignment)


# --- the surfaces -----------------------------------------------------------------------------------------------------


def text_of(response) -> str:
    """Return everything a response lets its reader read; nothing where it is 404."""
    if response.status_code == 404:
        return ""
    assert response.status_code == 200, response.status_code
    kind = response["Content-Type"]
    if kind.endswith("wordprocessingml.document"):
        document = Document(BytesIO(response.content))
        return "\n".join(each.text or "" for each in document.element.body.iter(qn("w:t")))
    if kind.endswith("spreadsheetml.sheet"):
        # The first sheet counts stances by name, whoever has them; its figures are those of the summary.
        sheets = load_workbook(BytesIO(response.content)).worksheets[1:]
        return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row if cell)
    return response.content.decode()


def case_text(client, assignment) -> str:
    """Return the case's file with every page of its history."""
    response = client.get(reverse("assignment", args=[assignment.public_id]))
    said = text_of(response)
    while response.status_code == 200 and response.context["next_url"]:
        response = client.get(response.context["next_url"])
        said += text_of(response)
    return said


def read(client, assignment, surface) -> set[str]:
    """Return which canaries a surface shows."""
    if surface == "case":
        said = case_text(client, assignment)
    elif surface in PERSONAL:
        name, query = PERSONAL[surface]
        said = text_of(client.get(reverse(name) + query))
    else:
        names = {"plan": "plan", "dispositions": "plan-dispositions", "table": "plan-opinions"}
        said = text_of(client.get(url(assignment, names.get(surface, f"plan-opinions-{surface}"))))
    return {name for name, text in CANARIES.items() if text in said}


def wanted(surface, letter) -> set[str]:
    if letter == "o" and surface in NEEDS_THE_ANSWER:
        return set()
    return SURFACES.get(surface, set()) & KNOWN[letter]


def wrong_on(assignment, client, letter, surfaces, *where):
    """Return the surfaces that show too much or too little."""
    found = {surface: read(client, assignment, surface) for surface in surfaces}
    return [
        (*where, surface, sorted(shown), sorted(wanted(surface, letter)))
        for surface, shown in found.items()
        if shown != wanted(surface, letter)
    ]


# --- the proofs -------------------------------------------------------------------------------------------------------


def surfaces_at(moment):
    """What is a person's own grows with the acts: it is read in the middle and when all acts are done."""
    return [*SURFACES, *PERSONAL] if moment in {"answered", "decided"} else [*SURFACES]


def letters(row, moment):
    return row.split()[MOMENTS.index(moment)]


def test_opinions_and_answers_are_shown_to_whom_they_may_be_and_to_nobody_else(world, moment, settings):
    settings.OPINIONS_SEEN = MOST
    (when, assignment), wrong = moment, []
    for username, row in EXPECTED.items():
        letter = letters(row, when)
        client = signed_in(world.who(username))
        wrong += wrong_on(assignment, client, letter, surfaces_at(when), when, username, letter)
    assert wrong == []


def test_agencies_of_the_round_read_each_other_as_the_setting_says(world, moment, settings):
    (when, assignment), wrong = moment, []
    beside = signed_in(world.who("s02.head"))
    for setting, row in BESIDE.items():
        settings.OPINIONS_SEEN = dict(zip(("before", "after"), setting, strict=True))
        letter = letters(row, when)
        surfaces = surfaces_at(when) if setting == ("ALL", "ALL") else SURFACES
        wrong += wrong_on(assignment, beside, letter, surfaces, when, *setting, letter)
    assert wrong == []


def test_agency_reads_its_own_opinion_whatever_the_setting_says(world, moment, settings):
    settings.OPINIONS_SEEN = {"before": "OWN", "after": "OWN"}
    when, assignment = moment
    own = signed_in(world.who("s01.specialist"))
    letter = letters(EXPECTED["s01.head"], when)
    assert wrong_on(assignment, own, letter, SURFACES, when, letter) == []


def test_silence_is_told_to_those_who_may_read_the_opinion(world, settings):
    settings.OPINIONS_SEEN = {"before": "OWN", "after": "OWN"}
    from workflows.domain import consultations
    from workflows.flows.timers import fire_due_timers

    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    say(world, assignment, "s01", stance=Stance.AGREE)
    fire_due_timers(at=consultations.open_round(assignment).due_at)

    def told(username):
        said = case_text(signed_in(world.who(username)), assignment)
        return [code for code in ("S02", "S03") if f"{code} không trả lời đúng hạn" in said]

    assert told("skhdt.head") == ["S02", "S03"]
    assert told("s02.head") == ["S02"]
    assert told("s01.head") == told("vp.head") == []
    settings.OPINIONS_SEEN = {"before": "OWN", "after": "ALL"}
    assert told("s01.head") == ["S02", "S03"]


def test_search_finds_no_case_by_the_words_of_an_opinion(world):
    assignment = next(case for moment, case in moments(world) if moment == "open")
    client = signed_in(world.who("skhdt.specialist"))

    for name in ("inbox", "directive-list"):
        found = client.get(reverse(name), {"q": WORD}).content.decode()
        assert str(assignment.directive.public_id) not in found
        assert assignment.title not in found
    shown = client.get(reverse("directive-list"), {"q": assignment.directive.code}).content.decode()
    assert str(assignment.directive.public_id) in shown


def test_prepared_answer_is_read_by_its_agency_alone(world, settings):
    settings.OPINIONS_SEEN = {"before": "ALL", "after": "ALL"}
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    given = {"stance": Stance.DISAGREE, "reason": CANARIES["reason"]}
    agency = world.others[0]
    act(world.who("s01.specialist"), assignment, "prepare_opinion", "prepare", agency=agency, **given)

    for username in ("skhdt.specialist", "s02.head", "vp.specialist", "ubnd.chair"):
        client = signed_in(world.who(username))
        shown = {surface: read(client, assignment, surface) for surface in [*SURFACES, *PERSONAL]}
        assert set().union(*shown.values()) == set(), username
    assert opinion_of(assignment, "s01").stance == ""
