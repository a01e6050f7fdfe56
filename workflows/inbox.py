"""Writing and reading the inbox.

Entries are written in the transaction that opens or closes a task. Reading asks each of a person's few buckets for its
first rows, then merges: a cost that depends neither on the archive nor on the number of rights.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.authority import Actor, Hat, lent_hats, own_hats
from accounts.models import Membership
from workflows import holding
from workflows.domain.search import fold
from workflows.models import CaseTask, InboxEntry, ParticipationGroupGrant, ParticipationUserGrant
from workflows.models.grant import alive, permission_ids

PAGE = 30
COUNT_LIMIT = 100
NO_KIND = "NONE"  # what no entry is: a scope without kinds shows nothing, not even what is of no kind


def open_entries(tasks: Sequence[CaseTask], rights: Collection[str], *, actor: Actor) -> None:
    """Put freshly opened tasks into the inbox of every position that may do them; two statements in all."""
    buckets = _buckets_of(tasks, rights)
    kind = holding.kind_of(rights)
    InboxEntry.objects.bulk_create(
        _entry(task, bucket, actor, kind) for task in tasks for bucket in buckets[task.pk]
    )


def reopen_entries(task: CaseTask, rights: Collection[str], *, actor: Actor) -> None:
    """Put an open task into the inboxes its rights name now, and take it out of the others; four statements."""
    wanted = set(_buckets_of([task], rights)[task.pk])
    entries = InboxEntry.objects.filter(task=task)
    entries.exclude(bucket__in=wanted).filter(closed_at=None).update(closed_at=timezone.now())
    known = set(entries.values_list("bucket", flat=True))
    entries.filter(bucket__in=wanted).update(closed_at=None)
    kind = holding.kind_of(rights)
    InboxEntry.objects.bulk_create(_entry(task, bucket, actor, kind) for bucket in sorted(wanted - known))


def close_entries(tasks: Iterable[CaseTask]) -> None:
    """Take closed tasks out of every inbox; one statement."""
    InboxEntry.objects.open().filter(task__in=[task.pk for task in tasks]).update(closed_at=timezone.now())


def move(tasks: Sequence[CaseTask], due_at: datetime) -> None:
    """Set another due moment of open tasks, in every inbox as well; two statements."""
    keys = [task.pk for task in tasks]
    CaseTask.objects.filter(pk__in=keys).update(due_at=due_at)
    InboxEntry.objects.open().filter(task__in=keys).update(due_at=due_at)


def waiting_in_person(memberships: Iterable[Membership]) -> list[CaseTask]:
    """Return the open tasks that wait for these holders of positions alone, ballots aside; one statement."""
    entries = _in_person(memberships).filter(task=OuterRef("pk"))
    tasks = CaseTask.objects.open().filter(Exists(entries))
    return list(tasks.select_related("process__assignment").order_by("id"))


def hand_over(memberships: Iterable[Membership], to: Membership) -> None:
    """Put what waits for these holders alone into the bucket of another; six statements, whatever there is."""
    mine = _in_person(memberships)
    known = InboxEntry.objects.filter(bucket=-to.pk, task__in=mine.values("task"))
    known_tasks = list(known.values_list("task", flat=True))
    InboxEntry.objects.filter(bucket=-to.pk, task__in=known_tasks).update(closed_at=None)
    mine.filter(task__in=known_tasks).update(closed_at=timezone.now())
    moved = {row.task_id: row.pk for row in mine.order_by("id")}  # one entry a task, whatever she holds
    mine.exclude(pk__in=list(moved.values())).update(closed_at=timezone.now())
    InboxEntry.objects.filter(pk__in=list(moved.values())).update(bucket=-to.pk)


def in_reach(membership: str = "pk", position: str = "agency_position") -> Exists:
    """Return the condition that something waits for the membership a query is about; names are the query's columns."""
    hers = Q(bucket=OuterRef(position)) | Q(bucket=Value(0) - OuterRef(membership))
    return Exists(InboxEntry.objects.open().filter(hers))


def _in_person(memberships: Iterable[Membership]) -> QuerySet[InboxEntry]:
    buckets = [-membership.pk for membership in memberships]
    return InboxEntry.objects.open().filter(bucket__in=buckets, task__membership=None)


