"""Loading the demonstration: agencies, people, the directive. Repeating it changes nothing."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.authority import SYSTEM, Actor, hats
from accounts.domain import administering, agencies, delegations, fields, memberships, people
from accounts.domain.delegations import Loan
from accounts.models import Agency, Delegation, DelegationForm, Field, User
from workflows.domain import calendars, directives
from workflows.domain.entries import AssignmentInput, DirectiveInput
from workflows.flows import starting
from workflows.models import Directive, Urgency

from . import case

SINCE = date(2020, 1, 1)
CLERK = "vp.clerk"


class NotForProductionError(Exception):
    """The demonstration was asked for with production settings."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading found or made. `password` is None where the accounts were there before."""

    directive: Directive
    usernames: list[str]
    password: str | None


@transaction.atomic
def load(*, password: str = "") -> Loaded:
    """Load what is missing of the demonstration: all or nothing.

    `password` becomes that of every account made now; without one a random one is made.

    Raises:
        NotForProductionError: with production settings.
    """
    if settings.PRODUCTION:
        message = "demonstration data never loads with production settings"
        raise NotForProductionError(message)

    agencies.load_agencies()
    fields.load_fields()
    calendars.seed_calendar([timezone.localdate().year, timezone.localdate().year + 1])
    password = password or secrets.token_urlsafe(9)
    made = [
        _person(f"{code}.{position.lower()}", code, position, name)
        for code, post in case.PEOPLE.items()
        for position, name in post.items()
    ]
    made += [_person(*person) for person in case.SECOND_PEOPLE]
    made.append(_administrator())
    # One hash for all: they share the password, and hashing is slow on purpose.
    User.objects.filter(pk__in=[user.pk for user, new in made if new]).update(
        password=make_password(password)
    )
    _put_in_charge()
    _lend()
    directive = Directive.objects.filter(number=case.NUMBER, symbol=case.SYMBOL).first() or issue(case.NUMBER)
    usernames = [user.username for user, _ in made]
    return Loaded(directive, usernames, password if any(new for _, new in made) else None)


def issue(number: int) -> Directive:
    """Register and issue the directive of the demonstration under a number."""
    actor = acting(User.objects.get(username=CLERK))
    by_code = {agency.code: agency for agency in Agency.objects.all()}
    fields_by_code = {field.code: field for field in Field.objects.all()}
    directive = directives.register_directive(
        DirectiveInput(
            number=number,
            symbol=case.SYMBOL,
            issued_on=case.ISSUED_ON,
            subject=case.SUBJECT,
            issuer=by_code["ubnd"],
            urgency=Urgency.URGENT,
            bases="\n".join(case.BASES),
        ),
        [_assignment(row, by_code, fields_by_code) for row in case.ROWS],
        actor=actor,
    )
    return starting.issue_directive(directive, actor=actor)


def acting(user: User) -> Actor:
    """Return the person under her first hat."""
    return Actor(user=user, hat=next(iter(hats(user)), None))


def _put_in_charge() -> None:
    """Give the Vice-Chairs and the Office's specialist their fields, where nobody has them."""
    by_code = {field.code: field for field in Field.objects.all()}
    for username, codes in case.IN_CHARGE.items():
        post = User.objects.get(username=username).memberships.order_by("pk")[0]
        known = set(post.responsibilities.values_list("field__code", flat=True))
        for code in codes:
            if code not in known:
                fields.put_in_charge(
                    post, by_code[code], basis=case.CHARGE_BASIS, valid_from=SINCE, actor=SYSTEM
                )


def _lend() -> None:
    """Lend one position as the pages do, where nothing of it is lent: offered by its holder, accepted at once."""
    lender, borrower = (User.objects.get(username=name) for name in (case.LENDER, case.BORROWER))
    post = lender.memberships.select_related("agency_position__agency").order_by("pk")[0]
    now = timezone.now()
    if Delegation.objects.unfinished(at=now).filter(membership=post).exists():
        return
    loan = Loan(
        membership=post,
        delegate=borrower,
        form=DelegationForm.SUBSTITUTE,
        basis=case.LENT_BASIS,
        kinds=delegations.kinds_of(post),
        starts_at=now,
        ends_at=now + timedelta(days=case.LENT_DAYS),
    )
    offered = delegations.propose(loan, actor=acting(lender))
    delegations.accept(offered, actor=acting(borrower))


def _person(username: str, code: str, position: str, name: str) -> tuple[User, bool]:
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found, False
    user = people.create_user(username, full_name=name, actor=SYSTEM, is_demo=True)
    memberships.appoint(user, Agency.objects.get(code=code), position, valid_from=SINCE, actor=SYSTEM)
    return user, True


def _administrator() -> tuple[User, bool]:
    """Make somebody who administers: without a position, she sees no case."""
    found = User.objects.filter(username=case.ADMINISTRATOR).first()
    if found is not None:
        return found, False
    user = people.create_user(
        case.ADMINISTRATOR, full_name=case.ADMINISTRATOR_NAME, actor=SYSTEM, is_demo=True
    )
    administering.give_powers(user, is_administrator=True)
    return user, True


def _assignment(
    row: case.Row, by_code: dict[str, Agency], fields_by_code: dict[str, Field]
) -> AssignmentInput:
    return AssignmentInput(
        title=row.title,
        text=row.text,
        lead=by_code[row.lead] if row.lead else None,
        product=row.product,
        modality=row.modality,
        addressees=row.addressees,
        basis=row.basis,
        target=row.target,
        due_phrase=row.due_phrase,
        field=fields_by_code[row.field] if row.field else None,
    )
