"""Leaders who have not been seen while work waits for them: the clock proposes that somebody acts for them."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts import regulation
from accounts.domain import absences, lending
from accounts.models import AbsenceProposal, Delegation, Membership
from workflows import inbox

from .calendars import load_calendar

JOB, SWEEP_SECONDS = "absences", 3600.0


def propose_due(*, at: datetime | None = None) -> int:
    """Propose a delegation for each leader who is absent now, once for each absence; returns for how many.

    What was proposed for somebody who is back is closed.
    Source: domain notes 10.7; the working regulation, `ABSENCE`.
    """
    moment = at or timezone.now()
    absences.close_over(at=moment)
    absent = absent_leaders(at=moment)
    return len(absences.notice({each: vars(each)["last_seen"] for each in absent}))


def absent_leaders(*, at: datetime) -> list[Membership]:
    """Return the leaders' posts whose holder was last seen more than the set working days ago while work waits.

    `last_seen` is set on each. Posts of which something is lent, or offered, are provided for; one statement.
    """
    today = timezone.localdate(at)
    limit = load_calendar().working_day_before(today, regulation.rules("ABSENCE")["days"])
    seen = Coalesce("user__last_active_on", TruncDate("user__joined_at"))
    known = AbsenceProposal.objects.filter(membership=OuterRef("pk"), inactive_since=OuterRef("last_seen"))
    lent = Delegation.objects.unfinished(at=at).filter(membership=OuterRef("pk"))
    leaders = Membership.objects.valid(on=today).filter(
        user__is_active=True, agency_position__position__in=lending.LEADERS
    )
    absent = leaders.annotate(last_seen=seen).filter(
        ~Exists(known), ~Exists(lent), inbox.in_reach(), last_seen__lt=limit
    )
    return list(absent.select_related("user", "agency_position__agency").order_by("pk"))
