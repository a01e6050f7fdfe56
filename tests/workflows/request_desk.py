"""The tab of the request as people use it: the fields a freshly drawn form would send."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from tests.factories import World, actor
from tests.workflows.plan_desk import url
from workflows.domain import requests
from workflows.domain.requests import RequestInput
from workflows.models import Assignment, RequestDraft

CHOICE = {"text": "Chọn phương án thời hạn", "options": ["Trước 15/7", "Trước 31/7"]}


def fields(version: int = 0, *, key: Any = None, questions: Any = (), **more: Any) -> dict[str, Any]:
    """Return what the form sends; `questions` are {"text", "options", "picks"}."""
    sent = {"request-key": str(key or uuid4()), "request-version": str(version)}
    sent |= {f"request-{name}": value for name, value in more.items()}
    for number, each in enumerate(questions):
        sent[f"request-q{number}-text"] = each.get("text", "")
        sent[f"request-q{number}-option"] = each.get("options", [])
        sent[f"request-q{number}-picks"] = each.get("picks", "1")
    return sent


def send(client: Client, assignment: Assignment, **given: Any) -> HttpResponse:
    """Press Save."""
    return client.post(url(assignment, "plan-request"), fields(**given))


def press(client: Client, assignment: Assignment, op: str, **given: Any) -> HttpResponse:
    """Press one of the buttons that store nothing."""
    return client.post(url(assignment, "plan-request"), fields(**given) | {"op": op})


def prepare(world: World, assignment: Assignment, *, version: int = 0, **given: Any) -> RequestDraft:
    """Prepare the request as the head would at the specialist's desk."""
    given.setdefault("agencies", world.others)
    who = actor(world.who("skhdt.head"))
    return requests.save_request(assignment, given=RequestInput(**given), version=version, actor=who)


def chosen(assignment: Assignment) -> dict[str, bool]:
    """Return which agencies the next request asks, and whether their answer is required."""
    parts = assignment.participations.to_be_asked().select_related("agency")
    return {part.agency.code: part.is_required for part in parts}
