"""What a reader is shown: her own notifications, each asked of its policy again at the moment of reading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import notices
from notifications.models import Event, Notification, NotificationCursor
from notifications.notices import Reader

FEED_ITEMS = 200
PAGE_ITEMS = 30


@dataclass(frozen=True, kw_only=True)
class Item:
    """A notification as it is shown; of one that was withdrawn nothing remains but its number.

    `place` is where its event stands among all events.
    """

    seq: int
    unread: bool
    place: int = 0
    withdrawn: bool = False
    kind: str = ""
    text: str = ""
    detail: str = ""
    url: str = ""
    icon: str = "lock"
    at: datetime | None = None
    age: str = ""

    def as_json(self) -> dict[str, object]:
        """Write the item for the feed."""
        if self.withdrawn or self.at is None:
            return {"seq": self.seq, "withdrawn": True}
        return {
            "seq": self.seq,
            "kind": self.kind,
            "text": self.text,
            "detail": self.detail,
            "url": self.url,
            "icon": self.icon,
            "at": self.at.isoformat(),
        }


def cursor_of(user: Reader) -> NotificationCursor:
    """Find how far a person's feed goes; one statement, zeros for one who was never told of anything."""
    found = NotificationCursor.objects.filter(pk=user.pk).first()
    return found or NotificationCursor(user_id=user.pk)


def items_after(user: Reader, after: int, *, cursor: NotificationCursor) -> tuple[list[Item], bool]:
    """List what came after a number, oldest first, at most FEED_ITEMS; true where the reader must start anew.

    She must where her number is from a feed this one does not continue: it lies ahead, or what followed it is gone.
    """
    if after == cursor.last_seq:
        return [], False
    known = _of(user).filter(seq__lte=cursor.last_seq)
    rows = list(known.filter(seq__gt=after).order_by("seq")[:FEED_ITEMS])
    if rows and rows[0].seq == after + 1:
        return shown(user, rows, cursor=cursor), False
    newest = known.order_by("-seq")[:FEED_ITEMS]
    return shown(user, reversed(newest), cursor=cursor), True


def page_before(user: Reader, before: int | None, *, cursor: NotificationCursor) -> tuple[list[Item], bool]:
    """List one page, newest first, of what came before a number; true where there is more."""
    rows = _of(user).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: PAGE_ITEMS + 1])
    return shown(user, found[:PAGE_ITEMS], cursor=cursor), len(found) > PAGE_ITEMS


def shown(user: Reader, rows: Iterable[Notification], *, cursor: NotificationCursor) -> list[Item]:
    """Turn rows into items, without the content of those the person may no longer read.

    The row of a bulk act stands for all its events of that kind; one statement more where there is such a row.
    """
    told = list(rows)
    events = _events_of(told)
    readable = notices.readable(user, [event for each in events.values() for event in each])
    now = timezone.now()
    return [
        _item(row, [event for event in events[row.pk] if event.pk in readable], now=now, cursor=cursor)
        for row in told
    ]


def of_batch(user: Reader, batch: UUID, *, after: int = 0) -> tuple[list[Item], bool] | None:
    """List what the person may read now of a bulk act she was told of, oldest first; true where there is more.

    `after` is the `place` of the last item of the page before. None where she was never told of it.
    """
    row = _of(user).filter(batch=batch).first()
    if row is None:
        return None
    events = _events_of([row])[row.pk]
    readable = notices.readable(user, events)
    found = [event for event in events if event.pk in readable and event.pk > after]
    now = timezone.now()
    items = [_told(row, event, now=now) for event in found[:PAGE_ITEMS]]
    return items, len(found) > PAGE_ITEMS


def mark_read(user: Reader, upto: int, *, at: datetime) -> None:
    """Remember that a person has seen everything up to a number; what arrived meanwhile stays unread."""
    with transaction.atomic():
        cursor = NotificationCursor.objects.select_for_update().filter(pk=user.pk).first()
        if cursor is None or min(upto, cursor.last_seq) <= cursor.read_seq:
            return
        before, cursor.read_seq = cursor.read_seq, min(upto, cursor.last_seq)
        cursor.save(update_fields=["read_seq"])
        seen = Notification.objects.filter(user_id=user.pk, seq__gt=before, seq__lte=cursor.read_seq)
        seen.update(read_at=at)


def age(at: datetime, *, now: datetime) -> str:
    """Say how long ago something was: minutes, hours, yesterday, then the date as dd/mm or dd/mm/yyyy."""
    passed, day, today = now - at, timezone.localdate(at), timezone.localdate(now)
    if passed < timedelta(minutes=1):
        return _("Just now")
    if passed < timedelta(hours=1):
        minutes = passed // timedelta(minutes=1)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if day == today:
        hours = passed // timedelta(hours=1)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return f"{day:%d/%m}" if day.year == today.year else f"{day:%d/%m/%Y}"


def _of(user: Reader) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=user.pk).select_related("event")


def _events_of(rows: Sequence[Notification]) -> dict[int, list[Event]]:
    """Return, by notification, the events it stands for, in order; a statement where one stands for a bulk act."""
    batches = {row.batch for row in rows if row.batch is not None}
    of_batch: dict[tuple[UUID | None, str], list[Event]] = {}
    for event in Event.objects.filter(batch__in=batches).order_by("id") if batches else ():
        of_batch.setdefault((event.batch, event.kind), []).append(event)
    return {row.pk: of_batch.get((row.batch, row.event.kind), [row.event]) for row in rows}


def _item(row: Notification, readable: Sequence[Event], *, now: datetime, cursor: NotificationCursor) -> Item:
    unread = row.seq > cursor.read_seq
    if not readable:
        return Item(seq=row.seq, unread=unread, withdrawn=True)
    item = _told(row, readable[0], now=now, unread=unread)
    if len(readable) == 1:
        return item
    notice = notices.get(row.event.kind)
    assert notice is not None  # as in `_told`
    url = reverse("notifications-batch", args=[row.batch])
    return replace(item, text=str(notice.many(readable)), detail="", url=url)


def _told(row: Notification, event: Event, *, now: datetime, unread: bool = False) -> Item:
    notice = notices.get(event.kind)
    assert notice is not None  # an event of a kind without a notice is never readable
    return Item(
        seq=row.seq,
        place=event.pk,
        unread=unread,
        kind=event.kind,
        text=str(notice.text(event)),
        detail=str(notice.detail(event)),
        url=notice.url(event),
        icon=notice.icon,
        at=event.occurred_at,
        age=age(event.occurred_at, now=now),
    )
