"""Why a task is back on somebody's desk: the words of whoever sent it there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from notifications.models import Event
from workflows.models import Assignment


@dataclass(frozen=True, slots=True)
class Reason:
    """Who gave a reason, when, and what it says."""

    who: str
    at: datetime
    text: str


def last_reason(
    assignment: Assignment, kind: str, *, subject: Model | None = None, since: datetime | None = None
) -> Reason | None:
    """Return the newest reason an event of this kind carries; one statement.

    `subject` narrows it to what the event was about, `since` to what happened from a moment on.
    """
    events = Event.objects.filter(
        chain=assignment.directive.chain, kind=kind, data__assignment=str(assignment.public_id)
    )
    if subject is not None:
        events = events.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    if since is not None:
        events = events.filter(occurred_at__gte=since)
    last = events.order_by("-seq").first()
    return Reason(last.actor_label, last.occurred_at, str(last.data.get("reason", ""))) if last else None
