"""The canonical form of a revision and its SHA-256: what a decision binds to.

The form is JSON with sorted keys and no spaces, UTF-8, NFC: the plan's title, its paragraphs in order (key, level,
text), its action items in order (key, task, lead, coordinating, due, product, target; agencies by code) and, where it
has any, its annexes in order (key, title, name, size and SHA-256 of the file).
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from workflows.models import ActionItem, Annex, Paragraph, PlanRevision


def paragraphs_of(revision: PlanRevision) -> list[Paragraph]:
    """Return the paragraphs of a revision in their order."""
    return list(revision.paragraphs.order_by("position", "id"))


def items_of(revision: PlanRevision) -> list[ActionItem]:
    """Return the action items of a revision in their order, agencies loaded; two statements."""
    items = revision.action_items.select_related("lead").prefetch_related("coordinating")
    return list(items.order_by("position", "id"))


def annexes_of(revision: PlanRevision) -> list[Annex]:
    """Return the annexes of a revision in their order, their files loaded; one statement."""
    return list(revision.annexes.select_related("file").order_by("position", "id"))


def plain(revision: PlanRevision) -> dict[str, Any]:
    """Return a revision's content as plain data; three statements."""
    return plain_all([revision])[revision.pk]


def plain_all(revisions: Sequence[PlanRevision]) -> dict[int, dict[str, Any]]:
    """Return the content of revisions, their plans loaded, as plain data by key; three statements for all."""
    texts = Paragraph.objects.filter(revision__in=revisions).order_by("position", "id")
    paragraphs: dict[int, list[list[str]]] = {}
    for revision_id, key, level, text in texts.values_list("revision", "key", "level", "text"):
        paragraphs.setdefault(revision_id, []).append([str(key), level, text])
    items, annexes = _items(revisions), _annexes(revisions)
    return {
        revision.pk: {
            "title": revision.plan.title,
            "paragraphs": paragraphs.get(revision.pk, []),
            "action_items": list(items.get(revision.pk, {}).values()),
            "annexes": annexes.get(revision.pk, []),
        }
        for revision in revisions
    }


def canonical(revision: PlanRevision) -> bytes:
    """Return the canonical form of a revision's content; three statements.

    One without annexes does not name them, so it has the hash that revisions had before there were any.
    """
    held = plain(revision)
    if not held["annexes"]:
        del held["annexes"]
    text = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def sha256_of(revision: PlanRevision) -> str:
    """Return the SHA-256 of a revision's canonical form, hexadecimal."""
    return hashlib.sha256(canonical(revision)).hexdigest()


def _items(revisions: Sequence[PlanRevision]) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the action items of each revision in order, one statement: a row for each item and coordinating agency."""
    rows = ActionItem.objects.filter(revision__in=revisions).order_by("position", "id", "coordinating__code")
    columns = ("revision", "key", "task", "lead__code", "due_on", "product", "target", "coordinating__code")
    items: dict[int, dict[str, dict[str, Any]]] = {}
    for revision_id, key, task, lead, due_on, product, target, coordinating in rows.values_list(*columns):
        item = items.setdefault(revision_id, {}).setdefault(
            str(key),
            {
                "key": str(key),
                "task": task,
                "lead": lead,
                "due": due_on.isoformat() if due_on else None,
                "product": product,
                "target": target,
                "coordinating": [],
            },
        )
        if coordinating is not None:
            item["coordinating"].append(coordinating)
    return items


def _annexes(revisions: Sequence[PlanRevision]) -> dict[int, list[list[Any]]]:
    """Return key, title, name, size and SHA-256 of each annex in order, by revision; one statement."""
    columns = ("revision", "key", "title", "file__name", "file__size", "file__sha256")
    rows = Annex.objects.filter(revision__in=revisions).order_by("position", "id")
    annexes: dict[int, list[list[Any]]] = {}
    for revision_id, key, *rest in rows.values_list(*columns):
        annexes.setdefault(revision_id, []).append([str(key), *rest])
    return annexes
