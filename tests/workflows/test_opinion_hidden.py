"""What an agency prepares is on no page, list, search, feed, history or document of others: every URL is walked."""

import io
import zipfile
from itertools import chain
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from docx import Document

from accounts.authority import hats
from notifications import relay
from tests.factories import act
from tests.permissions.asking import patterns
from tests.workflows.answers import attached, begin_again, rows
from tests.workflows.desk import Desk
from workflows import policies
from workflows.documents.building import Reader, build_table
from workflows.documents.docx import render_docx
from workflows.documents.xlsx import render_xlsx
from workflows.domain import plans
from workflows.domain.answering import RemarkInput
from workflows.flows import timers
from workflows.models import CaseTask, Consultation, PreparedAnswer
from workflows.views.agencies import names_on

pytestmark = [pytest.mark.django_db, pytest.mark.case(at="prepare_opinion"), pytest.mark.usefixtures("media")]
CANARY = "hoàng yến 7731"
OTHERS = (
    "skhdt.specialist",
    "skhdt.head",
    "s02.head",
    "vp.specialist",
    "vp.clerk",
    "ubnd.chair",
)
SEARCHES = ("?q=7731",)


def prepares(world, assignment, node="prepare_opinion"):
    """Prepare an answer that names the canary in every field, with a file of that name, and type more."""
    agency, who = world.others[0], world.who("s01.specialist")
    attached(who, assignment, node, agency, f"{CANARY}.pdf")
    remark = RemarkInput(f"Góp ý {CANARY}", suggestion=f"Thay bằng {CANARY}")
    words = {"reason": f"Vì {CANARY}", "document_number": CANARY, "remarks": [remark]}
    act(who, assignment, node, "prepare", agency=agency, stance="DISAGREE", **words)
    waiting = {"prepare_opinion": "sign_opinion", "replace_opinion": "sign_replacement"}[node]
    head = Desk(world.who("s01.head"), assignment, waiting, agency)
    typed = {"stance": "DISAGREE", "reason": f"Gõ {CANARY}", **rows({"text": CANARY})}
    head.client.post(reverse("task-draft", args=[head.task.public_id]), typed)


def addresses(assignment):
    """Return every address of the site that is about this case, or about nothing in particular."""
    tasks = CaseTask.objects.open().human().filter(process__assignment=assignment)
    ids = {
        "assignments": [assignment.public_id],
        "directives": [assignment.directive.public_id],
        "plans": [assignment.plan.public_id],
        "tasks": list(tasks.values_list("public_id", flat=True)),
    }
    return [
        address for name in sorted({pattern.name for pattern in patterns()}) for address in _places(name, ids)
    ]


def _places(name, ids):
    """Return where an address leads: by itself, or with each id of what its path names, else with every id."""
    try:
        return [reverse(name)]
    except NoReverseMatch:
        pass
    try:
        kind = reverse(name, args=[uuid4()]).split("/")[1]
    except NoReverseMatch:
        return []
    wanted = ids.get(kind) or chain.from_iterable(ids.values())
    return [reverse(name, args=[each]) for each in wanted]


def told(world, assignment, usernames):
    """Return which pages say the canary to whom; everything that happened has reached the feeds."""
    relay.dispatch_pending()
    said = set()
    for username in usernames:
        client = Client()
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
        client.force_login(world.who(username))
        for address in addresses(assignment):
            for query in ("", *(SEARCHES if address.count("/") <= 2 else ())):
                if CANARY in read(client.get(f"{address}{query}")):
                    said.add((username, address))
    return said


def read(response):
    """Return the text of an answer, whatever it is."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"".join(parts.read(name) for name in parts.namelist())
    return body.decode(errors="replace")


def is_prepared(assignment):
    """The secret is really there to be told."""
    return CANARY in str(PreparedAnswer.objects.get(opinion__consultation__assignment=assignment).content)


def test_walk_reaches_the_pages_of_the_case(world, assignment):
    """The walk would prove nothing if it missed the pages; the agency's own people read the canary on it."""
    prepares(world, assignment)

    said = told(world, assignment, ["s01.head", "s01.clerk"])

    assert {username for username, _address in said} == {"s01.head", "s01.clerk"}
    assert reverse("assignment", args=[assignment.public_id]) in addresses(assignment)


def test_prepared_answer_is_nowhere_while_the_round_is_open(world, assignment):
    prepares(world, assignment)

    assert is_prepared(assignment)
    assert told(world, assignment, OTHERS) == set()


def test_prepared_answer_beside_one_that_stands_is_nowhere(world, assignment):
    agency = world.others[0]
    act(world.who("s01.head"), assignment, "prepare_opinion", "sign", agency=agency, stance="AGREE")
    begin_again(world.who("s01.head"), assignment, agency)
    prepares(world, assignment, "replace_opinion")

    assert is_prepared(assignment)
    assert told(world, assignment, OTHERS) == set()


def test_prepared_answer_that_was_never_signed_is_nowhere_once_the_round_is_over(world, assignment):
    prepares(world, assignment)
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    assert is_prepared(assignment)
    assert told(world, assignment, OTHERS) == set()


@pytest.mark.parametrize("username", ["skhdt.head", "s02.head", "vp.head"])
def test_prepared_answer_is_in_no_document(world, assignment, settings, username):
    settings.OPINIONS_SEEN = {"before": "ALL", "after": "ALL"}
    agency, user = world.others[0], world.who(username)
    act(world.who("s01.head"), assignment, "prepare_opinion", "sign", agency=agency, stance="AGREE")
    begin_again(world.who("s01.head"), assignment, agency)
    prepares(world, assignment, "replace_opinion")

    table = build_table(
        assignment,
        revision=plans.current_revision(assignment),
        opinions=policies.visible_opinions(hats(user), user, assignment),
        reader=Reader(sees_all=True, is_lead=True),
        names=names_on,
        on=timezone.localdate(),
    )

    assert is_prepared(assignment)
    document = Document(io.BytesIO(render_docx(table)))
    cells = [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    assert CANARY not in " ".join([*cells, *(each.text for each in document.paragraphs)])
    with zipfile.ZipFile(io.BytesIO(render_xlsx(table))) as parts:
        assert all(CANARY not in parts.read(name).decode(errors="replace") for name in parts.namelist())
