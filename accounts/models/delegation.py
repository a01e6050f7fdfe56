"""Who may act for whom: dated, scoped, named in a document, accepted by the other side."""

import uuid
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .agency import AgencyKind, Position
from .field import Field
from .membership import Membership


class DocumentKind(models.TextChoices):
    """Kinds of papers a delegation may cover."""

    PLAN = "PLAN", _("Decision on a plan")
    SUBMISSION = "SUBMISSION", _("Request for opinions and submission")
    OPINION = "OPINION", _("Opinion of the agency")
    REVIEW = "REVIEW", _("The Office's review")
    REPORT = "REPORT", _("Report of a result")
    RECEIPT = "RECEIPT", _("Acceptance and assignment of work")


class DelegationForm(models.TextChoices):
    """In which form the other side signs (Decree 30/2020/NĐ-CP art. 13)."""

    SUBSTITUTE = "KT", _("Signs in the leader's place (KT.)")
    MANDATE = "TUQ", _("Signs by mandate (TUQ.)")


DEPUTIES = (Position.DEPUTY_HEAD, Position.VICE_CHAIR)


def _still_fits(on: date) -> Q:
    """Return the condition that the other side holds a position the form of signature needs.

    A deputy of the same agency; by mandate also anybody of the agency, and those whom the Committee leads.
    """
    posts = Membership.objects.valid(on=on).filter(user=OuterRef("delegate"))
    here = posts.filter(agency_position__agency=OuterRef("membership__agency_position__agency"))
    deputies = here.filter(agency_position__position__in=DEPUTIES)
    of_committee = Q(membership__agency_position__agency__kind=AgencyKind.COMMITTEE) & Exists(posts)
    return Exists(deputies) | (Q(form=DelegationForm.MANDATE) & (Exists(here) | of_committee))


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations."""

    def active(self, *, at: datetime) -> Self:
        """Return what holds at a moment: accepted, not revoked, begun, not ended.

        By somebody still in the position she lends, to somebody still in a position it may be lent to.
        """
        on = timezone.localdate(at)
        return self.filter(
            Q(membership__valid_to=None) | Q(membership__valid_to__gt=on),
            _still_fits(on),
            accepted_at__lte=at,
            revoked_at=None,
            starts_at__lte=at,
            ends_at__gt=at,
            membership__valid_from__lte=on,
            membership__user__is_active=True,
            delegate__is_active=True,
        )

    def unfinished(self, *, at: datetime) -> Self:
        """Return what holds, waits to be answered or has not begun yet."""
        return self.filter(declined_at=None, revoked_at=None, ends_at__gt=at)

    def finished(self, *, at: datetime) -> Self:
        """Return what was declined, revoked, or is over."""
        return self.exclude(declined_at=None, revoked_at=None, ends_at__gt=at)


class Delegation(models.Model):
    """A leader lends one of her positions to a person, for some fields and kinds of papers, for a time.

    No field named means every field. Never lent on, and never for a ballot.
    Source: Decree 30/2020/NĐ-CP art. 13; domain notes 5.3, 10.7.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_held")
    form = models.CharField(_("form of signature"), max_length=3, choices=DelegationForm)
    basis = models.CharField(_("basis document"), max_length=200)
    fields = models.ManyToManyField(Field, related_name="+", blank=True, verbose_name=_("fields"))
    kinds = models.JSONField(_("kinds of papers"), default=list)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # By the leader herself: at once where she proposes it, later where it is prepared for her.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=500, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(declined_at=None), name="delegation_is_accepted_or_declined"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(confirmed_at__isnull=False),
                name="delegation_is_confirmed_before_accepted",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="delegation_names_its_document"),
        ]
        indexes = [models.Index(fields=["delegate", "ends_at"], name="delegations_of_a_delegate")]

    def __str__(self) -> str:
        return f"{self.membership_id} -> {self.delegate_id}"

    def is_active(self, *, at: datetime) -> bool:
        """Tell whether it was accepted and its time has come and is not over."""
        return (
            self.accepted_at is not None and self.revoked_at is None and self.starts_at <= at < self.ends_at
        )


class AbsenceProposal(models.Model):
    """The system proposes to set a delegation: a leader has done nothing for some working days."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    inactive_since = models.DateField()
    proposed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "inactive_since"], name="one_proposal_per_absence")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.inactive_since}"
