"""Somebody at the page of one task, through the real URL; in English, so that a test names the sentence it means."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories import open_task, stamp
from workflows.models import Assignment, CaseTask


class Desk:
    """A person's browser, opened on a task; `post` sends what a freshly drawn form would."""

    def __init__(self, user: Any, assignment: Assignment, node: str, agency: Any = None) -> None:
        self.client = Client()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        self.client.force_login(user)
        self.assignment = assignment
        self.task: CaseTask = open_task(assignment, node, agency)
        self.url = reverse("task", args=[self.task.public_id])

    def get(self) -> HttpResponse:
        return self.client.get(self.url)

    def html(self) -> str:
        return self.get().content.decode()

    def post(self, verb: str, *, key: Any = None, seen: str | None = None, **fields: Any) -> HttpResponse:
        if seen is None:
            seen = stamp(self.assignment) if self.task.flow_task.verb(verb).binds else ""
        return self.client.post(self.url, {"verb": verb, "key": str(key or uuid4()), "seen": seen, **fields})


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """Return what the refused form says."""
    return {name: [str(error) for error in found] for name, found in response.context["form"].errors.items()}


def nodes(assignment: Assignment) -> list[str]:
    """Return the names of the nodes at which people have something to do."""
    tasks = CaseTask.objects.open().human().filter(process__assignment=assignment)
    return sorted({task.flow_task.name for task in tasks})
