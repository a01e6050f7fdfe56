"""Reading the table of opinions from what is on record, as far as its reader may see it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, groupby
from typing import Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts.models import Agency
from workflows.domain.answering import is_reason
from workflows.domain.numbering import item_labels, labels
from workflows.models import (
    GIVEN_STANCES,
    TAKEN,
    ActionItem,
    Anchor,
    Assignment,
    Consultation,
    Disposition,
    Opinion,
    OpinionState,
    Paragraph,
    PlanRevision,
    Question,
    QuestionAnswer,
    Remark,
    Reminder,
    SilencePolicy,
    Stance,
)

from .letterhead import letterhead
from .table import Asked, Choice, Line, Round, Table, Tally

WHOLE_DRAFT = "Toàn bộ dự thảo"
Row = TypeVar("Row")


class Names(Protocol):
    """What agencies are called on a day."""

    def full(self, agency: Agency, /) -> str:
        """Return what headings call the agency."""


class NamesOn(Protocol):
    """How the names of a day are found: one statement."""

    def __call__(self, on: date, /, *, ids: Collection[int]) -> Names:
        """Return the names, on a day, of the agencies with these keys."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: every opinion and how it was asked for, or only some; the lead's answers before they are published."""

    sees_all: bool
    is_lead: bool = False
    agency: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read of the opinions, by opinion, round or revision; `newest` is the revision the reader has."""

    remarks: Mapping[int, Sequence[Remark]]
    reminders: Mapping[int, Sequence[Reminder]]
    questions: Mapping[int, Sequence[Question]]
    chosen: Mapping[int, Sequence[QuestionAnswer]]
    places: Mapping[int, Mapping[UUID, str]]
    newest: int


def build_table(
    assignment: Assignment,
    *,
    revision: PlanRevision,
    opinions: QuerySet[Opinion],
    reader: Reader,
    names: NamesOn,
    on: date,
) -> Table:
    """Return the table of an assignment's plan as a reader may see it; eight statements.

    `opinions` are those the reader may see, annotated with `answer_known` unless she sees all; `revision` is the newest
    she may read: places of changes are named as in it. `on` dates the document and the agencies' names.
    """
    found = _in_order(opinions)
    ids = {opinion.participation.agency_id for opinion in found} | {assignment.directive.issuer_id}
    called = names(on, ids=ids | ({assignment.lead_id} if assignment.lead_id else set()))
    read = _read(found, reader, revision)
    numbers = count(1)
    return Table(
        title=revision.plan.title,
        on=on,
        head=letterhead(assignment, called.full),
        rounds=tuple(
            _round(list(group), read, reader, called)
            for _key, group in groupby(found, key=lambda opinion: opinion.consultation_id)
        ),
        lines=tuple(
            line for opinion in found for line in _lines(opinion, read, reader, called.full, numbers.__next__)
        ),
        reader="" if reader.sees_all else reader.agency,
        is_part=not reader.sees_all,
    )


def _in_order(opinions: QuerySet[Opinion]) -> list[Opinion]:
    agency = "participation__agency"
    return list(
        opinions.select_related("consultation__revision", agency).order_by(
            "consultation__round", f"{agency}__order", f"{agency}__code", "id"
        )
    )


def _knows(reader: Reader, opinion: Opinion) -> bool:
    """Tell whether the reader may know the answers to an opinion, and how it was asked for."""
    return reader.sees_all or bool(vars(opinion).get("answer_known"))


# --- reading ---------------------------------------------------------------------------------------------------------


def _read(opinions: Sequence[Opinion], reader: Reader, revision: PlanRevision) -> _Found:
    given = [opinion.pk for opinion in opinions if opinion.state == OpinionState.GIVEN]
    proven = [opinion.pk for opinion in opinions if _knows(reader, opinion)]
    rounds = {opinion.consultation_id for opinion in opinions}
    remarks = Remark.objects.filter(opinion__in=given).select_related("disposition__upholding")
    reminders = Reminder.objects.filter(opinion__in=proven)
    questions = Question.objects.filter(consultation__in=rounds)
    chosen = QuestionAnswer.objects.filter(opinion__in=given)
    return _Found(
        _grouped(remarks.order_by("opinion_id", "number", "id"), lambda row: row.opinion_id),
        _grouped(reminders.order_by("opinion_id", "sent_at", "id"), lambda row: row.opinion_id),
        _grouped(questions.order_by("consultation_id", "number"), lambda row: row.consultation_id),
        _grouped(chosen.order_by("question_id", "id"), lambda row: row.question_id),
        _places({revision.pk} | {opinion.consultation.revision_id for opinion in opinions}),
        revision.pk,
    )


def _grouped(rows: Iterable[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    return {owner: list(group) for owner, group in groupby(rows, key)}


def _places(revisions: Collection[int]) -> dict[int, dict[UUID, str]]:
    """Return what the paragraphs and tasks of revisions are called in the office's language; two statements.

    What is stored with a remark is in the language in which its signer worked.
    """
    order = ("revision_id", "position", "id")
    paragraphs = Paragraph.objects.filter(revision__in=revisions).order_by(*order)
    items = ActionItem.objects.filter(revision__in=revisions).order_by(*order)
    places: dict[int, dict[UUID, str]] = {pk: {} for pk in revisions}
    with translation.override(settings.LANGUAGE_CODE):
        for pk, group in _grouped(paragraphs, lambda row: row.revision_id).items():
            places[pk] |= labels(group)
        for pk, rows in _grouped(items, lambda row: row.revision_id).items():
            places[pk] |= item_labels(rows)
    return places


# --- rounds ----------------------------------------------------------------------------------------------------------


def _round(opinions: Sequence[Opinion], found: _Found, reader: Reader, names: Names) -> Round:
    consultation: Consultation = opinions[0].consultation
    called = {opinion.pk: names.full(opinion.participation.agency) for opinion in opinions}
    return Round(
        number=consultation.round,
        draft=consultation.revision.number,
        request_number=consultation.request_number,
        request_on=consultation.dated_on,
        signed_as=consultation.signed_as,
        due_at=consultation.due_at,
        deems=consultation.silence == SilencePolicy.DEEMED_AGREED,
        citation=consultation.silence_citation,
        asked=tuple(
            _asked(opinion, called[opinion.pk], found if _knows(reader, opinion) else None)
            for opinion in opinions
        ),
        questions=tuple(_tally(each, found, called) for each in found.questions.get(consultation.pk, ())),
    )


def _asked(opinion: Opinion, name: str, found: _Found | None) -> Asked:
    """Return one agency's row; without `found` the proof that it was asked is left out."""
    is_given = opinion.state == OpinionState.GIVEN
    said = Asked(
        name,
        opinion.state,
        opinion.stance,
        opinion.document_number,
        opinion.answered_at if is_given else None,
        is_given and opinion.is_late,
    )
    if found is None:
        return said
    return replace(
        said,
        is_required=opinion.is_required,
        due=opinion.due,
        delivered_at=opinion.delivered_at,
        opened_at=opinion.first_opened_at,
        reminded_at=tuple(each.sent_at for each in found.reminders.get(opinion.pk, ())),
        withdrawn_reason=opinion.withdrawn_reason,
    )


