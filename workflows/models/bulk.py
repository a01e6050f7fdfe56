"""An act on many tasks at once: each its own, one list of results."""

import uuid

from django.conf import settings
from django.db import models


class BulkAct(models.Model):
    """What a person did to many tasks in one go; `results` holds, in order, what became of each.

    An entry is {"task", "assignment", "title", "code", "ok", "why"}: public ids, words, and whether it was done (null
    while it waits). What waits has "seen" and "given" as well, the stamp and the input of its act; what may be tried
    again is "busy".
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.UUIDField()
    verb = models.CharField(max_length=40)
    asked = models.PositiveSmallIntegerField()
    results = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_bulk_act_per_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb} {self.asked}"
