"""Who is told of what, in which words. Registered with the notifications application when the site starts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import hats
from accounts.models import Membership, User
from notifications.models import Event
from notifications.notices import Notice, register
from workflows import policies
from workflows.models import InboxEntry, Opinion, ParticipationGroupGrant, Role, Submission
from workflows.models.grant import alive

Recipients = Callable[[Event], Iterable[int]]


def in_groups(group_ids: Iterable[int]) -> set[int]:
    """Return the people who hold one of the groups' positions today."""
    found = Membership.objects.valid(on=timezone.localdate()).filter(
        agency_position__group__in=list(group_ids), user__is_active=True
    )
    return set(found.values_list("user_id", flat=True))


def in_buckets(buckets: Iterable[int]) -> set[int]:
    """Return the people whose inbox shows one of the buckets today."""
    found = Membership.objects.valid(on=timezone.localdate()).filter(
        agency_position__in=list(buckets), user__is_active=True
    )
    return set(found.values_list("user_id", flat=True))


def those_who_must_act(event: Event) -> set[int]:
    """Return the people in whose inbox the assignment, or the directive as a whole, waits now."""
    entries = InboxEntry.objects.open()
    if "assignment" in event.data:
        entries = entries.filter(task__process__assignment__public_id=event.data["assignment"])
    else:
        entries = entries.filter(task__process__assignment__directive__public_id=event.data["directive"])
    return in_buckets(entries.values_list("bucket", flat=True).distinct())


def own_agency(event: Event) -> set[int]:
    """Return the people of the agency whose opinion it is, as far as it waits for them."""
    opinion = Opinion.objects.filter(pk=event.subject_id).first()
    if opinion is None:
        return set()
    entries = InboxEntry.objects.open().filter(task__participation_id=opinion.participation_id)
    return in_buckets(entries.values_list("bucket", flat=True).distinct())


def agencies_named(event: Event) -> set[int]:
    """Return the people who answer for the agencies an event names, as far as they take part in its case."""
    codes = [*event.data.get("agencies", ()), *filter(None, [event.data.get("agency")])]
    grants = ParticipationGroupGrant.objects.filter(
        alive(),
        content_object__assignment__public_id=event.data["assignment"],
        content_object__role=Role.COORDINATE,
        content_object__agency__code__in=codes,
        permission__codename="prepare_opinion",
    )
    return in_groups(grants.values_list("group_id", flat=True).distinct())


def holding(right: str, *roles: Role) -> Recipients:
    """Return a rule: the people who hold a right on the assignment's parts of these roles."""

    def recipients(event: Event) -> set[int]:
        grants = ParticipationGroupGrant.objects.filter(
            alive(),
            content_object__assignment__public_id=event.data["assignment"],
            content_object__role__in=roles,
            permission__codename=right,
        )
        return in_groups(grants.values_list("group_id", flat=True).distinct())

    return recipients


def both(*rules: Recipients) -> Recipients:
    """Return a rule: everybody whom one of the rules names."""
    return lambda event: set().union(*(rule(event) for rule in rules))


def once_put_forward(rule: Recipients) -> Recipients:
    """Return a rule that names nobody before the plan was put forward: until then opinions are internal."""

    def recipients(event: Event) -> Iterable[int]:
        is_out = Submission.objects.filter(assignment__public_id=event.data["assignment"]).exists()
        return rule(event) if is_out else set()

    return recipients


def case_url(event: Event) -> str:
    """Return the page of the case, or of the directive."""
    if "assignment" in event.data:
        return reverse("assignment", args=[event.data["assignment"]])
    return reverse("directive", args=[event.data["directive"]])


def round_url(event: Event) -> str:
    """Return the page of the case's consultation."""
    return reverse("consultation", args=[event.data["assignment"]])


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
        }

    return text


# What an agency says against an answer is read where the right to read it is asked again.
READ_ON_THE_PAGE = frozenset({"opinion.upheld"})


def detail(event: Event) -> str:
    """Return the second line: the directive's number, and the reason where there is one that all may read."""
    reason = "" if event.kind in READ_ON_THE_PAGE else event.data.get("reason", "")
    return f"{event.data['code']} · {reason[:160]}" if reason else str(event.data["code"])


LEAD = holding("draft_plan", Role.LEAD)
ASKED = holding("prepare_opinion", Role.COORDINATE)
OFFICE = holding("review_plan", Role.REVIEW)

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
        both(LEAD, once_put_forward(both(OFFICE, holding("decide", Role.APPROVE)))),
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
        "plan.returned",
        both(those_who_must_act, OFFICE),
        gettext_lazy("%(who)s returned for revision: %(title)s"),
        "return",
    ),
    ("plan.rejected", both(LEAD, OFFICE), gettext_lazy("%(who)s refused: %(title)s"), "ban"),
    (
        "plan.issued",
        both(LEAD, ASKED, OFFICE, holding("decide", Role.APPROVE)),
        gettext_lazy("%(title)s was issued as No. %(issued)s"),
        "stamp",
    ),
    ("result.reported", those_who_must_act, gettext_lazy("%(who)s reported the result: %(title)s"), "send"),
    ("result.confirmed", LEAD, gettext_lazy("%(who)s confirmed the result: %(title)s"), "check"),
    ("result.returned", those_who_must_act, gettext_lazy("%(who)s returned the result: %(title)s"), "return"),
)


def register_all() -> None:
    """Register every notice of this application."""
    for kind, recipients, words, icon in NOTICES:
        register(
            Notice(
                kind=kind,
                recipients=recipients,
                text=sentence(words),
                url=round_url if kind in ON_THE_ROUND else case_url,
                visible=visible,
                icon=icon,
                detail=detail,
            )
        )
