"""A table of people with the positions they hold: what each row would do, and doing all of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import Actor
from accounts.models import Agency, Membership, Position, User
from accounts.search import fold
from notifications.outbox import Draft, emit_many

from . import memberships, personnel
from .administering import check_may_change
from .agencies import make_positions
from .chain import CHAIN
from .errors import DomainError
from .outcomes import Outcome
from .people_columns import heading, positions_by_word, spelled
from .personnel import Appointment
from .workbook import SheetRow

USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{0,79}\Z",
    gettext_lazy("A user name has small letters without diacritics, digits, dots, hyphens and underscores."),
)
LONGEST_NAME = 150

# Who holds a position from when to when, and the row where it is one already.
Held = tuple[str, date, date | None, Membership | None]
# Whose terms in a position can collide: everybody's where one person holds it, else a person's own.
Place = tuple[int, str, str]


@dataclass
class Plan:
    """What confirming writes: new accounts, corrected ones, new positions, positions that end."""

    new: dict[str, User] = field(default_factory=dict)
    corrected: dict[str, tuple[User, str, str]] = field(default_factory=dict)
    appointed: list[tuple[str, Appointment]] = field(default_factory=list)
    ended: list[tuple[Membership, date]] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What the database says about the people and agencies a table names; five statements."""

    users: dict[str, User]
    agencies: dict[str, Agency]
    held: dict[Place, list[Held]]


def examine(rows: Sequence[SheetRow], actor: Actor, *, lock: bool = False) -> tuple[list[Outcome], Plan]:
    """Return what each row would do and what confirming would write; five statements whatever the rows.

    With `lock`, agencies and people that the table names stay as they are until the transaction ends.
    """
    look = _Look(_known(rows, lock=lock), actor)
    return [look.outcome(row) for row in rows], look.plan


def apply(plan: Plan, *, actor: Actor) -> None:
    """Write a plan: everything in the transaction of the caller, events in one go."""
    today = timezone.localdate()
    User.objects.bulk_create(plan.new.values())
    drafts = [
        _draft("user.created", user, actor, {"user": user.username, "demo": False})
        for user in plan.new.values()
    ]
    for user, full_name, email in plan.corrected.values():
        personnel.correct(user, full_name=full_name, email=email, actor=actor)
    make_positions({given.agency.pk: given.agency for _username, given in plan.appointed}.values())
    started = _appoint(plan)
    groups = [
        each
        for each in started
        if each.valid_from <= today and not (each.valid_to and each.valid_to <= today)
    ]
    through = User.groups.through
    through.objects.bulk_create(
        [through(user_id=each.user_id, group_id=each.agency_position.group_id) for each in groups],
        ignore_conflicts=True,
    )
    drafts += [_draft("membership.started", each, actor, memberships.facts(each)) for each in started]
    emit_many(drafts)
    for membership, on in plan.ended:
        personnel.end(membership, on=on, actor=actor)


def _appoint(plan: Plan) -> list[Membership]:
    places = {
        (place.agency_id, place.position): place
        for given in {each.agency.pk: each.agency for _username, each in plan.appointed}.values()
        for place in given.positions.select_related("group", "agency")
    }
    names = [username for username, _given in plan.appointed]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    return Membership.objects.bulk_create(
        Membership(
            user=users[username],
            agency_position=places[given.agency.pk, given.position],
            valid_from=given.valid_from,
            valid_to=given.valid_to,
        )
        for username, given in plan.appointed
    )


def _known(rows: Sequence[SheetRow], *, lock: bool) -> _Known:
    names = {row.text("username").lower() for row in rows}
    codes = {row.text("agency").lower() for row in rows}
    agencies, users = Agency.objects.filter(code__in=codes), User.objects.filter(username__in=names)
    if lock:
        agencies, users = agencies.select_for_update(), users.select_for_update()
    # People first, as where one is appointed: the other way round two could wait for each other.
    by_name = {each.username: each for each in users.order_by("pk")}
    by_code = {each.code: each for each in agencies.order_by("pk")}
    held: dict[Place, list[Held]] = defaultdict(list)
    found = Membership.objects.filter(agency_position__agency__in=by_code.values(), user__is_active=True)
    for each in found.select_related("user", "agency_position__agency").order_by("valid_from", "pk"):
        post = each.agency_position
        held[_place(post.agency_id, post.position, each.user.username)].append(
            (each.user.username, each.valid_from, each.valid_to, each)
        )
    return _Known(by_name, by_code, held)


