"""Why a plan is back with its drafter: the last word of whoever sent it back."""

from dataclasses import dataclass
from datetime import datetime

from notifications.models import Event
from workflows.models import Assignment

SENT_BACK = (
    "draft.returned",
    "submission.returned",
    "review.refused",
    "plan.returned",
    "submission.recalled",
)
HANDED_ON = ("draft.finished", "dispositions.finished", "consultation.prepared")


@dataclass(frozen=True, slots=True)
class SentBack:
    """Who sent the plan back, when and why."""

    who: str
    at: datetime
    reason: str


def last_return(assignment: Assignment) -> SentBack | None:
    """Return why the plan came back, as long as the drafter has not handed it on again; one statement."""
    events = Event.objects.filter(
        chain=assignment.directive.chain,
        kind__in=SENT_BACK + HANDED_ON,
        data__assignment=str(assignment.public_id),
    )
    last = events.order_by("-seq").first()
    if last is None or last.kind in HANDED_ON:
        return None
    return SentBack(last.actor_label, last.occurred_at, str(last.data.get("reason", "")))
