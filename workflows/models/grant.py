"""Object permissions on a participation: django-guardian's direct-foreign-key models, with their reason."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from .assignment import Participation


class GrantSource(models.TextChoices):
    """Why somebody holds a right."""

    ROLE = "ROLE", "Part in the assignment"
    DELEGATION = "DELEGATION", "Delegation"


def alive() -> Q:
    """Return the condition that a grant has not expired and its part has not ended."""
    return Q(content_object__ended_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class GrantReason(models.Model):
    """What makes a grant explainable: where it comes from and when it ends."""

    source = models.CharField(max_length=12, choices=GrantSource, default=GrantSource.ROLE)
    source_id = models.BigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ParticipationGroupGrant(GrantReason, GroupObjectPermissionBase):
    """A right of everybody who holds a position at an agency."""

    content_object = models.ForeignKey(Participation, models.CASCADE, related_name="group_grants")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["content_object", "permission", "group"], name="group_grant_by_object")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.permission_id} {self.content_object_id}"


class ParticipationUserGrant(GrantReason, UserObjectPermissionBase):
    """A right of one person."""

    content_object = models.ForeignKey(Participation, models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        indexes = [models.Index(fields=["content_object", "permission", "user"], name="user_grant_by_object")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"
