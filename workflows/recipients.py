"""Who is concerned by an event: rules that find people by what they hold at this very moment."""

from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.authority import lent_by
from accounts.models import Delegation, Membership, User
from notifications.models import Event
from workflows import holding
from workflows.models import (
    Assignment,
    InboxEntry,
    Inquiry,
    Opinion,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Role,
    StoredFile,
    Submission,
)
from workflows.models.grant import alive

Recipients = Callable[[Event], Iterable[int]]


Scope = Callable[[Delegation], bool]


def holders(where: Q, scope: Scope) -> set[int]:
    """Return the people who hold one of these memberships today, and those who act for them within the scope.

    Two statements; another where somebody acts for them.
    """
    held = Membership.objects.valid(on=timezone.localdate()).filter(where, user__is_active=True)
    people = dict(held.values_list("pk", "user_id"))
    lending = Delegation.objects.active(at=timezone.now()).filter(membership__in=list(people))
    delegates = {
        delegation.delegate_id
        for delegation in lending.select_related("membership__user").prefetch_related("fields")
        if scope(delegation)
    }
    return set(people.values()) | delegates


def in_groups(group_ids: Iterable[int], scope: Scope) -> set[int]:
    """Return the people who hold one of the groups' positions today, and those who act for them."""
    return holders(Q(agency_position__group__in=list(group_ids)), scope)


def in_buckets(entries: QuerySet[InboxEntry]) -> set[int]:
    """Return the people whose inbox shows one of the entries today, their own or the one they look after."""
    rows = list(entries.values_list("bucket", "field", "kind").distinct())
    positions = [bucket for bucket, _field, _kind in rows if bucket > 0]
    single = [-bucket for bucket, _field, _kind in rows if bucket < 0]

    def covered(delegation: Delegation) -> bool:
        lent, membership = lent_by(delegation), delegation.membership
        own = (membership.agency_position_id, -membership.pk)
        return any(
            bucket in own and lent.covers(field) and kind in lent.kinds for bucket, field, kind in rows
        )

    return holders(Q(agency_position__in=positions) | Q(pk__in=single), covered)


def those_who_must_act(event: Event) -> set[int]:
    """Return the people in whose inbox the assignment, or the directive as a whole, waits now."""
    entries = InboxEntry.objects.open()
    if "assignment" in event.data:
        entries = entries.filter(task__process__assignment__public_id=event.data["assignment"])
    else:
        entries = entries.filter(task__process__assignment__directive__public_id=event.data["directive"])
    return in_buckets(entries)


def own_agency(event: Event) -> set[int]:
    """Return the people of the agency whose opinion it is, as far as it waits for them."""
    opinion = Opinion.objects.filter(pk=event.subject_id).first()
    if opinion is None:
        return set()
    return in_buckets(InboxEntry.objects.open().filter(task__participation_id=opinion.participation_id))


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
    return in_groups(grants.values_list("group_id", flat=True).distinct(), of_case(event, "prepare_opinion"))


def of_case(event: Event, right: str) -> Scope:
    """Return the question whether a delegation covers a right in the case of an event."""
    field = Assignment.objects.filter(public_id=event.data["assignment"]).values_list("field", flat=True)

    def covered(delegation: Delegation) -> bool:
        lent = lent_by(delegation)
        return holding.LENDABLE.get(right) in lent.kinds and (not lent.fields or lent.covers(field.get()))

    return covered


def who_hold(right: str, *roles: Role) -> Recipients:
    """Return a rule: the people who hold a right on the assignment's parts of these roles."""

    def recipients(event: Event) -> set[int]:
        granted = Q(
            alive(),
            content_object__assignment__public_id=event.data["assignment"],
            content_object__role__in=roles,
            permission__codename=right,
        )
        groups = ParticipationGroupGrant.objects.filter(granted).values("group_id")
        persons = ParticipationUserGrant.objects.filter(granted).values("membership_id")
        return holders(Q(agency_position__group__in=groups) | Q(pk__in=persons), of_case(event, right))

    return recipients


def had_it_before(event: Event) -> set[int]:
    """Return the people who were in charge of a case until it changed hands."""
    return holders(Q(pk__in=event.data["before"]), of_case(event, "decide"))


def asker(event: Event) -> set[int]:
    """Return who asked the question an event is about."""
    return set(Inquiry.objects.filter(pk=event.subject_id).values_list("asked_by", flat=True))


def who_stored(event: Event) -> set[int]:
    """Return who stored the file an event is about."""
    return set(StoredFile.objects.filter(pk=event.subject_id).values_list("stored_by", flat=True))


def both(*rules: Recipients) -> Recipients:
    """Return a rule: everybody whom one of the rules names."""
    return lambda event: set().union(*(rule(event) for rule in rules))


def once_put_forward(rule: Recipients) -> Recipients:
    """Return a rule that names nobody before the plan was put forward: until then opinions are internal."""

    def recipients(event: Event) -> Iterable[int]:
        is_out = Submission.objects.filter(assignment__public_id=event.data["assignment"]).exists()
        return rule(event) if is_out else set()

    return recipients


def both_hands(event: Event) -> set[int]:
    """Return the two people between whom work was moved."""
    names = [event.data["from"], event.data["to"]]
    return set(User.objects.filter(username__in=names).values_list("pk", flat=True))


LEAD = who_hold("draft_plan", Role.LEAD)
ASKED = who_hold("prepare_opinion", Role.COORDINATE)
OFFICE = who_hold("review_plan", Role.REVIEW)
COMMITTEE = who_hold("view_case", Role.APPROVE)  # the members who were asked among them
DECIDING = who_hold("decide", Role.APPROVE)
