"""The registry of notices: for each kind of event, who is told, in which words, and who may still read it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from notifications.models import Event

Reader = Any  # the project's user model, of which this app knows the key alone
Visible = Callable[[Reader, Sequence[Event]], set[int]]


def no_detail(_event: Event) -> str:
    """Add nothing to a notice's sentence."""
    return ""


def several(events: Sequence[Event]) -> str:
    """Say who acted on how many files at once."""
    words = ngettext("%(who)s acted on %(n)s file", "%(who)s acted on %(n)s files at once", len(events))
    return words % {"who": events[0].actor_label, "n": len(events)}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What people are told of one kind of event.

    Attributes:
        kind: the event's kind, such as `opinion.given`.
        recipients: keys of the people concerned, found when the event is dispatched; the actor is left out for you.
        text: one translated sentence, made at each reading in the reader's language; plain text.
        url: where it leads; a path of this site.
        visible: which of these events a person may still read, by row number; asked at each reading, once for all
            kinds that share the function.
        icon: a symbol of the icon sheet.
        detail: a second, smaller line; empty for none.
        many: as `text`, of several events of one bulk act: those the person may read.
    """

    kind: str
    recipients: Callable[[Event], Iterable[int]]
    text: Callable[[Event], str]
    url: Callable[[Event], str]
    visible: Visible
    icon: str = "bell"
    detail: Callable[[Event], str] = no_detail
    many: Callable[[Sequence[Event]], str] = several


_registered: dict[str, Notice] = {}


def register(notice: Notice) -> Notice:
    """Add a notice.

    Raises:
        ValueError: another notice already speaks for that kind.
    """
    if _registered.setdefault(notice.kind, notice) is not notice:
        msg = f"two notices for {notice.kind}"
        raise ValueError(msg)
    return notice


def unregister(kind: str) -> None:
    """Forget a notice; for tests."""
    _registered.pop(kind, None)


def get(kind: str) -> Notice | None:
    """Find the notice of a kind; None where nobody is told."""
    return _registered.get(kind)


def readable(user: Reader, events: Sequence[Event]) -> set[int]:
    """Tell by row number which events a person may read now; those of a kind without a notice are not.

    Asks each policy once, however many kinds and events it speaks for.
    """
    by_policy: dict[Visible, list[Event]] = {}
    for event in events:
        notice = get(event.kind)
        if notice is not None:
            by_policy.setdefault(notice.visible, []).append(event)
    return {event_id for visible, asked in by_policy.items() for event_id in visible(user, asked)}