@dataclass
class _Look:
    """Row after row: what each would do, where those before it are done."""

    known: _Known
    actor: Actor
    plan: Plan = field(default_factory=Plan)
    seen: dict[object, Any] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=positions_by_word)

    def outcome(self, row: SheetRow) -> Outcome:
        """Return what a row would do, and put it into the plan."""
        outcome = Outcome(row.number, row.text("username").lower(), row.text("full_name"))
        outcome.faults = [(heading(name), words) for name, words in row.faults.items()]
        _check_words(row, outcome)
        _check_twice(row, outcome, self.seen)
        if not outcome.faults:
            self._person(row, outcome)
            self._position(row, outcome)
        elif _names_a_position(row):
            self._appointment(row, outcome)  # whoever mends the row sees at once all that is wrong in it
        return outcome

    def _person(self, row: SheetRow, outcome: Outcome) -> None:
        username, full_name, email = outcome.key, row.text("full_name"), row.text("email")
        user = self.known.users.get(username)
        if user is None:
            if username not in self.plan.new:
                outcome.is_new = True
                self.plan.new[username] = _unusable(User(username=username, full_name=full_name, email=email))
            return
        email = email or user.email  # an empty cell says nothing
        compared = (("full_name", user.full_name, full_name), ("email", user.email, email))
        changes = [(heading(name), before, after) for name, before, after in compared if before != after]
        if not changes or username in self.plan.corrected:
            return
        if fault := _why_not(user, self.actor):
            outcome.faults.append((heading("username"), fault))
            return
        outcome.changes += changes
        self.plan.corrected[username] = (user, full_name, email)

    def _position(self, row: SheetRow, outcome: Outcome) -> None:
        given = self._appointment(row, outcome) if _names_a_position(row) else None
        if given is None or outcome.faults:
            return
        username = outcome.key
        held = self.known.held.setdefault(_place(given.agency.pk, given.position, username), [])
        same = next((each for each in held if each[:2] == (username, given.valid_from)), None)
        if same is not None and same[2] == given.valid_to:
            return
        fault = _why_not(self.known.users.get(username), self.actor)
        fault = fault or (_cannot_end(same, given) if same else _taken(given, held))
        if fault:
            outcome.faults.append((heading("position"), fault))
            return
        post = f"{Position(given.position).label} {given.agency.symbol}"
        if same is not None and same[3] is not None and given.valid_to is not None:
            outcome.changes.append((post, _until(same[2]), _until(given.valid_to)))
            self.plan.ended.append((same[3], given.valid_to))
            return
        outcome.changes.append((post, "", f"{given.valid_from:%d/%m/%Y} – {_until(given.valid_to)}"))
        self.plan.appointed.append((username, given))
        held.append((username, given.valid_from, given.valid_to, None))

    def _appointment(self, row: SheetRow, outcome: Outcome) -> Appointment | None:
        """Return the position a row names, checked for itself; what is wrong stands in the outcome."""
        agency = self.known.agencies.get(row.text("agency").lower())
        position = self.positions.get(spelled(row.text("position")))
        if agency is None:
            outcome.faults.append((heading("agency"), _("There is no agency with this code.")))
        if position is None:
            outcome.faults.append((heading("position"), _("There is no such position.")))
        if not row.values.get("valid_from") and "valid_from" not in row.faults:
            outcome.faults.append((heading("valid_from"), _("Say from which day on.")))
        if agency is None or position is None or outcome.faults:
            return None
        given = Appointment(agency, position, row.values["valid_from"], row.values.get("valid_to") or None)
        try:
            personnel.check_appointment(given)
        except DomainError as error:
            outcome.faults.append((heading(error.field or "position"), error.message))
        return given


def _names_a_position(row: SheetRow) -> bool:
    """Tell whether anything is said of a position."""
    return any(row.values.get(name) for name in ("agency", "position", "valid_from", "valid_to"))


def _check_words(row: SheetRow, outcome: Outcome) -> None:
    try:
        if "username" not in row.faults:
            USERNAME(outcome.key)
    except ValidationError as error:
        outcome.faults.append((heading("username"), error.messages[0]))
    if "full_name" not in row.faults and not 0 < len(row.text("full_name")) <= LONGEST_NAME:
        outcome.faults.append((heading("full_name"), _("Give a name of at most 150 characters.")))
    try:
        if row.text("email"):
            validate_email(row.text("email"))
    except ValidationError:
        outcome.faults.append((heading("email"), _("This is no e-mail address.")))


def _check_twice(row: SheetRow, outcome: Outcome, seen: dict[object, Any]) -> None:
    """Refuse the same position of a person twice, and a person who is called differently in two rows."""
    username = outcome.key
    place = (username, row.text("agency").lower(), fold(row.text("position")), row.text("valid_from"))
    if (first := seen.setdefault(place, row.number)) != row.number:
        words = _("This row repeats row %(number)s.") % {"number": first}
        outcome.faults.append((heading("username"), words))
    called = (row.text("full_name"), row.text("email"))
    first, said = seen.setdefault(username, (row.number, called))
    if said != called:
        words = _("Row %(number)s gives this user name another name or e-mail.") % {"number": first}
        outcome.faults.append((heading("full_name"), words))


def _place(agency_id: int, position: str, username: str) -> Place:
    return agency_id, position, "" if position in personnel.SINGLE else username


def _why_not(user: User | None, actor: Actor) -> str:
    """Say why an administrator may not change an account; nothing where she may."""
    if user is None:
        return ""
    if not user.is_active:
        return _("This account is closed. Open it first.")
    try:
        check_may_change(user, actor)
    except DomainError as error:
        return error.message
    return ""


def _taken(given: Appointment, held: Iterable[Held]) -> str:
    """Say who holds a position in the time of an appointment; nothing where nobody does."""
    for other, valid_from, valid_to, _membership in held:
        is_void = valid_to == valid_from
        begins = given.valid_to is None or valid_from < given.valid_to
        lasts = valid_to is None or valid_to > given.valid_from
        if begins and lasts and not is_void:
            words = _("%(person)s holds this position: %(time)s")
            return words % {"person": other, "time": f"{valid_from:%d/%m/%Y} – {_until(valid_to)}"}
    return ""


def _cannot_end(same: Held, given: Appointment) -> str:
    if same[3] is None:
        return _("Another row gives this position another end.")
    if given.valid_to is None or (same[2] is not None and same[2] < given.valid_to):
        words = _("This position ended on %(day)s. What has ended is not made longer: appoint anew.")
        return words % {"day": _until(same[2])}
    return ""


def _until(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "…"


def _unusable(user: User) -> User:
    user.set_unusable_password()
    return user


def _draft(kind: str, subject: User | Membership, actor: Actor, data: dict[str, object]) -> Draft:
    return Draft(kind=kind, chain=CHAIN, subject=subject, actor=actor, data=data)
