"""Object permissions on a participation: django-guardian's direct-foreign-key models, with their reason."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from .assignment import Participation


class GrantSource(models.TextChoices):
    """Why somebody holds a right."""

    ROLE = "ROLE", "Part in the assignment"
    DELEGATION = "DELEGATION", "Delegation"


class GrantQuerySet(models.QuerySet["GrantReason"]):
    """Grants."""

    def alive(self) -> Self:
        """Return the grants that have not expired, on parts that have not ended."""
        now = timezone.now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), content_object__ended_at=None)


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

    objects = GroupObjectPermissionManager.from_queryset(GrantQuerySet)()

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        indexes = [models.Index(fields=["content_object", "permission", "group"], name="group_grant_by_object")]


class ParticipationUserGrant(GrantReason, UserObjectPermissionBase):
    """A right of one person."""

    content_object = models.ForeignKey(Participation, models.CASCADE, related_name="user_grants")

    objects = UserObjectPermissionManager.from_queryset(GrantQuerySet)()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        indexes = [models.Index(fields=["content_object", "permission", "user"], name="user_grant_by_object")]
