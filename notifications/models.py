"""What happened, and who has been told.

`Event` is audit log and outbox in one table, `Notification` is the truth a reader fetches. See docs/audit-chain.md.
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

NOT_DISPATCHED = Q(dispatched_at__isnull=True, dead_at__isnull=True)


class EventQuerySet(models.QuerySet["Event"]):
    """Questions the relay asks of the outbox."""

    def pending(self) -> Self:
        """Keep events that the relay still owes to their readers."""
        return self.filter(NOT_DISPATCHED)

    def due(self, *, at: datetime) -> Self:
        """Keep pending events that nobody holds a lease on at that moment."""
        return self.pending().filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at))

    def first_of_chain(self) -> Self:
        """Keep the oldest pending event of each chain, so that readers hear of them in order."""
        earlier = Event.objects.pending().filter(chain=OuterRef("chain"), seq__lt=OuterRef("seq"))
        return self.filter(~Exists(earlier))

    def dead(self) -> Self:
        """Keep events that were given up after too many attempts."""
        return self.filter(dead_at__isnull=False)


class Event(models.Model):
    """One act that happened: written once by `outbox.emit`, then changed only in its dispatch columns."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    chain = models.CharField(_("chain"), max_length=64)
    seq = models.PositiveBigIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    actor_label = models.CharField(_("actor as named then"), max_length=300)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    subject_type = models.CharField(_("subject type"), max_length=100)
    subject_id = models.CharField(_("subject id"), max_length=64)
    data = models.JSONField(_("data"))
    occurred_at = models.DateTimeField(_("occurred at"))
    prev_hash = models.CharField(_("hash before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    # The bulk act the event is part of, for the relay; on record is what `data` says of it.
    batch = models.UUIDField(_("bulk act"), null=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    dead_at = models.DateTimeField(_("given up at"), null=True)
    last_error = models.TextField(_("last error"), default="")

    DISPATCH_FIELDS: ClassVar[tuple[str, ...]] = (
        "batch",
        "dispatched_at",
        "claimed_until",
        "attempts",
        "dead_at",
        "last_error",
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "seq"], name="one_event_per_place_in_chain"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["chain", "seq"], name="event_pending", condition=NOT_DISPATCHED),
            models.Index(fields=["batch", "id"], name="events_of_a_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq} {self.kind}"


class ChainHead(models.Model):
    """The last place and hash of a chain; its row lock is what makes the chain gapless."""

    chain = models.CharField(_("chain"), max_length=64, primary_key=True)
    seq = models.PositiveBigIntegerField(_("sequence"), default=0)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("head of a chain")
        verbose_name_plural = _("heads of chains")

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq}"


class Notification(models.Model):
    """One reader is told of one event; `seq` runs gap-free per reader."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("user"),
    )
    seq = models.PositiveBigIntegerField(_("sequence"))
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        related_name="notifications",
        verbose_name=_("event"),
    )
    # Events of one bulk act make one notification a reader.
    batch = models.UUIDField(_("bulk act"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "seq"], name="one_notification_per_place"),
            models.UniqueConstraint(fields=["user", "event"], name="one_notification_per_event"),
            models.UniqueConstraint(fields=["user", "batch"], name="one_notification_per_bulk_act"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.seq}"


class NotificationCursor(models.Model):
    """How far a reader's feed goes and how far it has been read; unread is the difference."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        verbose_name=_("user"),
    )
    last_seq = models.PositiveBigIntegerField(_("last sequence"), default=0)
    read_seq = models.PositiveBigIntegerField(_("read up to"), default=0)

    class Meta:
        verbose_name = _("notification cursor")
        verbose_name_plural = _("notification cursors")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.read_seq}/{self.last_seq}"

    @property
    def unread(self) -> int:
        """Count what arrived after the reader last said she has seen everything."""
        return self.last_seq - self.read_seq
