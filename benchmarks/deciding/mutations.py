"""Random changes of what a decision binds to, made behind the program's back: each must be found.

One byte of a text, one digit of a key, one day of a date, the order of two rows, a byte of a file: every bound column
of every row is a place to change. Each change is made alone in the database, looked for with the code of
`verify_decision`, and put back.
"""

import copy
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import models, transaction

from tests.factories import make_world
from tests.workflows.decided import decided_case
from workflows.domain import files, verifying
from workflows.domain.binding import UnknownFormError
from workflows.models import (
    ActionItem,
    Annex,
    Assignment,
    Consultation,
    Decision,
    Disposition,
    EarlierAnswer,
    Opinion,
    OpinionFile,
    OpinionState,
    Paragraph,
    Plan,
    PlanRevision,
    Question,
    QuestionAnswer,
    Remark,
    Stance,
    StoredFile,
    Upholding,
)

COUNT = 300
SEED = 20200619
TEXTS: dict[type[models.Model], tuple[str, ...]] = {
    Plan: ("title",),
    Paragraph: ("key", "level", "text"),
    ActionItem: ("key", "task", "due_on", "product", "target"),
    Annex: ("key", "title"),
    StoredFile: ("name", "size", "sha256"),
    Consultation: ("round", "request_number", "request_on", "due_at", "silence", "closing"),
    Question: ("number", "text", "options", "picks"),
    Opinion: (
        "is_required",
        "reason",
        "document_number",
        "signed_as",
        "answered_at",
        "is_late",
        "withdrawn_reason",
    ),
    QuestionAnswer: ("chosen",),
    EarlierAnswer: ("number", "stance", "content", "signed_as", "answered_at"),
    Remark: ("number", "anchor", "anchor_key", "anchor_label", "text", "suggestion"),
    Disposition: ("treatment", "text", "anchor", "anchor_key", "needs_no_change", "version"),
    Upholding: ("version", "text", "signed_as", "upheld_at"),
    Decision: ("form", "content_sha256", "parts"),
}
ORDERED: tuple[type[models.Model], ...] = (Paragraph, ActionItem, Annex)
Change = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: what it is called, how it is made, and how it is undone where no transaction does that."""

    name: str
    make: Change
    undo: Change | None = None


def lines() -> Iterator[str]:
    """Yield what 300 random mutations of a decided case come to, one `name: value` a line; needs an empty database."""
    assignment = decided_case(make_world(4))
    missed = [mutation.name for mutation in chosen(assignment, COUNT) if not is_found(assignment, mutation)]
    yield f"mutations: {COUNT}"
    yield f"mutations_found: {COUNT - len(missed)}"
    yield f"mutations_missed: {len(missed)}"
    yield from (f"mutation_missed: {name}" for name in missed)
    yield f"whole_afterwards: {int(_is_whole(assignment))}"


def chosen(assignment: Assignment, count: int, *, seed: int = SEED) -> Iterator[Mutation]:
    """Yield random mutations: any bound column, then any of its rows."""
    dice = random.Random(seed)
    places = by_column(assignment, dice)
    for _turn in range(count):
        yield dice.choice(places[dice.choice(sorted(places))])()


def one_of_each(assignment: Assignment, *, seed: int = SEED) -> Iterator[Mutation]:
    """Yield one mutation of every bound column."""
    dice = random.Random(seed)
    for _column, makers in sorted(by_column(assignment, dice).items()):
        yield dice.choice(makers)()


def is_found(assignment: Assignment, mutation: Mutation) -> bool:
    """Make a mutation, look for it as `verify_decision` does, and put everything back."""
    try:
        with transaction.atomic():
            mutation.make()
            found = not _is_whole(assignment)
            transaction.set_rollback(True)
    finally:
        if mutation.undo is not None:
            mutation.undo()
    return found


def _is_whole(assignment: Assignment) -> bool:
    decision = verifying.decisions_named(str(assignment.public_id)).get()
    try:
        return verifying.verify(decision).is_whole
    except UnknownFormError:
        return False


def by_column(assignment: Assignment, dice: random.Random) -> dict[str, list[Callable[[], Mutation]]]:
    """Return what can be changed: for each bound column a maker of a mutation for each of its rows."""
    found: dict[str, list[Callable[[], Mutation]]] = {}
    for model, rows in rows_of(assignment).items():
        for row in rows:
            for field in TEXTS[model]:
                if _is_mutable(row, field):
                    column = f"{model._meta.model_name}.{field}"
                    found.setdefault(column, []).append(partial(_changed, row, field, dice))
        if model in ORDERED:
            found[f"{model._meta.model_name}.position"] = [partial(_swapped, rows)]
    return found | _others(assignment, dice)


def rows_of(assignment: Assignment) -> dict[type[models.Model], list[Any]]:
    """Return every row a decision of the case binds to."""
    revision = PlanRevision.objects.get(submission__assignment=assignment)
    of_round = {"consultation__assignment": assignment}
    of_opinion = {f"opinion__{name}": value for name, value in of_round.items()}
    decision = verifying.decisions_named(str(assignment.public_id)).get()
    found: dict[type[models.Model], Any] = {
        Plan: Plan.objects.filter(pk=revision.plan_id),
        Paragraph: revision.paragraphs.order_by("position"),
        ActionItem: revision.action_items.order_by("position"),
        Annex: revision.annexes.order_by("position"),
        StoredFile: verifying.bound_files(decision),
        Consultation: Consultation.objects.filter(assignment=assignment),
        Question: Question.objects.filter(**of_round),
        Opinion: Opinion.objects.filter(**of_round).order_by("pk"),
        QuestionAnswer: QuestionAnswer.objects.filter(**of_opinion),
        EarlierAnswer: EarlierAnswer.objects.filter(**of_opinion),
        Remark: Remark.objects.filter(**of_opinion).order_by("pk"),
        Disposition: Disposition.objects.filter(
            remark__opinion__consultation__assignment=assignment
        ).order_by("pk"),
        Upholding: Upholding.objects.filter(
            disposition__remark__opinion__consultation__assignment=assignment
        ),
        Decision: [decision],
    }
    return {model: list(rows) for model, rows in found.items()}


def _is_mutable(row: Any, field: str) -> bool:
    """Leave out what the database itself refuses alone: a place without a key, a reason nobody withdrew for."""
    if field in {"anchor", "anchor_key"}:
        return row.anchor_key is not None
    if field == "withdrawn_reason":
        return bool(row.state == OpinionState.WITHDRAWN)
    return getattr(row, field) is not None or field in {"due_on", "answered_at"}


def _changed(row: Any, field: str, dice: random.Random) -> Mutation:
    column = row._meta.get_field(field)
    value = other(getattr(row, field), dice, longest=column.max_length or 0)
    return _update(f"{row._meta.model_name} {row.pk} {field}", row, **{field: value})


def _update(label: str, row: Any, /, **values: Any) -> Mutation:
    rows = type(row).objects.filter(pk=row.pk)
    return Mutation(f"{label} -> {values!r:.80}", lambda: _one(rows.update(**values)))


def _one(changed: int) -> None:
    assert changed == 1, changed


def _swapped(rows: Sequence[Any]) -> Mutation:
    first, last = rows[0], rows[-1]

    def make() -> None:
        type(first).objects.filter(pk=first.pk).update(position=last.position)
        type(last).objects.filter(pk=last.pk).update(position=first.position)

    return Mutation(f"{first._meta.model_name} {first.pk} <-> {last.pk}", make)


# --- columns that cannot be changed by a byte ----------------------------------------------------------------------


def _others(assignment: Assignment, dice: random.Random) -> dict[str, list[Callable[[], Mutation]]]:
    rows = rows_of(assignment)
    given = [row for row in rows[Opinion] if row.state == OpinionState.GIVEN]
    silent = [row for row in rows[Opinion] if row.state == OpinionState.SILENT]
    lead = assignment.participations.get(role="LEAD")
    item, annex, opinion = rows[ActionItem][0], rows[Annex][0], given[0]
    agency = opinion.participation.agency_id
    foreign = next(file for file in rows[StoredFile] if file.pk not in {each.file_id for each in rows[Annex]})
    gone = {"state": OpinionState.SILENT, "stance": Stance.NO_REPLY, "signed_by": None}
    makers: dict[str, list[Mutation]] = {
        "actionitem.lead": [_update("actionitem lead", item, lead=agency)],
        "actionitem.coordinating": [Mutation("actionitem coordinating", item.coordinating.clear)],
        "annex.file": [_update("annex file", annex, file=foreign.pk)],
        "annex": [Mutation("annex gone", annex.__class__.objects.filter(pk=annex.pk).delete)],
        "opinion.agency": [_update("opinion agency", row, participation=lead.pk) for row in given],
        "opinion.state": [_update("opinion state", row, **gone) for row in given],
        "opinion.stance": [
            *(_update("opinion stance", row, stance=_another(Stance.AGREE, row.stance)) for row in given),
            *(_update("opinion stance", row, stance=_another(Stance.NO_REPLY, row.stance)) for row in silent),
        ],
        "opinionfile": [Mutation("opinionfile gone", OpinionFile.objects.filter(opinion=opinion).delete)],
        "upholding": [Mutation("upholding gone", Upholding.objects.filter(pk=rows[Upholding][0].pk).delete)],
    }
    found: dict[str, list[Callable[[], Mutation]]] = {
        column: [partial(copy.copy, mutation) for mutation in mutations]
        for column, mutations in makers.items()
    }
    found["storedfile.bytes"] = [partial(_bytes_changed, file, dice) for file in rows[StoredFile]]
    return found


def _another(wanted: Stance, present: str) -> Stance:
    if wanted != present:
        return wanted
    return Stance.AGREE_WITH_REMARKS if wanted == Stance.AGREE else Stance.DEEMED_AGREED


def _bytes_changed(stored: StoredFile, dice: random.Random) -> Mutation:
    path = files.path_of(stored)
    before = path.read_bytes()
    place = dice.randrange(len(before))
    after = before[:place] + bytes([before[place] ^ (1 << dice.randrange(8))]) + before[place + 1 :]
    return Mutation(
        f"byte {place} of {stored.name}", lambda: _write(path, after), lambda: _write(path, before)
    )


def _write(path: Any, content: bytes) -> None:
    path.write_bytes(content)


# --- another value of the same kind, as near as can be -------------------------------------------------------------


def other(value: Any, dice: random.Random, *, longest: int = 0) -> Any:
    """Return a value that differs in one byte, digit, day or leaf."""
    if isinstance(value, str):
        return _other_text(value, dice, longest)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ (1 << dice.randrange(128)))
    for kind, change in NEXT.items():
        if isinstance(value, kind):
            return change(value)
    return _other_leaf(value, dice)


# The first kind that fits: a truth value is a number, a moment a day.
NEXT: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1000,
    datetime: lambda value: value + timedelta(microseconds=1),
    date: lambda value: value + timedelta(days=1),
}


def _other_text(text: str, dice: random.Random, longest: int) -> str:
    raw = text.encode()
    if not raw:
        return "x"
    while True:
        place = dice.randrange(len(raw))
        changed = raw[:place] + bytes([dice.randrange(1, 256)]) + raw[place + 1 :]
        try:
            found = changed.decode()
        except UnicodeDecodeError:
            continue
        if found != text and (not longest or len(found) <= longest):
            return found


def _other_leaf(value: Any, dice: random.Random) -> Any:
    """Change one leaf of a list or mapping; an empty one gets a leaf."""
    if value is None:
        return datetime.fromisoformat("2020-06-19T00:00:00+00:00")
    changed = copy.deepcopy(value)
    keys = list(changed) if isinstance(changed, dict) else list(range(len(changed)))
    if not keys:
        return {"x": 1} if isinstance(changed, dict) else [1]
    key = dice.choice(keys)
    changed[key] = other(changed[key], dice) if changed[key] is not None else "x"
    return changed
