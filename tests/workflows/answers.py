"""Answers in the making: what an agency prepares, attaches, signs and replaces, through the real doors."""

from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import handed_in
from tests.factories import actor, attempt, open_task
from workflows.flows import attaching, rounds
from workflows.models import Opinion, StoredFile


def pdf(name="Công văn 2291.pdf"):
    """Return a small PDF, different under each name."""
    return SimpleUploadedFile(name, handed_in.pdf(name))


def rows(*remarks):
    """Return the fields of an opinion's remarks."""
    given = {"remarks-TOTAL_FORMS": len(remarks), "remarks-INITIAL_FORMS": 0}
    for number, remark in enumerate(remarks):
        given |= {f"remarks-{number}-{name}": value for name, value in remark.items()}
    return given


def attached(user, assignment, node, agency, *names):
    """Attach a PDF under each name as the person; return the files."""
    task = open_task(assignment, node, agency)
    attaching.attach(task, attempt(user), [pdf(name) for name in names])
    return [StoredFile.objects.get(assignment=assignment, name=name) for name in names]


def change_files(desk, *uploads, **fields):
    """Press a button of the files' part of the page at a desk."""
    url = reverse("task-files", args=[desk.task.public_id])
    return desk.client.post(url, {"file_key": str(uuid4()), "uploads": list(uploads), **fields})


def opinion_of(assignment, agency):
    """Return an agency's opinion in its newest round, ready for an act."""
    found = Opinion.objects.select_related(
        "participation__assignment__directive", "participation__agency", "consultation__assignment__directive"
    )
    return found.filter(consultation__assignment=assignment, participation__agency=agency).order_by("-id")[0]


def begin_again(user, assignment, agency):
    """Begin another answer of an agency."""
    rounds.answer_again(opinion_of(assignment, agency).participation, actor=actor(user))


def downloads(user, stored):
    """Tell whether the person gets a file by its address: 200, or 404."""
    client = Client()
    client.force_login(user)
    response = client.get(reverse("file", args=[stored.public_id]))
    assert response.status_code in {200, 404}
    return response.status_code == 200 and len(b"".join(response.streaming_content)) == stored.size
