"""Object permissions on a participation: django-guardian's direct-foreign-key models, with their reason."""

from functools import lru_cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from .assignment import Participation


class GrantSource(models.TextChoices):
    """Why somebody holds a right."""

    ROLE = "ROLE", "Part in the assignment"
    FIELD = "FIELD", "In charge of the field"
    HANDOVER = "HANDOVER", "Handed over"
    BALLOT = "BALLOT", "Member asked by ballot"
    SUCCESSION = "SUCCESSION", "Successor of the agency"


def unexpired() -> Q:
    """Return the condition that a grant has not expired; whether its part has ended is another question."""
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def alive() -> Q:
    """Return the condition that a grant has not expired and its part has not ended."""
    return Q(content_object__ended_at=None) & unexpired()


@lru_cache(maxsize=1)
def permission_ids() -> dict[str, int]:
    """Return the rights on a participation by code name; a migration alone changes them, so they are read once."""
    content_type = ContentType.objects.get_for_model(Participation)
    return dict(Permission.objects.filter(content_type=content_type).values_list("codename", "pk"))


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
    """A right of one person under one of her positions; it ends with the position."""

    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    content_object = models.ForeignKey(Participation, models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["content_object", "permission", "membership"], name="user_grant_by_object")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"
