"""While a round is open: who is asked in addition, withdrawn, reminded or given more time, and who opened it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency
from workflows.domain import consultations, grants, open_rounds, reminders
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Consultation,
    Extension,
    ExtensionState,
    Opinion,
    OpinionState,
    Participation,
    Role,
)


@transaction.atomic
def add_agencies(
    assignment: Assignment, agencies: Sequence[Agency], *, actor: Actor, is_required: bool = True
) -> Consultation:
    """Ask further agencies while the round is open, under the same request; `asked` holds their parts.

    An agency that was withdrawn from the round may be asked anew.

    Raises:
        HandedOnError: no round is open.
        DomainError: nobody is named, the lead is among them, one of them is asked already, or it is too late to ask.
    """
    consultation = open_rounds.hold(assignment)
    now = timezone.now()
    if consultation.due_at <= now:
        raise DomainError(_("The due moment of this round has passed; no further agency can be asked in it."))
    _check_new(assignment, consultation, agencies)
    known = {part.agency_id: part for part in assignment.participations.coordinating()}
    new = [
        Participation(
            assignment=assignment, agency=agency, role=Role.COORDINATE, added_by=actor.person, added_at=now
        )
        for agency in agencies
        if agency.pk not in known
    ]
    Participation.objects.bulk_create(new)
    wanted = assignment.participations.coordinating().filter(agency__in=[agency.pk for agency in agencies])
    wanted.update(is_required=is_required)
    parts = list(consultations.deliverable(wanted).select_related("agency"))
    anew = _ask_withdrawn(consultation, parts, at=now, is_required=is_required)
    consultations.ask(consultation, [part for part in parts if part.pk not in anew], at=now)
    grants.grant(parts)
    consultation.asked = parts

    record(
        "consultation.widened",
        assignment,
        subject=consultation,
        actor=actor,
        round=consultation.round,
        due=consultation.due_at.isoformat(),
        agencies=[part.agency.code for part in parts],
    )
    return consultation


def _ask_withdrawn(
    consultation: Consultation, parts: Sequence[Participation], *, at: datetime, is_required: bool
) -> set[int]:
    """Ask those of the parts anew that were withdrawn; the record keeps that they were, and why."""
    withdrawn = consultation.opinions.filter(state=OpinionState.WITHDRAWN, participation__in=parts)
    anew = set(withdrawn.values_list("participation_id", flat=True))
    for part in parts:
        if part.pk in anew:
            withdrawn.filter(participation=part).update(
                state=OpinionState.ASKED,
                is_required=is_required,
                delivered_at=at if vars(part)["has_people"] else None,
                withdrawn_reason="",
                withdrawn_by=None,
            )
    return anew


def _check_new(assignment: Assignment, consultation: Consultation, agencies: Sequence[Agency]) -> None:
    if not agencies:
        raise DomainError(_("Choose at least one agency to add."), field="agencies")
    if assignment.lead_id in {agency.pk for agency in agencies}:
        raise DomainError(_("The lead agency cannot also coordinate."), field="agencies")
    asked = consultation.opinions.filter(
        participation__agency__in=[agency.pk for agency in agencies]
    ).exclude(state=OpinionState.WITHDRAWN)
    symbols = list(asked.order_by("id").values_list("participation__agency__symbol", flat=True))
    if symbols:
        message = _("Asked already in this round: %(agencies)s.")
        raise DomainError(message % {"agencies": ", ".join(symbols)}, field="agencies")


@transaction.atomic
def withdraw(opinion: Opinion, *, reason: str, actor: Actor) -> Opinion:
    """Withdraw the request to one agency that has not answered; it is no longer waited for.

    Raises:
        HandedOnError: the round is not open.
        DomainError: no reason, the agency has answered, or nobody would be left.
    """
    assignment = opinion.consultation.assignment
    if not reason.strip():
        raise DomainError(_("Say why the request is withdrawn."), field="reason")
    open_rounds.hold(assignment)
    opinion.refresh_from_db(fields=["state", "stance"])
    if opinion.state != OpinionState.ASKED:
        raise DomainError(_("This agency has answered or was withdrawn meanwhile. Nothing was changed."))
    others = Opinion.objects.filter(consultation=opinion.consultation_id).exclude(pk=opinion.pk)
    if not others.exclude(state=OpinionState.WITHDRAWN).exists():
        raise DomainError(_("This is the only agency asked; add another one before withdrawing it."))

    opinion.state, opinion.withdrawn_reason, opinion.withdrawn_by = (
        OpinionState.WITHDRAWN,
        reason,
        actor.person,
    )
    opinion.save(update_fields=["state", "withdrawn_reason", "withdrawn_by"])
    _drop_wishes(opinion, actor)

    record(
        "opinion.withdrawn",
        assignment,
        subject=opinion,
        actor=actor,
        agency=opinion.participation.agency.code,
        reason=reason,
    )
    return opinion


def _drop_wishes(opinion: Opinion, actor: Actor) -> None:
    """A wish for more time that nobody answered ends with the request."""
    Extension.objects.filter(opinion=opinion, state=ExtensionState.ASKED).update(
        state=ExtensionState.REFUSED,
        answer=opinion.withdrawn_reason,
        decided_by=actor.person,
        decided_as=actor.label,
        decided_at=timezone.now(),
    )


@transaction.atomic
def ask_extension(opinion: Opinion, *, until: datetime, reason: str, actor: Actor) -> Extension:
    """Ask the lead for more time, before the due moment and with a reason.

    Raises:
        HandedOnError: the round is not open.
        DomainError: no reason, not later than what is granted, answered already, or a wish is open.
    Source: extensions are asked for in writing, before expiry, with a reason; domain notes 8.7.
    """
    assignment = opinion.consultation.assignment
    consultation = open_rounds.hold(assignment)
    opinion.refresh_from_db(fields=["state", "extended_to"])
    _check_wish(opinion, consultation, until, reason)
    extension = Extension.objects.create(
        opinion=opinion,
        reason=reason,
        wanted_at=until,
        earlier_due=opinion.due,
        asked_by=actor.person,
        asked_as=actor.label,
        asked_at=timezone.now(),
    )

    record(
        "extension.asked",
        assignment,
        subject=extension,
        actor=actor,
        agency=opinion.participation.agency.code,
        until=until.isoformat(),
        reason=reason,
    )
    return extension


def _check_wish(opinion: Opinion, consultation: Consultation, until: datetime, reason: str) -> None:
    now = timezone.now()
    if not reason.strip():
        raise DomainError(_("Say why more time is needed."), field="reason")
    if opinion.state != OpinionState.ASKED:
        raise DomainError(_("Your agency's part in this round has ended; no more time is needed."))
    if now > (opinion.extended_to or consultation.due_at):
        raise DomainError(_("More time must be asked for before the due moment."))
    if until <= (opinion.extended_to or consultation.due_at):
        raise DomainError(_("The wanted day must be later than the due day there is."), field="until")
    if Extension.objects.filter(opinion=opinion, state=ExtensionState.ASKED).exists():
        raise DomainError(_("Your agency has asked for more time already; the lead has not answered yet."))


@transaction.atomic
def refuse_extension(extension: Extension, *, answer: str, actor: Actor) -> Extension:
    """Refuse more time, with a reason.

    Raises:
        HandedOnError: the round is not open.
        DomainError: no reason, or the wish was answered meanwhile.
    """
    if not answer.strip():
        raise DomainError(_("Say why more time is not given."), field="answer")
    opinion = extension.opinion
    open_rounds.hold(opinion.consultation.assignment)
    _decide(extension, ExtensionState.REFUSED, answer, actor)
    extension.save()

    record(
        "extension.refused",
        opinion.consultation.assignment,
        subject=extension,
        actor=actor,
        agency=opinion.participation.agency.code,
        reason=answer,
    )
    return extension


@transaction.atomic
def extend(
    opinions: Sequence[Opinion],
    *,
    until: datetime,
    reason: str,
    actor: Actor,
    accepts_short_reserve: bool = False,
) -> Consultation:
    """Give agencies of one round more time, asked for or not; the first term stays on record.

    Raises:
        HandedOnError: the round is not open.
        ShortReserveError: too few days remain until the assignment's own term.
        DomainError: no reason, nobody, or not later than what an agency has.
    """
    if not reason.strip():
        raise DomainError(_("Say why more time is given."), field="reason")
    if not opinions:
        raise DomainError(_("Choose at least one agency."), field="agencies")
    assignment = opinions[0].consultation.assignment
    consultation = open_rounds.hold(assignment)
    now = timezone.now()
    consultations.check_due(assignment, until, now=now, accepts_short_reserve=accepts_short_reserve)
    fresh = _unanswered(consultation, [opinion.pk for opinion in opinions])
    if any(until <= opinion.due for opinion in fresh):
        raise DomainError(_("The new day must be later than the one the agency has."), field="until")

    _grant(fresh, until, reason, actor, at=now)
    Opinion.objects.filter(pk__in=[opinion.pk for opinion in fresh]).update(extended_to=until)
    reminders.plan_next(consultation, after=now)

    record(
        "consultation.extended",
        assignment,
        subject=consultation,
        actor=actor,
        round=consultation.round,
        until=until.isoformat(),
        reason=reason,
        agencies=[opinion.participation.agency.code for opinion in fresh],
    )
    consultation.asked = [opinion.participation for opinion in fresh]
    return consultation


def _unanswered(consultation: Consultation, wanted: Collection[int]) -> list[Opinion]:
    found = consultation.opinions.unanswered().filter(pk__in=wanted).select_related("participation__agency")
    fresh = list(found.order_by("id"))
    if len(fresh) != len(set(wanted)):
        raise DomainError(_("One of these agencies has answered meanwhile. Nothing was changed."))
    for opinion in fresh:
        opinion.consultation = consultation
    return fresh


def _grant(opinions: Sequence[Opinion], until: datetime, reason: str, actor: Actor, *, at: datetime) -> None:
    """Answer the wishes there are, and write what was given without one."""
    open_wishes = Extension.objects.filter(opinion__in=opinions, state=ExtensionState.ASKED)
    wishes = {extension.opinion_id: extension for extension in open_wishes}
    for extension in wishes.values():
        _decide(extension, ExtensionState.GRANTED, reason, actor)
        extension.granted_until = until
    Extension.objects.bulk_update(
        wishes.values(), ["state", "answer", "decided_by", "decided_as", "decided_at", "granted_until"]
    )
    given = [
        Extension(opinion=opinion, reason=reason, wanted_at=until, earlier_due=opinion.due, asked_at=at)
        for opinion in opinions
        if opinion.pk not in wishes
    ]
    for extension in given:
        _decide(extension, ExtensionState.GRANTED, reason, actor)
        extension.granted_until = until
    Extension.objects.bulk_create(given)


def _decide(extension: Extension, state: ExtensionState, answer: str, actor: Actor) -> None:
    if extension.pk is not None:
        extension.refresh_from_db(fields=["state"])
    if extension.state != ExtensionState.ASKED:
        raise DomainError(_("This wish for more time was answered meanwhile."))
    extension.state, extension.answer = state, answer
    extension.decided_by, extension.decided_as = actor.person, actor.label
    extension.decided_at = timezone.now()


def note_opened(opinion: Opinion, *, actor: Actor) -> None:
    """Note who of the agency opened the request first, and when; one statement, none once it is known."""
    if opinion.first_opened_at is None:
        Opinion.objects.filter(pk=opinion.pk, first_opened_at=None).update(
            first_opened_at=timezone.now(), first_opened_by=actor.person
        )
