"""Who is told of delegations and absences, in which words. Registered when the site starts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Event
from notifications.notices import Notice, register

from .models import AbsenceProposal, AgencyKind, Delegation, Membership, Position, User

DEPUTIES = (Position.DEPUTY_HEAD, Position.VICE_CHAIR)


def _delegation(event: Event) -> Delegation:
    return Delegation.objects.select_related("membership").get(pk=event.subject_id)


def whom_it_waits_for(event: Event) -> set[int]:
    """Return whose answer a delegation needs: the leader's where it was prepared for her, else the other side's."""
    delegation = _delegation(event)
    waits_for_leader = delegation.confirmed_at is None
    return {delegation.membership.user_id if waits_for_leader else delegation.delegate_id}


def both_sides(event: Event) -> set[int]:
    """Return everybody a delegation concerns: both sides, and whoever prepared it."""
    delegation = _delegation(event)
    return {delegation.membership.user_id, delegation.delegate_id, delegation.proposed_by_id}


def around_an_absence(event: Event) -> set[int]:
    """Return who can provide for an absent leader: she herself, her deputies, and the Office's head."""
    proposal = AbsenceProposal.objects.select_related("membership__agency_position").get(pk=event.subject_id)
    agency = proposal.membership.agency_position.agency_id
    concerned = Q(pk=proposal.membership_id)
    concerned |= Q(agency_position__agency=agency, agency_position__position__in=DEPUTIES)
    concerned |= Q(agency_position__agency__kind=AgencyKind.OFFICE, agency_position__position=Position.HEAD)
    held = Membership.objects.valid(on=timezone.localdate()).filter(concerned, user__is_active=True)
    return set(held.values_list("user", flat=True))


def visible(user: User, events: Sequence[Event]) -> set[int]:
    """Return which of the events the person may still read: those of delegations she has a side in; one statement."""
    subjects = {event.subject_id for event in events}
    hers = Q(membership__user=user) | Q(delegate=user) | Q(proposed_by=user)
    found = Delegation.objects.filter(hers, pk__in=subjects).values_list("pk", flat=True)
    known = {str(key) for key in found}
    return {event.pk for event in events if event.subject_id in known}


def visible_absences(user: User, events: Sequence[Event]) -> set[int]:
    """Return which of the events the person may still read: where she can provide for the absent leader."""
    return {event.pk for event in events if user.pk in around_an_absence(event)}


def sentence(words: Any) -> Callable[[Event], str]:
    """Return how a kind of event reads: `words` may use who, principal, delegate and until."""

    def text(event: Event) -> str:
        until = event.data.get("until")
        return str(words) % {
            "who": event.actor_label or _("The system"),
            "principal": event.data["principal_name"],
            "delegate": event.data.get("delegate_name", ""),
            "until": date_format(timezone.localtime(datetime.fromisoformat(until)), "H:i d/m/Y")
            if until
            else "",
        }

    return text


def detail(event: Event) -> str:
    """Return the second line: the document a delegation is based on, and why it was declined."""
    return " · ".join(filter(None, [event.data.get("basis", ""), event.data.get("reason", "")[:160]]))


def delegations_url(_event: Event) -> str:
    """Return the page of the person's delegations."""
    return reverse("delegations")


Recipients = Callable[[Event], Iterable[int]]

NOTICES: tuple[tuple[str, Recipients, Any], ...] = (
    (
        "delegation.proposed",
        whom_it_waits_for,
        gettext_lazy("%(who)s lends the position of %(principal)s to %(delegate)s until %(until)s"),
    ),
    (
        "delegation.confirmed",
        both_sides,
        gettext_lazy("%(who)s lends the position of %(principal)s to %(delegate)s until %(until)s"),
    ),
    (
        "delegation.accepted",
        both_sides,
        gettext_lazy("%(delegate)s acts for %(principal)s until %(until)s"),
    ),
    (
        "delegation.declined",
        both_sides,
        gettext_lazy("%(delegate)s does not act for %(principal)s"),
    ),
    (
        "delegation.revoked",
        both_sides,
        gettext_lazy("%(delegate)s no longer acts for %(principal)s"),
    ),
)


def register_all() -> None:
    """Register every notice of this application."""
    for kind, recipients, words in NOTICES:
        register(
            Notice(
                kind=kind,
                recipients=recipients,
                text=sentence(words),
                url=delegations_url,
                visible=visible,
                icon="users",
                detail=detail,
            )
        )
    register(
        Notice(
            kind="absence.noticed",
            recipients=around_an_absence,
            text=sentence(
                gettext_lazy("%(principal)s has not been seen for days while work waits: who acts for her?")
            ),
            url=delegations_url,
            visible=visible_absences,
            icon="clock",
        )
    )
