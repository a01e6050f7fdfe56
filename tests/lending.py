"""Positions lent for a time, through the real acts; rows moved in time where a test needs another moment."""

from datetime import timedelta

from django.utils import timezone

from accounts.domain import delegations
from accounts.domain.delegations import Loan
from accounts.models import DelegationForm, DocumentKind
from tests.factories import actor


def loan_of(principal, delegate, **changes):
    """Return what is lent: the principal's first position by mandate, everything she signs, for a week from now."""
    membership = principal.memberships.select_related("agency_position__agency", "user").order_by("pk")[0]
    now = timezone.now()
    given = {
        "membership": membership,
        "delegate": delegate,
        "form": DelegationForm.MANDATE,
        "basis": "45/GUQ-UBND",
        "kinds": delegations.kinds_of(membership),
        "starts_at": now,
        "ends_at": now + timedelta(days=7),
    }
    return Loan(**given | changes)


def offer(principal, delegate, **changes):
    """Offer a delegation."""
    return delegations.propose(loan_of(principal, delegate, **changes), actor=actor(principal))


def lend(principal, delegate, **changes):
    """Return a delegation that holds: offered and accepted."""
    return delegations.accept(offer(principal, delegate, **changes), actor=actor(delegate))


def over(delegation, *, ago=1):
    """Let a delegation have ended so many seconds ago."""
    delegation.starts_at = timezone.now() - timedelta(days=1)
    delegation.ends_at = timezone.now() - timedelta(seconds=ago)
    delegation.save(update_fields=["starts_at", "ends_at"])


ONLY_OPINIONS = (DocumentKind.OPINION,)
ONLY_SUBMISSIONS = (DocumentKind.SUBMISSION,)
