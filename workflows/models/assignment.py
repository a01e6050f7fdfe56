"""An assignment of a directive, and which agency takes which part in it."""

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .decision import Bound
    from .plan import PlanRevision


class Modality(models.TextChoices):
    """The verb carries the authority: agencies under the Committee are ordered, others requested."""

    ORDER = "ORDER", _("Ordered")
    REQUEST = "REQUEST", _("Requested")


class Product(models.TextChoices):
    """What the assignment must yield."""

    PLAN = "PLAN", _("Plan")
    REPORT = "REPORT", _("Report")
    REPLY = "REPLY", _("Reply")
    ONGOING = "ONGOING", _("Ongoing work")


class Phase(models.TextChoices):
    """What the state of an assignment means; set by `domain.phases` alone."""

    REGISTERED = "REGISTERED", _("Registered")
    MONITORED = "MONITORED", _("Followed by the Office")
    RECEIVING = "RECEIVING", _("Received")
    REASSIGNING = "REASSIGNING", _("To be reassigned")
    DRAFTING = "DRAFTING", _("Drafting")
    CONSULTING = "CONSULTING", _("Consultation")
    DISPOSING = "DISPOSING", _("Disposition")
    REVIEWING = "REVIEWING", _("Office review")
    DECIDING = "DECIDING", _("Approval")
    SUSPENDED = "SUSPENDED", _("Suspended")
    VOTING = "VOTING", _("Ballot of the members")
    ISSUING = "ISSUING", _("To be issued")
    ISSUED = "ISSUED", _("Issued")
    REJECTED = "REJECTED", _("Refused")
    REPORTING = "REPORTING", _("In progress")
    CONFIRMING = "CONFIRMING", _("Awaiting confirmation")
    COMPLETED = "COMPLETED", _("Completed")


class Role(models.TextChoices):
    """An agency's part in an assignment."""

    LEAD = "LEAD", _("Lead")
    COORDINATE = "COORDINATE", _("Coordinating")
    REVIEW = "REVIEW", _("Review")
    APPROVE = "APPROVE", _("Approver")
    MONITOR = "MONITOR", _("Follower")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments."""

    def in_order(self) -> Self:
        """Return the assignments as the directive numbers them."""
        return self.order_by("directive_id", "number", "id")


class Assignment(models.Model):
    """One numbered assignment of a directive, with exactly one lead, or addressed to all (umbrella)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    directive = models.ForeignKey("workflows.Directive", models.PROTECT, related_name="assignments")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("assignment"))
    modality = models.CharField(_("modality"), max_length=8, choices=Modality, default=Modality.ORDER)
    product = models.CharField(_("product"), max_length=8, choices=Product, default=Product.REPORT)
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.REGISTERED)
    phase_since = models.DateTimeField(null=True, blank=True)
    lead = models.ForeignKey(
        "accounts.Agency",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead agency"),
    )
    field = models.ForeignKey(
        "accounts.Field",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("field of responsibility"),
    )
    addressees = models.CharField(_("addressees"), max_length=300, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    target = models.CharField(_("target"), max_length=300, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_phrase = models.CharField(_("deadline as written"), max_length=120, blank=True)

    objects = AssignmentQuerySet.as_manager()

    # The newest revision of the plan, where an act has just read it under the case's lock; not a column.
    revision_in_hand: "PlanRevision | None" = None
    # Likewise the dossier a decision binds to (`domain.binding`).
    bound_in_hand: "Bound | None" = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["directive", "number"], name="one_assignment_number"),
            models.CheckConstraint(
                condition=Q(lead__isnull=False, addressees="") | (Q(lead__isnull=True) & ~Q(addressees="")),
                name="one_lead_or_umbrella",
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | Q(product=Product.ONGOING), name="umbrella_has_no_product"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_umbrella(self) -> bool:
        """Tell whether the assignment goes to all agencies and starts no process."""
        return self.lead_id is None


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """Parts in assignments."""

    def current(self) -> Self:
        """Return the parts that have not ended."""
        return self.filter(ended_at=None)

    def coordinating(self) -> Self:
        """Return the current coordinating parts, in the order they were asked."""
        return self.current().filter(role=Role.COORDINATE).order_by("id")

    def to_be_asked(self) -> Self:
        """Return the coordinating parts the next request for opinions asks."""
        return self.coordinating().filter(to_be_asked=True)


class Participation(models.Model):
    """The part of one agency in one assignment: what rights are granted on."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="participations")
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=Role)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Of a coordinating part: whether the next request for opinions asks it, and whether that answer is required.
    to_be_asked = models.BooleanField(default=True)
    is_required = models.BooleanField(_("answer required"), default=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(role=Role.LEAD, ended_at__isnull=True),
                name="one_lead_per_assignment",
            ),
            models.UniqueConstraint(
                fields=["assignment", "agency"],
                condition=Q(role__in=[Role.LEAD, Role.COORDINATE], ended_at__isnull=True),
                name="lead_does_not_coordinate",
            ),
            models.UniqueConstraint(
                fields=["assignment", "agency", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_part_per_agency_and_role",
            ),
        ]
        default_permissions = ()
        permissions = [
            ("view_case", "May read the case"),
            ("receive", "May accept or decline the assignment"),
            ("draft_plan", "May draft the plan and answer remarks"),
            ("sign_plan", "May sign for the lead agency"),
            ("report_result", "May report the result"),
            ("prepare_opinion", "May prepare the agency's opinion"),
            ("sign_opinion", "May sign the agency's opinion"),
            ("reassign", "May name another lead"),
            ("review_plan", "May review the dossier"),
            ("sign_review", "May sign the Office's review"),
            ("confirm_report", "May confirm a result"),
            ("issue_plan", "May number and issue"),
            ("decide", "May decide for the Committee"),
            ("take_over", "May take a case over from the one in charge"),
            ("call_ballot", "May ask the members by ballot"),
            ("vote", "May vote"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.agency_id}/{self.assignment_id}"
