"""The words of what may be done to many tasks at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from workflows.flows import bulk


@dataclass(frozen=True, slots=True)
class Words:
    """How a bulk act is offered and told; `many` and `done` take how many as `n`."""

    label: Promise
    icon: str
    many: Any
    done: Any
    follows: Promise


WORDS: dict[str, Words] = {
    "approve": Words(
        gettext_lazy("Approve"),
        "stamp",
        ngettext_lazy("Approve %(n)s plan", "Approve %(n)s plans", "n"),
        ngettext_lazy("%(n)s plan was approved", "%(n)s plans were approved", "n"),
        gettext_lazy(
            "Each plan is approved by itself, without an instruction. The clerk numbers and issues it."
        ),
    ),
    "sign_review": Words(
        gettext_lazy("Sign the Office's opinion"),
        "stamp",
        ngettext_lazy("Sign %(n)s opinion of the Office", "Sign %(n)s opinions of the Office", "n"),
        ngettext_lazy(
            "%(n)s opinion of the Office was signed", "%(n)s opinions of the Office were signed", "n"
        ),
        gettext_lazy(
            "Each opinion is signed as the specialist prepared it. The file goes before the Committee."
        ),
    ),
    "sign_opinion": Words(
        gettext_lazy("Sign the opinion"),
        "stamp",
        ngettext_lazy("Sign %(n)s opinion", "Sign %(n)s opinions", "n"),
        ngettext_lazy("%(n)s opinion was signed and sent", "%(n)s opinions were signed and sent", "n"),
        gettext_lazy("Each opinion is signed and sent as the specialist prepared it."),
    ),
}


NODES = frozenset(kind.node for kind in bulk.KINDS.values())


def offers(nodes: Iterable[str]) -> list[dict[str, Any]]:
    """Return the buttons of what may be done at once; `here` where one of the nodes has use for it."""
    present = set(nodes)
    return [
        {
            "verb": name,
            "node": kind.node,
            "label": WORDS[name].label,
            "icon": WORDS[name].icon,
            "here": kind.node in present,
        }
        for name, kind in bulk.KINDS.items()
    ]
