"""For whom may a person act now?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import AgencyKind, AgencyName, Delegation, Membership, Position, User

LABEL_LENGTH = 300  # of the columns that keep a name with its capacity

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
class Lent:
    """Why a hat of somebody else may be worn: by which delegation, for what, until when.

    No field means every field.
    """

    delegation_id: int
    public_id: UUID
    form: str
    basis: str
    principal_id: int
    principal: str
    kinds: frozenset[str]
    ends_at: datetime
    fields: frozenset[int] = frozenset()

    def covers(self, field_id: int | None) -> bool:
        """Tell whether a case of this field is within the scope."""
        return not self.fields or field_id in self.fields


@dataclass(frozen=True, slots=True)
class Hat:
    """One valid membership with everything a page or a policy asks of it.

    `user_id` is the person who holds the membership: somebody else where the hat is `lent`.
    """

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
    is_acting: bool = False
    lent: Lent | None = None

    @property
    def buckets(self) -> tuple[int, int]:
        """The inbox buckets of the hat: that of the position, and that of this one holder of it."""
        return self.bucket, -self.membership_id

    @property
    def title(self) -> str:
        """Post and agency in the reader's language, as the office says them."""
        pattern = TITLES.get((self.agency_kind, self.position)) or TITLES["", self.position]
        return str(pattern) % {"agency": self.agency_short}

    @property
    def capacity(self) -> str:
        """As what the wearer acts: her post, or for whom she acts and that person's post."""
        if self.lent is None:
            return self.title
        return gettext("for %(principal)s, %(title)s") % {
            "principal": self.lent.principal,
            "title": self.title,
        }


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does an act, under which hat; a lent one is that of somebody else. Without a user it is the clock."""

    user: User | None
    hat: Hat | None = None

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
        """Primary key of the person acted for; None for most acts."""
        return self.hat.lent.principal_id if self.hat and self.hat.lent else None

    @property
    def persons(self) -> frozenset[int]:
        """Primary keys of everybody whose act it is: the person, and the one she acts for."""
        return frozenset(key for key in (self.user_id, self.on_behalf_of_id) if key is not None)

    @property
    def label(self) -> str:
        """Name and capacity, as the record keeps them: in the office's language, whoever reads."""
        if self.user is None:
            return ""
        if self.hat is None:
            return str(self.user)
        with translation.override(settings.LANGUAGE_CODE):
            return Truncator(f"{self.user}, {self.hat.capacity}").chars(LABEL_LENGTH)


SYSTEM = Actor(user=None)


def hats(user: User, *, at: datetime | None = None) -> list[Hat]:
    """Return the person's hats at a moment, her own first, then those lent to her, each in a fixed order.

    One statement; two more where a hat is lent.
    """
    moment = at or timezone.now()
    on = timezone.localdate(moment)
    lending = Delegation.objects.active(at=moment).filter(delegate=user)
    held = Membership.objects.valid(on=on).filter(user=user).values("pk")
    wanted = Membership.objects.filter(pk__in=held.union(lending.values("membership")))
    found = posts(
        wanted.order_by("agency_position__agency__order", "agency_position__agency__code", "pk"), on=on
    )
    own = [hat for hat in found.values() if hat.user_id == user.pk]
    return own if len(own) == len(found) else own + _borrowed(lending, found, user)


def hats_of(people: Iterable[User]) -> dict[int, list[Hat]]:
    """Return the hats of several persons now, by key, each as `hats` does; three statements whatever their number."""
    keys, now = [user.pk for user in people], timezone.now()
    on = timezone.localdate(now)
    lending = Delegation.objects.active(at=now).filter(delegate__in=keys)
    held = Membership.objects.valid(on=on).filter(user__in=keys).values("pk")
    wanted = Membership.objects.filter(pk__in=held.union(lending.values("membership")))
    order = wanted.order_by("agency_position__agency__order", "agency_position__agency__code", "pk")
    found = posts(order, on=on)
    worn: dict[int, list[Hat]] = {key: [] for key in keys}
    for hat in found.values():
        if hat.user_id in worn:
            worn[hat.user_id].append(hat)
    for loan in _in_order(lending, list(found)):
        if loan.membership.user_id != loan.delegate_id:
            worn[loan.delegate_id].append(replace(found[loan.membership_id], lent=lent_by(loan)))
    return worn


def _borrowed(lending: QuerySet[Delegation], found: Mapping[int, Hat], user: User) -> list[Hat]:
    """Return a hat for each delegation that lends one of these memberships, in their order; two statements."""
    loans = lending.exclude(membership__user=user)
    return [replace(found[loan.membership_id], lent=lent_by(loan)) for loan in _in_order(loans, list(found))]


def _in_order(lending: QuerySet[Delegation], order: Sequence[int]) -> list[Delegation]:
    """Return the delegations that lend one of these memberships, in their order; two statements."""
    loans = lending.filter(membership__in=order).order_by("pk")
    return sorted(
        loans.select_related("membership__user").prefetch_related("fields"),
        key=lambda loan: order.index(loan.membership_id),
    )


def lent_hats(available: Iterable[Hat]) -> list[Hat]:
    """Return the hats that are lent."""
    return [hat for hat in available if hat.lent is not None]


def posts(memberships: QuerySet[Membership], *, on: date) -> dict[int, Hat]:
    """Return these memberships as hats, by key, with the names their agencies have on a day; one statement."""
    named = memberships.annotate(short=_name("short_name", on), full=_name("full_name", on))
    return {row.pk: _hat(row) for row in named.select_related("agency_position__agency")}


def own_hats(available: Iterable[Hat]) -> list[Hat]:
    """Return the hats that are not lent."""
    return [hat for hat in available if hat.lent is None]


def choose_hat(available: Sequence[Hat], membership_id: int | None) -> Hat | None:
    """Return the hat that was chosen where it still holds, else the first; a lent one is never worn by choice."""
    own = own_hats(available)
    chosen = (hat for hat in own if hat.membership_id == membership_id)
    return next(chosen, own[0] if own else None)


def buckets(available: Sequence[Hat]) -> list[int]:
    """Return the inbox buckets of the person's own hats."""
    return [bucket for hat in own_hats(available) for bucket in hat.buckets]


def _name(field: str, on: date) -> Subquery:
    names = AgencyName.objects.valid(on=on).filter(agency=OuterRef("agency_position__agency"))
    return Subquery(names.order_by("-valid_from").values(field)[:1])


def lent_by(delegation: Delegation) -> Lent:
    """Return what a delegation lends; its membership's user and its fields loaded."""
    return Lent(
        delegation_id=delegation.pk,
        public_id=delegation.public_id,
        form=delegation.form,
        basis=delegation.basis,
        principal_id=delegation.membership.user_id,
        principal=delegation.membership.user.full_name,
        kinds=frozenset(delegation.kinds),
        ends_at=delegation.ends_at,
        fields=frozenset(field.pk for field in delegation.fields.all()),
    )


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
        is_acting=row.is_acting,
    )
