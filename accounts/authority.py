"""For whom may a person act now?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import AgencyKind, AgencyName, Membership, Position, User

# What the holder of a position is called: at this kind of agency, else (with an empty kind) anywhere.
TITLES: dict[tuple[str, str], str | Promise] = {
    ("", Position.HEAD): _("Head of %(agency)s"),
    ("", Position.DEPUTY_HEAD): _("Deputy head of %(agency)s"),
    ("", Position.DIVISION_HEAD): _("Head of division, %(agency)s"),
    ("", Position.SPECIALIST): _("Specialist, %(agency)s"),
    ("", Position.CLERK): _("Clerk, %(agency)s"),
    ("", Position.CHAIR): _("Chair of %(agency)s"),
    ("", Position.VICE_CHAIR): _("Vice-Chair of %(agency)s"),
    ("", Position.MEMBER): _("Member of %(agency)s"),
    (AgencyKind.DEPARTMENT, Position.HEAD): _("Director of %(agency)s"),
    (AgencyKind.DEPARTMENT, Position.DEPUTY_HEAD): _("Deputy Director of %(agency)s"),
    (AgencyKind.OFFICE, Position.HEAD): _("Chief of %(agency)s"),
    (AgencyKind.OFFICE, Position.DEPUTY_HEAD): _("Deputy Chief of %(agency)s"),
    (AgencyKind.DISTRICT, Position.HEAD): _("Chair of %(agency)s"),
    (AgencyKind.DISTRICT, Position.DEPUTY_HEAD): _("Vice-Chair of %(agency)s"),
}


@dataclass(frozen=True, slots=True)
class Hat:
    """One valid membership with everything a page or a policy asks of it."""

    membership_id: int
    user_id: int
    agency_id: int
    agency_code: str
    agency_symbol: str
    agency_kind: str
    agency_short: str
    agency_full: str
    position: str
    bucket: int
    group_id: int

    @property
    def title(self) -> str:
        """Post and agency in the reader's language, as the office says them."""
        pattern = TITLES.get((self.agency_kind, self.position)) or TITLES["", self.position]
        return str(pattern) % {"agency": self.agency_short}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does an act, under which hat, for whom. Without a user it is the clock."""

    user: User | None
    hat: Hat | None = None
    on_behalf_of: User | None = None

    @property
    def person(self) -> User:
        """The person, where an act needs one.

        Raises:
            TypeError: it is the clock.
        """
        if self.user is None:
            message = "the clock does not do this"
            raise TypeError(message)
        return self.user

    @property
    def user_id(self) -> int | None:
        """Primary key of the person, None for the clock."""
        return self.user.pk if self.user else None

    @property
    def on_behalf_of_id(self) -> int | None:
        """Primary key of the person acted for."""
        return self.on_behalf_of.pk if self.on_behalf_of else None

    @property
    def label(self) -> str:
        """Name and capacity, as the record keeps them: in the office's language, whoever reads."""
        if self.user is None:
            return ""
        if self.hat is None:
            return str(self.user)
        with translation.override(settings.LANGUAGE_CODE):
            return f"{self.user}, {self.hat.title}"


SYSTEM = Actor(user=None)


def hats(user: User, *, at: datetime | None = None) -> list[Hat]:
    """Return the person's hats at a moment, in a fixed order; one statement."""
    on = timezone.localdate(at)
    rows = (
        Membership.objects.valid(on=on)
        .filter(user=user)
        .annotate(short=_name("short_name", on), full=_name("full_name", on))
        .select_related("agency_position__agency")
        .order_by("agency_position__agency__order", "agency_position__agency__code", "pk")
    )
    return [_hat(row) for row in rows]


def choose_hat(available: Sequence[Hat], membership_id: int | None) -> Hat | None:
    """Return the hat that was chosen where it still holds, else the first."""
    chosen = (hat for hat in available if hat.membership_id == membership_id)
    return next(chosen, available[0] if available else None)


def buckets(available: Sequence[Hat]) -> list[int]:
    """Return the inbox buckets of the hats."""
    return [hat.bucket for hat in available]


def _name(field: str, on: date) -> Subquery:
    names = AgencyName.objects.valid(on=on).filter(agency=OuterRef("agency_position__agency"))
    return Subquery(names.order_by("-valid_from").values(field)[:1])


def _hat(row: Membership) -> Hat:
    place, agency = row.agency_position, row.agency_position.agency
    return Hat(
        membership_id=row.pk,
        user_id=row.user_id,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_symbol=agency.symbol,
        agency_kind=agency.kind,
        agency_short=getattr(row, "short", None) or agency.symbol,
        agency_full=getattr(row, "full", None) or agency.symbol,
        position=place.position,
        bucket=place.pk,
        group_id=place.group_id,
    )
