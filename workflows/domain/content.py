"""The canonical form of a revision and its SHA-256: what a decision binds to.

The form is JSON with sorted keys and no spaces, UTF-8, NFC: the plan's title, its paragraphs in order (key, level,
text) and its action items in order (key, task, lead, coordinating, due, product, target; agencies by code).
"""

import hashlib
import json
import unicodedata
from typing import Any

from workflows.models import ActionItem, Paragraph, PlanRevision


def paragraphs_of(revision: PlanRevision) -> list[Paragraph]:
    """Return the paragraphs of a revision in their order."""
    return list(revision.paragraphs.order_by("position", "id"))


def items_of(revision: PlanRevision) -> list[ActionItem]:
    """Return the action items of a revision in their order, agencies loaded; two statements."""
    items = revision.action_items.select_related("lead").prefetch_related("coordinating")
    return list(items.order_by("position", "id"))


def canonical(revision: PlanRevision) -> bytes:
    """Return the canonical form of a revision's content; two statements."""
    paragraphs = revision.paragraphs.order_by("position", "id").values_list("key", "level", "text")
    content = {
        "title": revision.plan.title,
        "paragraphs": [[str(key), level, text] for key, level, text in paragraphs],
        "action_items": _items(revision),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def sha256_of(revision: PlanRevision) -> str:
    """Return the SHA-256 of a revision's canonical form, hexadecimal."""
    return hashlib.sha256(canonical(revision)).hexdigest()


def _items(revision: PlanRevision) -> list[dict[str, Any]]:
    """Return the action items in order, one statement: a row for each item and coordinating agency."""
    rows = revision.action_items.order_by("position", "id", "coordinating__code").values_list(
        "key", "task", "lead__code", "due_on", "product", "target", "coordinating__code"
    )
    items: dict[str, dict[str, Any]] = {}
    for key, task, lead, due_on, product, target, coordinating in rows:
        item = items.setdefault(
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
    return list(items.values())
