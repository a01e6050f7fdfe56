"""One verb on many tasks: each task its own act through the door of all acts, once, whatever happens in between.

A bulk act is a row that knows every task before the first of them is done. It is worked off some tasks at a time; the
key of each act follows from the row's own and the task, so that a repeat, after a crash or a second press, gets the
answer of the first.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor, Hat
from accounts.models import User
from notifications import outbox
from workflows.domain.answering import AnswerInput
from workflows.domain.errors import BusyError, DomainError
from workflows.models import BulkAct, CaseTask

from . import steps
from .steps import Attempt

logger = logging.getLogger(__name__)

LIMIT = 500
AT_ONCE = 50
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be done in bulk: one verb of one node; `given` turns what was stored into the act's input."""

    node: str
    verb: str
    given: Callable[[Mapping[str, Any]], dict[str, Any]] = dict


def _prepared_answer(content: Mapping[str, Any]) -> dict[str, Any]:
    answer = AnswerInput.restored(content)
    return {
        "stance": answer.stance,
        "reason": answer.reason,
        "remarks": answer.remarks,
        "document_number": answer.document_number,
        "answers": answer.answers,
    }


# Acts that need no words of their own. A submission needs its number, and a request for opinions is sent to others with
# a term of theirs: each is signed on its own page.
KINDS: dict[str, Kind] = {
    "approve": Kind("decide", "approve"),
    "sign_review": Kind("sign_review", "sign"),
    "sign_opinion": Kind("sign_opinion", "sign", _prepared_answer),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One task of a bulk act as the person saw it: the stamp, the input stored as JSON, and why it cannot go."""

    task: CaseTask
    seen: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""


def begin(user: User, key: UUID, name: str, items: Iterable[Item]) -> BulkAct:
    """Write down what is to be done, before anything is; a repeat returns the act that was begun with the key.

    What cannot go is on record as refused from the start.
    """
    entries = [_entry(item) for item in items]
    waits = any(entry["ok"] is None for entry in entries)
    now = timezone.now()
    fresh = {
        "verb": name,
        "asked": len(entries),
        "results": entries,
        "started_at": now,
        "finished_at": None if waits else now,
    }
    return BulkAct.objects.get_or_create(user=user, key=key, defaults=fresh)[0]


def _entry(item: Item) -> Entry:
    assignment = item.task.process.assignment
    entry: Entry = {
        "task": str(item.task.public_id),
        "assignment": str(assignment.public_id),
        "title": assignment.title,
        "code": assignment.directive.code,
        "ok": None,
        "why": item.refusal,
    }
    if item.refusal:
        return entry | {"ok": False}
    return entry | {"seen": item.seen, "given": dict(item.given)}


def proceed(act: BulkAct, actor: Actor, hats: Sequence[Hat], *, size: int = AT_ONCE) -> BulkAct:
    """Do the next tasks of a bulk act, and return it as it is then.

    Each is its own transaction. Those who hear of it are told once, when nothing waits any more.
    """
    waiting = [entry for entry in act.results if entry["ok"] is None][:size]
    keys = [entry["task"] for entry in waiting]
    tasks = {str(task.public_id): task for task in CaseTask.objects.with_case().filter(public_id__in=keys)}
    kind = KINDS[act.verb]
    with outbox.batched(act.public_id):
        outcomes = {
            entry["task"]: _outcome(tasks[entry["task"]], kind, _attempt(act, entry, actor, hats), entry)
            for entry in waiting
        }
    act = _keep(act, outcomes)
    if act.finished_at is not None:
        outbox.release(act.public_id)
    return act


def _attempt(act: BulkAct, entry: Entry, actor: Actor, hats: Sequence[Hat]) -> Attempt:
    return Attempt(actor=actor, hats=hats, key=uuid5(act.key, entry["task"]), seen=entry["seen"])


def _outcome(task: CaseTask, kind: Kind, attempt: Attempt, entry: Entry) -> Entry:
    """Do one of the acts; say what became of it, whatever that is."""
    try:
        steps.perform(task, kind.verb, attempt, kind.given(entry["given"]))
    except BusyError as busy:
        return {"ok": False, "why": busy.message, "busy": True}
    except DomainError as refusal:
        return {"ok": False, "why": refusal.message}
    except Exception:  # its transaction is undone; what stands after it in the list is not its victim
        logger.exception("item of a bulk act failed", extra={"task": entry["task"]})
        why = _("Something went wrong with this file; nothing was done to it. Try again, or open it.")
        return {"ok": False, "why": why, "busy": True}
    return {"ok": True, "why": ""}


@transaction.atomic
def _keep(act: BulkAct, outcomes: Mapping[str, Entry]) -> BulkAct:
    """Store what became of tasks; what was done stays done, whoever stores last."""
    fresh = BulkAct.objects.select_for_update().get(pk=act.pk)
    for entry in fresh.results:
        outcome = outcomes.get(entry["task"])
        if outcome is None or entry["ok"]:
            continue
        entry.update(outcome)
        if not outcome.get("busy"):
            entry.pop("busy", None)
            entry.pop("given", None)
    if fresh.finished_at is None and all(entry["ok"] is not None for entry in fresh.results):
        fresh.finished_at = timezone.now()
    fresh.save(update_fields=["results", "finished_at"])
    return fresh


@transaction.atomic
def try_again(act: BulkAct) -> BulkAct:
    """Put what was busy back among what waits."""
    fresh = BulkAct.objects.select_for_update().get(pk=act.pk)
    for entry in fresh.results:
        if entry.pop("busy", False):
            entry.update({"ok": None, "why": ""})
            fresh.finished_at = None
    fresh.save(update_fields=["results", "finished_at"])
    return fresh