def buckets_for(participations: Collection[int], rights: Collection[str]) -> dict[int, list[int]]:
    """Return, for each part, the buckets whose position, or one holder of it, has one of the rights; one statement."""
    granted = Q(
        alive(),
        content_object__in=participations,
        permission__in=[permission_ids()[right] for right in rights],
    )
    groups = ParticipationGroupGrant.objects.filter(granted).values_list(
        "content_object_id", "group__agency_position__pk"
    )
    persons = ParticipationUserGrant.objects.filter(granted).values_list(
        "content_object_id", Value(0) - F("membership_id")
    )
    buckets: dict[int, list[int]] = {}
    for participation, bucket in sorted(groups.union(persons)):
        buckets.setdefault(participation, []).append(bucket)
    return buckets


def _buckets_of(tasks: Sequence[CaseTask], rights: Collection[str]) -> dict[int, list[int]]:
    """Return the buckets of each task: of the one holder it waits for, else of all who have the rights."""
    parts = {task.participation_id for task in tasks if task.participation_id and task.membership_id is None}
    of_parts = buckets_for(parts, rights) if parts else {}
    return {
        task.pk: [-task.membership_id] if task.membership_id else of_parts.get(task.participation_id or 0, [])
        for task in tasks
    }


def _entry(task: CaseTask, bucket: int, actor: Actor, kind: str) -> InboxEntry:
    assignment = task.process.assignment
    directive = assignment.directive
    return InboxEntry(
        bucket=bucket,
        task=task,
        task_public_id=task.public_id,
        due_at=task.due_at or task.created,
        opened_at=task.created,
        node=task.flow_task.name,
        role=task.flow_task.role,
        phase=assignment.phase,
        field=assignment.field_id,
        kind=kind,
        title=assignment.title,
        directive_code=directive.code,
        directive_subject=directive.subject,
        agency=actor.hat.agency_short if actor.hat else "",
        sender=actor.user.full_name if actor.user else "",
        waits_for=task.data.get("waits_for", ""),
        search_text=fold(f"{directive.code} {assignment.title} {directive.subject}"),
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: after this due moment and task."""

    due_at: datetime
    task_id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor a page link carries, or None where it is no cursor."""
        moment, _, task = text.rpartition("~")
        try:
            return cls(datetime.fromisoformat(moment), int(task))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.due_at.isoformat()}~{self.task_id}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person narrows the inbox to."""

    due_from: datetime | None = None
    due_before: datetime | None = None
    role: str = ""
    text: str = ""
    fields: frozenset[int] = frozenset()  # none: every field
    kinds: frozenset[str] | None = None  # None: every kind of paper
    node: str = ""

    @classmethod
    def under(cls, hat: Hat) -> "Filter":
        """Return the filter of a hat: everything under an own one, the scope of the loan under a lent one."""
        return cls(fields=hat.lent.fields, kinds=hat.lent.kinds) if hat.lent else cls()

    @property
    def condition(self) -> Q:
        """The condition of the entries that pass."""
        passing = Q()
        if self.due_from:
            passing &= Q(due_at__gte=self.due_from)
        if self.due_before:
            passing &= Q(due_at__lt=self.due_before)
        if self.role:
            passing &= Q(role=self.role)
        if self.fields:
            passing &= Q(field__in=self.fields)
        if self.node:
            passing &= Q(node=self.node)
        if self.kinds is not None:
            passing &= Q(kind__in=self.kinds or {NO_KIND})
        if self.text:
            passing &= Q(search_text__contains=fold(self.text))
        return passing

    def apply(self, entries: Any) -> Any:
        """Return the entries that pass."""
        return entries.filter(self.condition)


def page(
    buckets: Sequence[int], narrowed: Filter, *, after: Cursor | None = None, size: int = PAGE
) -> tuple[list[InboxEntry], Cursor | None]:
    """Return one page of open tasks by due moment, and where the next one starts; one statement.

    A task that reaches a person through two buckets appears once.
    """
    if not buckets:
        return [], None
    first = InboxEntry.objects.filter(pk__in=_first_of_each(buckets, narrowed, after, size + 1))
    merged = list(_once(first.order_by("due_at", "task_id", "id")))
    shown = merged[:size]
    following = Cursor(shown[-1].due_at, shown[-1].task_id) if len(merged) > size else None
    return shown, following


def _first_of_each(buckets: Sequence[int], narrowed: Filter, after: Cursor | None, limit: int) -> RawSQL:
    """Return the keys of each bucket's first entries: one bounded walk of the partial index for each bucket.

    Written out because the ORM does not put limits into a union on SQLite.
    """
    parts, params = [], []
    for number, bucket in enumerate(buckets):
        sql, values = _first(bucket, narrowed, after, limit).values("id").query.sql_with_params()
        parts.append(f"SELECT id FROM ({sql}) AS bucket_{number}")  # noqa: S608 - the ORM's own SQL
        params += values
    return RawSQL(" UNION ALL ".join(parts), params)  # noqa: S611 - as above


def _first(bucket: int, narrowed: Filter, after: Cursor | None, limit: int) -> Any:
    entries = narrowed.apply(InboxEntry.objects.open().filter(bucket=bucket))
    if after is not None:
        entries = entries.extra(
            where=["(due_at, task_id) > (%s, %s)"], params=[_stored(after.due_at), after.task_id]
        )
    return entries.order_by("due_at", "task_id")[:limit]


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _once(rows: Iterable[InboxEntry]) -> Iterator[InboxEntry]:
    seen: set[int] = set()
    for row in rows:
        if row.task_id not in seen:
            seen.add(row.task_id)
            yield row


def counts(
    buckets: Sequence[int],
    borders: Sequence[tuple[str, datetime | None, datetime | None]],
    scope: Filter | None = None,
) -> dict[str, int]:
    """Count open tasks in each due group, at most COUNT_LIMIT each; one statement.

    `borders` holds (name, from, before); `scope` narrows to fields and kinds of papers. A count of
    COUNT_LIMIT means "99+".
    """
    if not buckets or not borders:
        return {name: 0 for name, _, _ in borders}
    parts, params = [], []
    for _name, start, end in borders:
        sql, values = _bounded(buckets, replace(scope or Filter(), due_from=start, due_before=end))
        parts.append(sql)
        params += values
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        row = cursor.fetchone()
    return {name: number for (name, _, _), number in zip(borders, row, strict=True)}


def totals(own: Sequence[Hat], lent: Sequence[Hat]) -> list[int]:
    """Count the open tasks under the own hats together, then under each lent one in its scope; one statement.

    At most COUNT_LIMIT each.
    """
    mine = [bucket for hat in own for bucket in hat.buckets]
    parts, params = [], []
    for buckets, scope in [(mine, Filter()), *((hat.buckets, Filter.under(hat)) for hat in lent)]:
        sql, values = _bounded(buckets, scope) if buckets else ("0", [])
        parts.append(sql)
        params += values
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return list(cursor.fetchone())


def of_person(hats: Sequence[Hat]) -> Q:
    """Return the condition of the entries a person sees: her own, and those of each hat lent to her in its scope."""
    seen = Q(bucket__in=[bucket for hat in own_hats(hats) for bucket in hat.buckets])
    for hat in lent_hats(hats):
        seen |= Filter.under(hat).condition & Q(bucket__in=hat.buckets)
    return seen


def _bounded(buckets: Sequence[int], narrowed: Filter) -> tuple[str, list[Any]]:
    """Return a scalar sub-select that stops counting at COUNT_LIMIT tasks."""
    entries = narrowed.apply(InboxEntry.objects.open().filter(bucket__in=list(buckets)))
    inner, values = entries.order_by().values("task_id").distinct()[:COUNT_LIMIT].query.sql_with_params()
    return f"(SELECT COUNT(*) FROM ({inner}) AS bounded)", list(values)  # noqa: S608 - the ORM's own SQL


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An inbox entry without a right, or a right without its entry."""

    task: CaseTask
    missing: frozenset[int]
    surplus: frozenset[int]

    def __str__(self) -> str:
        return f"{self.task}: missing buckets {sorted(self.missing)}, surplus {sorted(self.surplus)}"


def check(batch: int = 500) -> Iterator[Mismatch]:
    """Yield every disagreement between entries and (rights and open tasks)."""
    tasks = CaseTask.objects.human().select_related("participation").order_by("id")
    chunk: list[CaseTask] = []
    for task in tasks.iterator(chunk_size=batch):
        chunk.append(task)
        if len(chunk) == batch:
            yield from _check(chunk)
            chunk = []
    yield from _check(chunk)


def _check(tasks: list[CaseTask]) -> Iterator[Mismatch]:
    entries: dict[int, set[int]] = {}
    found = InboxEntry.objects.open().filter(task__in=tasks).values_list("task_id", "bucket")
    for task_id, bucket in found:
        entries.setdefault(task_id, set()).add(bucket)
    for task in tasks:
        wanted = _wanted(task)
        present = entries.get(task.pk, set())
        if wanted != present:
            yield Mismatch(task, frozenset(wanted - present), frozenset(present - wanted))


def _wanted(task: CaseTask) -> set[int]:
    if not task.is_open or task.participation_id is None:
        return set()
    return set(_buckets_of([task], task.flow_task.rights)[task.pk])
