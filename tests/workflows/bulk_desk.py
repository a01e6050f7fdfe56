"""Cases that are fit to go in bulk, and somebody who chooses among them."""

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import act, actor, advance, open_task, start
from workflows.domain import dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.models import ActionItem, Anchor

NUMBER = "1216/TTr-SKHĐT"
TEXT = "Đủ điều kiện trình ký."


def fit_case(world, node="decide"):
    """Return a case whose dossier passes every check, brought through the real acts to a node."""
    assignment = start(world)
    advance(world, assignment, "sign_submission")
    return _put_forward(world, assignment, node)


def submitted_with(world, answer, *, remarks=(), treatment="EXPLAINED"):
    """Return a case before the Committee in which the first agency answered so, and each remark was treated so.

    `remarks` are the texts of remarks on the plan's paragraph, which stays as it is.
    """
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    for number, agency in enumerate(world.others):
        given = {"stance": "AGREE"} if number else answer | {"remarks": _remarks(assignment, remarks)}
        act(world.who(f"{agency.code}.head"), assignment, "prepare_opinion", "sign", agency=agency, **given)
    specialist = world.who("skhdt.specialist")
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(
            remark, actor=actor(specialist), treatment=treatment, text="Xin tiếp thu, giải trình."
        )
    act(specialist, assignment, "dispose", "finish")
    return _put_forward(world, assignment, "decide")


def _remarks(assignment, texts):
    key = plans.current_revision(assignment).paragraphs.get(position=99).key
    return [RemarkInput(text=text, anchor=Anchor.PARAGRAPH, anchor_key=key) for text in texts]


def _put_forward(world, assignment, node):
    add_task(world, assignment)
    for name, verb, username, given in (
        ("sign_submission", "submit", "skhdt.head", {"document_number": NUMBER}),
        ("review", "clear", "vp.specialist", {"text": TEXT}),
        ("sign_review", "sign", "vp.head", {"text": TEXT}),
    ):
        if name == node:
            break
        act(world.who(username), assignment, name, verb, **given)
    assignment.refresh_from_db()
    return assignment


def add_task(world, assignment, **fields):
    """Put a complete task into the open revision."""
    given = {"due_on": timezone.localdate(), "product": "Báo cáo"} | fields
    revision = plans.current_revision(assignment)
    return ActionItem.objects.create(
        revision=revision, position=1, task="Rà soát dự án", lead=world.lead, **given
    )


class BulkDesk:
    """A person at the list and at the pages of bulk acts; in English."""

    def __init__(self, user, verb="approve", node="decide"):
        self.client = Client()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        self.client.force_login(user)
        self.user, self.verb, self.node = user, verb, node

    def task(self, assignment):
        return open_task(assignment, self.node)

    def look(self, *tasks, **more):
        """Choose tasks and press the button."""
        chosen = {"verb": self.verb, "viec": [str(task.public_id) for task in tasks]}
        return self.client.post(reverse("bulk"), chosen | more)

    def go(self, response, *, key=None, leave=(), **more):
        """Send the page as it was drawn, without the rows left unticked."""
        rows = [row for row in response.context["able"] if row.task not in leave]
        sent = {
            "verb": self.verb,
            "go": "1",
            "key": str(key or response.context["key"]),
            "item": [row.value for row in rows],
        }
        return self.client.post(reverse("bulk"), sent | more)

    def results(self, answer):
        """Return what became of each task, as the page after the act prints it: (done, why)."""
        page = self.client.get(answer.url)
        return [(row["ok"], row["why"]) for row in page.context["rows"]]