def _tally(question: Question, found: _Found, called: Mapping[int, str]) -> Tally:
    answers = {answer.opinion_id: set(answer.chosen) for answer in found.chosen.get(question.pk, ())}
    return Tally(
        question.number,
        question.text,
        tuple(
            Choice(text, tuple(name for pk, name in called.items() if number in answers.get(pk, ())))
            for number, text in enumerate(question.options, start=1)
        ),
    )


# --- rows ------------------------------------------------------------------------------------------------------------


def _lines(
    opinion: Opinion,
    found: _Found,
    reader: Reader,
    full: Callable[[Agency], str],
    next_number: Callable[[], int],
) -> list[Line]:
    """Return the rows of one signed opinion; plain agreement without a word has none."""
    if opinion.stance not in GIVEN_STANCES:
        return []
    remarks = found.remarks.get(opinion.pk, ())
    disagrees = opinion.stance == Stance.DISAGREE
    said = Line(
        number=0,
        round=opinion.consultation.round,
        draft=opinion.consultation.revision.number,
        agency=full(opinion.participation.agency),
        place=WHOLE_DRAFT,
        text=opinion.reason,
        document_number=opinion.document_number,
        answered_on=timezone.localdate(opinion.answered_at) if opinion.answered_at else None,
        is_remark=False,
        is_known=_knows(reader, opinion),
        disagrees=disagrees,
        is_late=opinion.is_late,
    )
    is_a_remark = any(is_reason(opinion.reason, remark.anchor, remark.text) for remark in remarks)
    is_said = (opinion.reason.strip() and not is_a_remark) or (disagrees and not remarks)
    rows = [said] if is_said else []
    judged = found.places[opinion.consultation.revision_id]
    rows += [
        _with_remark(replace(said, place=_place(remark, judged)), remark, reader, found.places[found.newest])
        for remark in remarks
    ]
    return [replace(row, number=next_number()) for row in rows]


def _with_remark(said: Line, remark: Remark, reader: Reader, places: Mapping[UUID, str]) -> Line:
    line = replace(
        said,
        is_remark=True,
        text=remark.text,
        suggestion=remark.suggestion,
    )
    answer = _answer(remark, reader) if said.is_known else None
    if answer is None:
        return line
    return replace(
        line,
        treatment=answer.treatment,
        answer=answer.text,
        change=_change(answer, places),
        upheld=answer.upholding.text if answer.is_upheld else "",
    )


def _place(remark: Remark, judged: Mapping[UUID, str]) -> str:
    """Return what a remark is about, by its name in the draft it judged."""
    named = judged.get(remark.anchor_key, "") if remark.anchor_key else WHOLE_DRAFT
    return named or remark.anchor_label


def _answer(remark: Remark, reader: Reader) -> Disposition | None:
    """Return the answer to a remark; what the lead's head has not signed is read by the lead alone."""
    answer: Disposition | None = getattr(remark, "disposition", None)
    if answer is None or (answer.published_at is None and not reader.is_lead):
        return None
    return answer


def _change(answer: Disposition, places: Mapping[UUID, str]) -> str:
    """Say where the draft was changed; empty where it was not, or where the reader has no draft with that place."""
    if answer.treatment not in TAKEN:
        return ""
    if answer.needs_no_change:
        return "Dự thảo không phải chỉnh sửa."
    key = answer.anchor_key
    place = WHOLE_DRAFT if answer.anchor == Anchor.WHOLE else places.get(key, "") if key else ""
    return f"Nơi chỉnh sửa: {place}." if place else ""
