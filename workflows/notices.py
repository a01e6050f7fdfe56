"""Who is told of what, in which words. Registered with the notifications application when the site starts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.authority import hats
from accounts.models import User
from notifications.models import Event
from notifications.notices import Notice, register, several
from workflows import policies
from workflows.models import (
    Outcome,
    Role,
)
from workflows.recipients import (
    ASKED,
    COMMITTEE,
    LEAD,
    OFFICE,
    Recipients,
    agencies_named,
    asker,
    both,
    both_hands,
    had_it_before,
    once_put_forward,
    own_agency,
    those_who_must_act,
    who_hold,
    who_stored,
)


def case_url(event: Event) -> str:
    """Return the page of the case, or of the directive."""
    if "assignment" in event.data:
        return reverse("assignment", args=[event.data["assignment"]])
    return reverse("directive", args=[event.data["directive"]])


def round_url(event: Event) -> str:
    """Return the page of the case's consultation."""
    return reverse("consultation", args=[event.data["assignment"]])


def ballots_url(event: Event) -> str:
    """Return the page of the case's ballots."""
    return reverse("ballots", args=[event.data["assignment"]])


# What is best looked at, or answered, on the page of the round.
ON_THE_ROUND = frozenset(
    {
        "consultation.extended",
        "consultation.closed",
        "extension.asked",
        "extension.refused",
        "opinion.withdrawn",
        "opinion.deemed",
        "opinion.silent",
    }
)


PLACES = dict.fromkeys(ON_THE_ROUND, round_url) | {"ballot.closed": ballots_url}


def visible(user: User, events: Sequence[Event]) -> set[int]:
    """Return which of the events the person may still read: those of cases she may read; three statements."""
    own = hats(user)
    wanted = {event.data["assignment"] for event in events if "assignment" in event.data}
    cases = set(
        policies.visible_assignments(own, user)
        .filter(public_id__in=wanted)
        .values_list("public_id", flat=True)
    )
    heads = {event.data["directive"] for event in events if "assignment" not in event.data}
    directives = set(
        policies.visible_directives(own, user).filter(public_id__in=heads).values_list("public_id", flat=True)
    )
    readable = {str(public_id) for public_id in cases | directives}
    return {event.pk for event in events if event.data.get("assignment", event.data["directive"]) in readable}


def sentence(words: Any) -> Callable[[Event], str]:
    """Return how a kind of event reads: `words` may use who, title and issued."""

    def text(event: Event) -> str:
        return str(words) % {
            "who": event.actor_label or _("The system"),
            "title": event.data.get("title") or event.data["subject"],
            "code": event.data["code"],
            "issued": event.data.get("issued", ""),
            "outcome": _outcome(event),
            "to": event.data.get("to", ""),
            "waits_for": event.data.get("waits_for", ""),
        }

    return text


def _outcome(event: Event) -> str:
    """Return what a ballot yielded, in words; nothing of other events."""
    return str(Outcome(event.data["outcome"]).label) if event.data.get("outcome") else ""


# What several events of one bulk act say together; of other kinds it is said in general.
MANY: dict[str, Any] = {
    "plan.approved": ngettext_lazy("%(who)s approved %(n)s plan", "%(who)s approved %(n)s plans", "n"),
    "review.signed": ngettext_lazy("%(who)s cleared %(n)s dossier", "%(who)s cleared %(n)s dossiers", "n"),
    "opinion.given": ngettext_lazy(
        "%(who)s sent comments on %(n)s plan", "%(who)s sent comments on %(n)s plans", "n"
    ),
}


def many(kind: str) -> Callable[[Sequence[Event]], str]:
    """Return how several events of a kind read together."""
    words = MANY.get(kind)
    if words is None:
        return several
    return lambda events: str(words % {"who": events[0].actor_label, "n": len(events)})


# What an agency says against an answer is read where the right to read it is asked again.
# So is why an approval was taken back: its reason is for those who judge and for the lead.
READ_ON_THE_PAGE = frozenset({"opinion.upheld", "decision.recalled"})


def detail(event: Event) -> str:
    """Return the second line: the directive's number, and the reason where there is one that all may read."""
    said = event.data.get("reason") or event.data.get("text", "")
    reason = "" if event.kind in READ_ON_THE_PAGE else said
    return f"{event.data['code']} · {reason[:160]}" if reason else str(event.data["code"])


