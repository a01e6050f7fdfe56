"""The parts of an answer: what was typed, whether it fits the request, and how it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from workflows.domain.errors import DomainError
from workflows.domain.numbering import item_labels, labels
from workflows.models import (
    ActionItem,
    Anchor,
    Consultation,
    Opinion,
    Question,
    QuestionAnswer,
    Remark,
    Stance,
)

MAX_REMARKS = 200
Places = dict[UUID, str]


@dataclass(frozen=True, slots=True)
class RemarkInput:
    """One remark as typed: what it is about, what it says, the wording it suggests."""

    text: str
    anchor: Anchor = Anchor.WHOLE
    anchor_key: UUID | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """An answer as typed; `answers` maps the number of a question to the numbers of the chosen options."""

    stance: Stance
    reason: str = ""
    remarks: Sequence[RemarkInput] = ()
    document_number: str = ""
    answers: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> "AnswerInput":
        """Return the answer that `stored` wrote."""
        remarks = (
            RemarkInput(
                text=each["text"],
                anchor=Anchor(each["anchor"]),
                anchor_key=UUID(each["anchor_key"]) if each["anchor_key"] else None,
                suggestion=each["suggestion"],
            )
            for each in content["remarks"]
        )
        answers = {int(number): chosen for number, chosen in content["answers"].items()}
        return cls(
            Stance(content["stance"]),
            content["reason"],
            tuple(remarks),
            content["document_number"],
            answers,
        )

    def stored(self) -> dict[str, Any]:
        """Return the answer as `PreparedAnswer` keeps it."""
        return {
            "stance": str(self.stance),
            "reason": self.reason,
            "document_number": self.document_number,
            "remarks": [
                {
                    "anchor": str(each.anchor),
                    "anchor_key": str(each.anchor_key) if each.anchor_key else None,
                    "text": each.text,
                    "suggestion": each.suggestion,
                }
                for each in self.remarks
            ],
            "answers": {str(number): list(chosen) for number, chosen in self.answers.items()},
        }


def complete(given: AnswerInput) -> AnswerInput:
    """Return an answer whose every word is answered: a disagreement without a remark has its reason as one.

    Source: every opinion is accepted or explained before the plan goes up, domain notes 2.6.
    """
    if given.stance != Stance.DISAGREE or given.remarks or not given.reason.strip():
        return given
    return replace(given, remarks=(RemarkInput(given.reason),))


def is_reason(reason: str, anchor: str, text: str) -> bool:
    """Tell whether a remark is the reason of the answer it belongs to."""
    return anchor == Anchor.WHOLE and bool(reason.strip()) and text == reason


def check(opinion: Opinion, given: AnswerInput, *, asks: Sequence[Question]) -> Places:
    """Refuse an answer that does not fit; returns the names of the places its remarks are about.

    Raises:
        DomainError: the stance and the remarks contradict each other, a place is not in the draft that was sent, or a
            question of the request is not answered as it asks.
    """
    _check_stance(given)
    _check_answers(given, asks)
    places = _places(opinion.consultation, given.remarks)
    for remark in given.remarks:
        _place(places, remark)
    return places


def _check_stance(given: AnswerInput) -> None:
    if given.stance == Stance.AGREE and given.remarks:
        raise DomainError(
            _("Plain agreement carries no remarks: choose agreement with comments."), field="stance"
        )
    if given.stance == Stance.AGREE_WITH_REMARKS and not given.remarks:
        raise DomainError(_("Write at least one remark, or choose plain agreement."), field="remarks")
    if given.stance == Stance.DISAGREE and not (given.reason.strip() or given.remarks):
        raise DomainError(_("Disagreement needs a reason."), field="reason")
    if len(given.remarks) > MAX_REMARKS:
        raise DomainError(_("An opinion holds at most %(n)s remarks.") % {"n": MAX_REMARKS}, field="remarks")


def _check_answers(given: AnswerInput, asks: Sequence[Question]) -> None:
    for question in asks:
        chosen = set(given.answers.get(question.number, ()))
        known = set(range(1, len(question.options) + 1))
        if len(chosen) != question.picks or not chosen <= known:
            message = _("Question %(n)s: choose %(picks)s of %(options)s.")
            said = {"n": question.number, "picks": question.picks, "options": len(question.options)}
            raise DomainError(message % said, field=f"question_{question.number}")


def write_parts(opinion: Opinion, given: AnswerInput, places: Places) -> None:
    """Write the remarks and the answers to questions of a signed opinion; at most three statements."""
    if given.remarks:
        Remark.objects.bulk_create(
            Remark(
                opinion=opinion,
                number=number,
                anchor=each.anchor,
                anchor_key=each.anchor_key,
                anchor_label=_place(places, each),
                text=each.text,
                suggestion=each.suggestion,
            )
            for number, each in enumerate(given.remarks, start=1)
        )
    if given.answers:
        questions = {each.number: each for each in opinion.consultation.questions.all()}
        QuestionAnswer.objects.bulk_create(
            QuestionAnswer(opinion=opinion, question=questions[number], chosen=sorted(chosen))
            for number, chosen in given.answers.items()
            if number in questions
        )


def content_of(opinion: Opinion) -> dict[str, Any]:
    """Return an answer on record as `EarlierAnswer` keeps it, its reason once; three statements."""
    remarks = opinion.remarks.order_by("number").values_list(
        "anchor", "anchor_key", "anchor_label", "text", "suggestion"
    )
    names = ("anchor", "anchor_key", "anchor_label", "text", "suggestion")
    answers = opinion.answers.order_by("question__number").values_list("question__number", "chosen")
    files = opinion.files.standing().order_by("id").values_list("file__public_id", "file__name")
    return {
        "reason": opinion.reason,
        "document_number": opinion.document_number,
        "is_late": opinion.is_late,
        "remarks": [
            dict(zip(names, (row[0], str(row[1]) if row[1] else None, *row[2:]), strict=True))
            for row in remarks
            if not is_reason(opinion.reason, row[0], row[3])
        ],
        "answers": {str(number): chosen for number, chosen in answers},
        "files": [{"public_id": str(public_id), "name": name} for public_id, name in files],
    }


def _places(consultation: Consultation, remarks: Sequence[RemarkInput]) -> Places:
    anchors = {given.anchor for given in remarks}
    places: Places = {}
    if Anchor.PARAGRAPH in anchors:
        places |= labels(list(consultation.revision.paragraphs.order_by("position", "id")))
    if Anchor.ACTION_ITEM in anchors:
        items = ActionItem.objects.filter(revision_id=consultation.revision_id).order_by("position", "id")
        places |= item_labels(list(items))
    return places


def _place(places: Places, given: RemarkInput) -> str:
    if given.anchor == Anchor.WHOLE or given.anchor_key is None:
        return _("The whole draft")
    if given.anchor_key not in places:
        raise DomainError(
            _(
                "A remark points at a paragraph that is not in the draft you were sent. Choose the paragraph again."
            ),
            field="remarks",
        )
    return places[given.anchor_key]
