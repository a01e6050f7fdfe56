"""What makes an act happen once, and what keeps typed text from being lost."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The answer an act got: a repeat with the same key gets it again and changes nothing.

    Written in the act's own transaction. `fingerprint` is the SHA-256 of what was asked, so a key cannot be used
    for two different acts.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.UUIDField()
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return str(self.key)


class FormDraft(models.Model):
    """What a person has typed into a task's form and not sent yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    task = models.ForeignKey("workflows.CaseTask", models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "task"], name="one_form_draft_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.task_id}"
