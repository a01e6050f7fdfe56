"""Many cases at the same place, made cheaply: one brought there through the real acts, the others copied row by row."""

import itertools
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.db.models import Model, QuerySet, UUIDField

from workflows.models import (
    ActionItem,
    Assignment,
    CaseProcess,
    CaseTask,
    Consultation,
    Directive,
    InboxEntry,
    Opinion,
    Paragraph,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Plan,
    PlanRevision,
    Review,
    Submission,
)

FIRST_NUMBER = 100_000
BATCH = 500
_numbers = itertools.count(FIRST_NUMBER)

Place = tuple[type[Model], Any]
Copied = dict[Place, Model]


def copies(case: Assignment, count: int) -> list[Assignment]:
    """Return so many copies of a case, each under a directive of its own with an empty chain."""
    template = [(rows.model, list(rows)) for rows in _rows_of(case)]
    made: list[Assignment] = []
    for first in range(0, count, BATCH):
        copied: list[Copied] = [{} for _number in range(min(BATCH, count - first))]
        for model, rows in template:
            fresh = [(each, row, _copy(row, each)) for each in copied for row in rows]
            model._default_manager.bulk_create([copy for _each, _row, copy in fresh], batch_size=1_000)
            for each, row, copy in fresh:
                each[model, row.pk] = copy
        made += [each[Assignment, case.pk] for each in copied]  # type: ignore[misc]
    return made


def _rows_of(case: Assignment) -> Iterable[QuerySet[Any]]:
    """Yield the rows that make a case, those others point at first."""
    yield Directive.objects.filter(pk=case.directive_id)
    yield Assignment.objects.filter(pk=case.pk)
    yield Participation.objects.filter(assignment=case).order_by("pk")
    yield ParticipationGroupGrant.objects.filter(content_object__assignment=case).order_by("pk")
    yield ParticipationUserGrant.objects.filter(content_object__assignment=case).order_by("pk")
    yield Plan.objects.filter(assignment=case)
    yield PlanRevision.objects.filter(plan__assignment=case).order_by("pk")
    yield PlanRevision.authors.through.objects.filter(planrevision__plan__assignment=case)
    yield Paragraph.objects.filter(revision__plan__assignment=case).order_by("pk")
    yield ActionItem.objects.filter(revision__plan__assignment=case).order_by("pk")
    yield Consultation.objects.filter(assignment=case).order_by("pk")
    yield Opinion.objects.filter(consultation__assignment=case).order_by("pk")
    yield Submission.objects.filter(assignment=case).order_by("pk")
    yield Review.objects.filter(submission__assignment=case)
    yield CaseProcess.objects.filter(assignment=case)
    yield CaseTask.objects.filter(process__assignment=case).order_by("pk")
    yield InboxEntry.objects.filter(task__process__assignment=case).order_by("pk")


def _copy(row: Model, copied: Copied) -> Model:
    """Return the row for another case: what it points at is that case's, what must be unique is new."""
    values = {}
    for field in row._meta.concrete_fields:
        if field.primary_key:
            continue
        value = getattr(row, field.attname)
        if field.is_relation and (field.related_model, value) in copied:
            value = copied[field.related_model, value].pk  # type: ignore[index]
        elif isinstance(field, UUIDField) and field.unique:
            value = uuid4()
        values[field.attname] = value
    if isinstance(row, Directive):
        values["number"] = next(_numbers)
    if isinstance(row, InboxEntry):
        values["task_public_id"] = copied[CaseTask, row.task_id].public_id  # type: ignore[attr-defined]
    return type(row)(**values)
