"""The plan pages as people use them: signed-in browsers, the fields of a page, somebody else at work."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import World, act, actor
from workflows.domain import editing, plans
from workflows.domain.answering import RemarkInput
from workflows.models import Assignment, Paragraph

AUTOSAVE = {"HTTP_X_AUTOSAVE": "1", "HTTP_ACCEPT": "application/json, text/html"}
HTMX = {"HTTP_HX_REQUEST": "true"}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(assignment: Assignment, name: str = "plan", *more: Any) -> str:
    return reverse(name, args=[assignment.plan.public_id, *more])


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def paragraphs(assignment: Assignment) -> list[Paragraph]:
    return list(plans.current_revision(assignment).paragraphs.order_by("position", "id"))


def texts(assignment: Assignment) -> list[str]:
    return [p.text for p in paragraphs(assignment)]


def page_of(assignment: Assignment, **changed: str) -> dict[str, str]:
    """Return the fields of the whole page; `changed` maps the index of a paragraph to what was typed over it."""
    fields = {}
    for index, p in enumerate(paragraphs(assignment)):
        typed = changed.get(f"p{index}", p.text)
        fields |= {f"p-{p.key}": typed, f"v-{p.key}": str(p.version), f"b-{p.key}": p.text}
    return fields


def somebody_else_writes(world: World, assignment: Assignment, index: int, text: str) -> None:
    revision, p = plans.current_revision(assignment), paragraphs(assignment)[index]
    editing.save_paragraph(
        revision, p.key, version=p.version, text=text, base=p.text, actor=actor(world.who("skhdt.head"))
    )


def send_request(world: World, assignment: Assignment) -> None:
    """Hand the draft on and sign the request for opinions."""
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")


def give(world: World, assignment: Assignment, agency: Any, *remarks: RemarkInput) -> None:
    """Sign the opinion of an agency: with remarks, or plain agreement."""
    stance = "AGREE_WITH_REMARKS" if remarks else "AGREE"
    head = world.who(f"{agency.code}.head")
    act(head, assignment, "prepare_opinion", "sign", agency=agency, stance=stance, remarks=list(remarks))
