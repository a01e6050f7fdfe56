"""What a coordinating agency says: prepared by a specialist, given by the head's signature, replaced as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import answering
from workflows.domain.answering import AnswerInput, RemarkInput
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import (
    EarlierAnswer,
    Opinion,
    OpinionFile,
    OpinionState,
    Participation,
    PreparedAnswer,
    Question,
    QuestionAnswer,
    Stance,
)


class ConsultationClosedError(DomainError):
    """The round has ended, and this agency's answer is no longer taken."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or _("The round of consultation is closed; an opinion can no longer be given.")
        )


class RequestWithdrawnError(DomainError):
    """The lead has withdrawn the request; says who and why."""

    def __init__(self, opinion: Opinion) -> None:
        who = opinion.withdrawn_by.full_name if opinion.withdrawn_by else ""
        message = _("The request for your opinion was withdrawn by %(who)s: %(reason)s")
        super().__init__(message % {"who": who, "reason": opinion.withdrawn_reason})


@transaction.atomic
def prepare_opinion(
    participation: Participation,
    *,
    actor: Actor,
    stance: Stance,
    reason: str = "",
    remarks: Sequence[RemarkInput] = (),
    document_number: str = "",
    answers: Mapping[int, Sequence[int]] | None = None,
) -> Opinion:
    """Put a prepared opinion before the agency's head; nobody outside the agency sees it.

    Raises:
        ConsultationClosedError: the round has ended and this answer is no longer taken.
        RequestWithdrawnError: the lead has withdrawn the request.
        DomainError: stance, remarks and answers do not fit.
    """
    opinion = answerable(participation)
    given = AnswerInput(stance, reason, tuple(remarks), document_number, answers or {})
    answering.check(opinion, given, asks=_asks(opinion))
    PreparedAnswer.objects.update_or_create(
        opinion=opinion,
        defaults={"content": given.stored(), "prepared_by": actor.person, "prepared_at": timezone.now()},
    )

    record(
        "opinion.prepared",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
    )
    return opinion


@transaction.atomic
def sign_opinion(
    participation: Participation,
    *,
    actor: Actor,
    stance: Stance,
    reason: str = "",
    remarks: Sequence[RemarkInput] = (),
    document_number: str = "",
    answers: Mapping[int, Sequence[int]] | None = None,
) -> Opinion:
    """Give the agency's opinion: the head's signature makes it official.

    It replaces what stood there, an earlier answer while the round is open or a recorded silence until the lead starts
    on the answers; what it replaces stays on record. After the agency's due moment it is marked late.

    Raises:
        ConsultationClosedError: the round has ended and this answer is no longer taken.
        RequestWithdrawnError: the lead has withdrawn the request.
        DomainError: stance, remarks and answers do not fit.
    Source: only the leader's signed answer is the agency's opinion, domain notes 2.2; silence counts until the answer
        comes, 2.4.
    """
    opinion = answerable(participation)
    given = answering.complete(AnswerInput(stance, reason, tuple(remarks), document_number, answers or {}))
    places = answering.check(opinion, given, asks=_asks(opinion))
    replaces = opinion.stance
    if replaces:
        _keep_earlier(opinion)
    prepared: PreparedAnswer | None = getattr(opinion, "prepared", None)
    _write(opinion, given, actor, prepared)
    answering.write_parts(opinion, given, places)
    if prepared is not None:
        prepared.delete()
    sent = _send_files(opinion)

    record(
        "opinion.given",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
        stance=stance,
        remarks=len(given.remarks),
        late=opinion.is_late,
        replaces=replaces,
        **sent,
    )
    return opinion


@transaction.atomic
def return_opinion(participation: Participation, *, actor: Actor, reason: str) -> Opinion:
    """Send a prepared opinion back to the specialist; its text stays."""
    opinion = answerable(participation)

    record(
        "opinion.returned",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
        reason=reason,
    )
    return opinion


@transaction.atomic
def take_back(participation: Participation, *, actor: Actor) -> Opinion:
    """Take a prepared opinion back from the head's desk, to change it before it is signed."""
    opinion = answerable(participation)

    record(
        "opinion.taken_back",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
    )
    return opinion