NOTICES: tuple[tuple[str, Recipients, Any, str], ...] = (
    (
        "directive.issued",
        those_who_must_act,
        gettext_lazy("%(who)s assigned work: %(code)s, %(title)s"),
        "send",
    ),
    ("assignment.accepted", OFFICE, gettext_lazy("%(who)s accepted: %(title)s"), "check"),
    ("assignment.declined", those_who_must_act, gettext_lazy("%(who)s declined: %(title)s"), "return"),
    ("assignment.reassigned", those_who_must_act, gettext_lazy("%(who)s assigned work: %(title)s"), "send"),
    ("draft.finished", those_who_must_act, gettext_lazy("%(who)s submitted: %(title)s"), "stamp"),
    (
        "draft.returned",
        those_who_must_act,
        gettext_lazy("%(who)s returned for revision: %(title)s"),
        "return",
    ),
    (
        "consultation.requested",
        those_who_must_act,
        gettext_lazy("%(who)s asks for comments: %(title)s"),
        "comment",
    ),
    ("consultation.widened", agencies_named, gettext_lazy("%(who)s asks for comments: %(title)s"), "comment"),
    ("consultation.reminded", agencies_named, gettext_lazy("Comments are still missing: %(title)s"), "bell"),
    ("consultation.extended", agencies_named, gettext_lazy("More time for comments: %(title)s"), "clock"),
    ("consultation.prepared", those_who_must_act, gettext_lazy("%(who)s submitted: %(title)s"), "stamp"),
    ("extension.asked", LEAD, gettext_lazy("%(who)s asks for more time: %(title)s"), "clock"),
    ("extension.refused", agencies_named, gettext_lazy("No more time for comments: %(title)s"), "clock"),
    ("opinion.withdrawn", agencies_named, gettext_lazy("The request was withdrawn: %(title)s"), "ban"),
    (
        "opinion.prepared",
        own_agency,
        gettext_lazy("%(who)s submitted an opinion for signature: %(title)s"),
        "stamp",
    ),
    ("opinion.returned", own_agency, gettext_lazy("%(who)s returned the opinion: %(title)s"), "return"),
    (
        "opinion.deemed",
        agencies_named,
        gettext_lazy("No comments in time, deemed to agree: %(title)s"),
        "clock",
    ),
    ("opinion.silent", agencies_named, gettext_lazy("No comments in time: %(title)s"), "clock"),
    ("opinion.given", LEAD, gettext_lazy("%(who)s sent comments: %(title)s"), "comment"),
    (
        "opinion.upheld",
        both(LEAD, once_put_forward(both(OFFICE, who_hold("decide", Role.APPROVE)))),
        gettext_lazy("%(who)s upholds the view of the agency: %(title)s"),
        "scale",
    ),
    ("consultation.closed", LEAD, gettext_lazy("Consultation closed: %(title)s"), "check"),
    ("dispositions.finished", those_who_must_act, gettext_lazy("%(who)s submitted: %(title)s"), "stamp"),
    (
        "submission.returned",
        those_who_must_act,
        gettext_lazy("%(who)s returned for revision: %(title)s"),
        "return",
    ),
    (
        "plan.submitted",
        both(those_who_must_act, ASKED),
        gettext_lazy("%(who)s put forward: %(title)s"),
        "send",
    ),
    ("review.prepared", those_who_must_act, gettext_lazy("%(who)s submitted the review: %(title)s"), "stamp"),
    ("review.returned", those_who_must_act, gettext_lazy("%(who)s returned the review: %(title)s"), "return"),
    (
        "review.refused",
        those_who_must_act,
        gettext_lazy("%(who)s returned for revision: %(title)s"),
        "return",
    ),
    (
        "review.signed",
        both(those_who_must_act, LEAD),
        gettext_lazy("%(who)s cleared the dossier: %(title)s"),
        "check",
    ),
    (
        "plan.approved",
        both(those_who_must_act, LEAD, ASKED, OFFICE),
        gettext_lazy("%(who)s approved: %(title)s"),
        "check",
    ),
    (
        "paper.failed",
        both(who_hold("issue_plan", Role.REVIEW), who_hold("decide", Role.APPROVE)),
        gettext_lazy("The paper of an approved plan could not be signed: %(title)s"),
        "warn",
    ),
    (
        "submission.recalled",
        both(those_who_must_act, OFFICE, who_hold("decide", Role.APPROVE)),
        gettext_lazy("%(who)s recalled the submission: %(title)s"),
        "return",
    ),
    (
        "decision.recalled",
        both(those_who_must_act, LEAD, ASKED, OFFICE, who_hold("issue_plan", Role.REVIEW)),
        gettext_lazy("%(who)s recalled the approval: %(title)s"),
        "return",
    ),
    (
        "decision.void",
        both(those_who_must_act, LEAD, ASKED, OFFICE, who_hold("issue_plan", Role.REVIEW)),
        gettext_lazy("The approval is void, its content was changed: %(title)s"),
        "warn",
    ),
    (
        "plan.returned",
        both(those_who_must_act, OFFICE),
        gettext_lazy("%(who)s returned for revision: %(title)s"),
        "return",
    ),
    (
        "case.suspended",
        both(those_who_must_act, LEAD, OFFICE),
        gettext_lazy("%(who)s stopped the clock until %(waits_for)s: %(title)s"),
        "clock",
    ),
    (
        "case.resumed",
        both(those_who_must_act, LEAD, OFFICE),
        gettext_lazy("%(who)s let the clock run again: %(title)s"),
        "clock",
    ),
    (
        "case.look_again",
        those_who_must_act,
        gettext_lazy("Time to look again, suspended until %(waits_for)s: %(title)s"),
        "bell",
    ),
    (
        "case.handed_over",
        both(those_who_must_act, had_it_before, OFFICE),
        gettext_lazy("%(who)s handed the file to %(to)s: %(title)s"),
        "forward",
    ),
    (
        "case.taken_over",
        both(had_it_before, OFFICE),
        gettext_lazy("%(who)s took the file over: %(title)s"),
        "forward",
    ),
    (
        "review.handed_over",
        those_who_must_act,
        gettext_lazy("%(who)s handed the review to %(to)s: %(title)s"),
        "forward",
    ),
    ("inquiry.asked", LEAD, gettext_lazy("%(who)s asks: %(title)s"), "comment"),
    (
        "inquiry.answered",
        both(asker, those_who_must_act),
        gettext_lazy("%(who)s answered the question: %(title)s"),
        "comment",
    ),
    ("plan.rejected", both(LEAD, OFFICE), gettext_lazy("%(who)s refused: %(title)s"), "ban"),
    (
        "plan.issued",
        both(LEAD, ASKED, OFFICE, who_hold("decide", Role.APPROVE)),
        gettext_lazy("%(title)s was issued as No. %(issued)s"),
        "stamp",
    ),
    ("ballot.called", those_who_must_act, gettext_lazy("%(who)s asks for your vote: %(title)s"), "users"),
    ("ballot.reminded", those_who_must_act, gettext_lazy("Your ballot slip is missing: %(title)s"), "bell"),
    (
        "ballot.closed",
        both(LEAD, OFFICE, COMMITTEE),
        gettext_lazy("Ballot of the members, %(outcome)s: %(title)s"),
        "scale",
    ),
    (
        "work.handed_back",
        those_who_must_act,
        gettext_lazy("%(from_name)s left the post, the file waits for everybody in it: %(title)s"),
        "return",
    ),
    (
        "agency.succeeded",
        those_who_must_act,
        gettext_lazy("The file passed to %(to_name)s: %(title)s"),
        "forward",
    ),
    (
        "file.infected",
        both(who_stored, OFFICE),
        gettext_lazy("A virus was found in a file, which is held back: %(title)s"),
        "warn",
    ),
    ("result.reported", those_who_must_act, gettext_lazy("%(who)s reported the result: %(title)s"), "send"),
    ("result.confirmed", LEAD, gettext_lazy("%(who)s confirmed the result: %(title)s"), "check"),
    ("result.returned", those_who_must_act, gettext_lazy("%(who)s returned the result: %(title)s"), "return"),
)


def visible_to_both(user: User, events: Sequence[Event]) -> set[int]:
    """Return the moves of work in which the person is one of the two."""
    return {event.pk for event in events if user.username in (event.data["from"], event.data["to"])}


def work_moved(event: Event) -> str:
    """Say whose work went to whom, and how much: one notification, however many cases."""
    words = ngettext(
        "%(who)s moved the work of %(from)s to %(to)s: %(count)s case",
        "%(who)s moved the work of %(from)s to %(to)s: %(count)s cases",
        event.data["cases"],
    )
    return words % {
        "who": event.actor_label or _("The system"),
        "from": event.data["from_name"],
        "to": event.data["to_name"],
        "count": event.data["cases"],
    }


def register_all() -> None:
    """Register every notice of this application."""
    register(
        Notice(
            kind="work.handed_over",
            recipients=both_hands,
            text=work_moved,
            url=lambda _event: reverse("inbox"),
            visible=visible_to_both,
            icon="forward",
        )
    )
    for kind, recipients, words, icon in NOTICES:
        register(
            Notice(
                kind=kind,
                recipients=recipients,
                text=sentence(words),
                url=PLACES.get(kind, case_url),
                visible=visible,
                icon=icon,
                detail=detail,
                many=many(kind),
            )
        )
