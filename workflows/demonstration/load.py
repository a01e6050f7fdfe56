"""Loading the demonstration: agencies, people, the directive. Repeating it changes nothing."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.authority import SYSTEM, Actor, hats
from accounts.domain import agencies, memberships, people
from accounts.models import Agency, User
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
    calendars.seed_calendar([timezone.localdate().year, timezone.localdate().year + 1])
    password = password or secrets.token_urlsafe(9)
    made = [
        _person(code, position, name) for code, post in case.PEOPLE.items() for position, name in post.items()
    ]
    # One hash for all: they share the password, and hashing is slow on purpose.
    User.objects.filter(pk__in=[user.pk for user, new in made if new]).update(
        password=make_password(password)
    )
    directive = Directive.objects.filter(number=case.NUMBER, symbol=case.SYMBOL).first() or issue(case.NUMBER)
    usernames = [user.username for user, _ in made]
    return Loaded(directive, usernames, password if any(new for _, new in made) else None)


def issue(number: int) -> Directive:
    """Register and issue the directive of the demonstration under a number."""
    actor = acting(User.objects.get(username=CLERK))
    by_code = {agency.code: agency for agency in Agency.objects.all()}
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
        [_assignment(row, by_code) for row in case.ROWS],
        actor=actor,
    )
    return starting.issue_directive(directive, actor=actor)


def acting(user: User) -> Actor:
    """Return the person under her first hat."""
    return Actor(user=user, hat=next(iter(hats(user)), None))


def _person(code: str, position: str, name: str) -> tuple[User, bool]:
    username = f"{code}.{position.lower()}"
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found, False
    user = people.create_user(username, full_name=name, actor=SYSTEM, is_demo=True)
    memberships.appoint(user, Agency.objects.get(code=code), position, valid_from=SINCE, actor=SYSTEM)
    return user, True


def _assignment(row: case.Row, by_code: dict[str, Agency]) -> AssignmentInput:
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
    )