@transaction.atomic
def answer_again(participation: Participation, *, actor: Actor) -> Opinion:
    """Begin to replace the agency's answer, or to answer after all where silence was recorded.

    Raises:
        ConsultationClosedError, RequestWithdrawnError: such an answer is no longer taken.
        DomainError: the agency has not answered yet.
    """
    opinion = answerable(participation)
    if opinion.state == OpinionState.ASKED:
        raise DomainError(_("Your agency has not answered yet: the task is in its inbox."))

    record(
        "opinion.reopened",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
    )
    return opinion


def answerable(participation: Participation) -> Opinion:
    """Return the agency's opinion in the newest round it was asked in, if an answer is taken now; one statement.

    Raises:
        ConsultationClosedError, RequestWithdrawnError: it is not; says why.
    """
    at_hand = OpinionFile.objects.at_hand().filter(opinion=OuterRef("pk"))
    opinion = (
        Opinion.objects.select_related("consultation", "prepared", "withdrawn_by")
        .annotate(
            has_questions=Exists(Question.objects.filter(consultation=OuterRef("consultation"))),
            has_files=Exists(at_hand),
        )
        .filter(participation=participation)
        .order_by("-consultation__round", "-id")[:1]
        .first()
    )
    if opinion is None:
        raise ConsultationClosedError
    refusal = refusal_of(opinion)
    if refusal is not None:
        raise refusal
    return opinion


def refusal_of(opinion: Opinion) -> DomainError | None:
    """Return why an answer is not taken now, or None where it is."""
    consultation = opinion.consultation
    if opinion.state == OpinionState.WITHDRAWN:
        return RequestWithdrawnError(opinion)
    if not consultation.is_closed:
        return None
    if opinion.state == OpinionState.GIVEN:
        return ConsultationClosedError(
            _("The round of consultation is closed; the answer your agency gave stands.")
        )
    if not consultation.takes_late_answers:
        begun = timezone.localtime(consultation.disposition_started_at)
        message = _(
            "The lead has been answering the remarks since %(when)s; late answers are no longer taken."
        )
        return ConsultationClosedError(message % {"when": date_format(begun, "H:i d/m/Y")})
    return None


def _asks(opinion: Opinion) -> Sequence[Question]:
    if not vars(opinion)["has_questions"]:
        return ()
    return list(opinion.consultation.questions.order_by("number"))


def _keep_earlier(opinion: Opinion) -> None:
    """Put what stands there on record as it is, and clear its parts; remarks of an open round have no answers yet."""
    EarlierAnswer.objects.create(
        opinion=opinion,
        number=opinion.earlier.count() + 1,
        stance=opinion.stance,
        content=answering.content_of(opinion),
        signed_by_id=opinion.signed_by_id,
        signed_as=opinion.signed_as,
        answered_at=opinion.answered_at or timezone.now(),
        replaced_at=timezone.now(),
    )
    opinion.remarks.all().delete()
    QuestionAnswer.objects.filter(opinion=opinion).delete()


def _send_files(opinion: Opinion) -> dict[str, int]:
    """Give the files with the answer and leave those that were taken out to the earlier one; returns how many go."""
    if not vars(opinion)["has_files"]:
        return {}
    rows = OpinionFile.objects.filter(opinion=opinion)
    rows.filter(is_leaving=True).update(is_leaving=False, is_earlier=True)
    rows.filter(is_given=False).update(is_given=True)
    return {"files": rows.standing().count()}


def _write(opinion: Opinion, given: AnswerInput, actor: Actor, prepared: PreparedAnswer | None) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {
        "state": OpinionState.GIVEN,
        "stance": given.stance,
        "reason": given.reason,
        "document_number": given.document_number,
        "prepared_by_id": prepared.prepared_by_id if prepared else None,
        "signed_by": actor.person,
        "signed_as": actor.label,
        "answered_at": now,
        "is_late": now > opinion.due or opinion.consultation.is_closed,
    }
    for name, value in fields.items():
        setattr(opinion, name, value)
    opinion.save(update_fields=[name.removesuffix("_id") for name in fields])
