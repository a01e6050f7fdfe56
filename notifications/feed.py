"""What a reader is shown: her own notifications, each asked of its policy again at the moment of reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import notices
from notifications.models import Notification, NotificationCursor
from notifications.notices import Reader

FEED_ITEMS = 200
PAGE_ITEMS = 30


@dataclass(frozen=True, kw_only=True)
class Item:
    """A notification as it is shown; of one that was withdrawn nothing remains but its place."""

    seq: int
    unread: bool
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
    """Turn rows into items, without the content of those the person may no longer read."""
    told = list(rows)
    readable = notices.readable(user, [row.event for row in told])
    now = timezone.now()
    return [
        _item(row, now=now, unread=row.seq > cursor.read_seq)
        if row.event_id in readable
        else Item(seq=row.seq, unread=row.seq > cursor.read_seq, withdrawn=True)
        for row in told
    ]


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


def _item(row: Notification, *, now: datetime, unread: bool) -> Item:
    event = row.event
    notice = notices.get(event.kind)
    assert notice is not None  # an event of a kind without a notice is never readable
    return Item(
        seq=row.seq,
        unread=unread,
        kind=event.kind,
        text=str(notice.text(event)),
        detail=str(notice.detail(event)),
        url=notice.url(event),
        icon=notice.icon,
        at=event.occurred_at,
        age=age(event.occurred_at, now=now),
    )
