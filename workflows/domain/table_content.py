"""The table of dispositions as plain data: every round, what was asked, said, answered and upheld.

The fields and their order are described in docs/decision-content.md.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from workflows.models import EarlierAnswer, Opinion, OpinionFile, Question, QuestionAnswer

Row = dict[str, Any]

ROUND = {
    "round": "consultation__round",
    "revision": "consultation__revision__number",
    "document": "consultation__request_number",
    "dated": "consultation__request_on",
    "due": "consultation__due_at",
    "silence": "consultation__silence",
    "closing": "consultation__closing",
}
OPINION = {
    "agency": "participation__agency__code",
    "required": "is_required",
    "state": "state",
    "stance": "stance",
    "reason": "reason",
    "document": "document_number",
    "signed_as": "signed_as",
    "at": "answered_at",
    "late": "is_late",
    "withdrawn": "withdrawn_reason",
}
REMARK = {
    "number": "remarks__number",
    "anchor": "remarks__anchor",
    "place": "remarks__anchor_key",
    "label": "remarks__anchor_label",
    "text": "remarks__text",
    "suggestion": "remarks__suggestion",
}
ANSWER = {
    "treatment": "remarks__disposition__treatment",
    "text": "remarks__disposition__text",
    "anchor": "remarks__disposition__anchor",
    "place": "remarks__disposition__anchor_key",
    "needs_no_change": "remarks__disposition__needs_no_change",
    "version": "remarks__disposition__version",
}
UPHELD = {
    "version": "remarks__disposition__upholding__version",
    "text": "remarks__disposition__upholding__text",
    "signed_as": "remarks__disposition__upholding__signed_as",
    "at": "remarks__disposition__upholding__upheld_at",
}
COLUMNS = {name for part in (ROUND, OPINION, REMARK, ANSWER, UPHELD) for name in part.values()}
ASSIGNMENT = "consultation__assignment"
ORDER = ("consultation__round", "participation__agency__code", "pk", "remarks__number")


def rounds_of_all(assignments: Sequence[int]) -> dict[int, list[Row]]:
    """Return the rounds of cases with everything in them, by assignment.

    One statement, and one each where agencies attached files, were asked questions, answered them or replaced an
    answer.
    """
    rows = list(_rows(assignments))
    extra = {
        name: read(assignments) if any(row[f"has_{name}"] for row in rows) else {}
        for name, read in EXTRAS.items()
    }
    cases: dict[int, dict[int, Row]] = {key: {} for key in assignments}
    opinions: dict[int, Row] = {}
    for row in rows:
        rounds = cases[row[ASSIGNMENT]]
        within = rounds.setdefault(row["consultation"], _round(row, extra["questions"]))
        if row["pk"] not in opinions:
            opinions[row["pk"]] = _opinion(row, extra)
            within["opinions"].append(opinions[row["pk"]])
        if row[REMARK["number"]] is not None:
            opinions[row["pk"]]["remarks"].append(_remark(row))
    return {key: list(rounds.values()) for key, rounds in cases.items()}


def _rows(assignments: Sequence[int]) -> Iterable[Row]:
    """Return a row for each remark, and for each opinion without one; one statement."""
    questions = Question.objects.filter(consultation=OuterRef("consultation"))
    found = Opinion.objects.filter(consultation__assignment__in=assignments).annotate(
        has_questions=Exists(questions),
        has_files=Exists(OpinionFile.objects.standing().filter(opinion=OuterRef("pk"))),
        has_answers=Exists(QuestionAnswer.objects.filter(opinion=OuterRef("pk"))),
        has_earlier=Exists(EarlierAnswer.objects.filter(opinion=OuterRef("pk"))),
    )
    flags = [f"has_{name}" for name in EXTRAS]
    rows: Iterable[Row] = found.order_by(*ORDER).values(
        "pk", "consultation", ASSIGNMENT, *sorted(COLUMNS), *flags
    )
    return rows


def _round(row: Row, questions: dict[int, list[Any]]) -> Row:
    asked = questions.get(row["consultation"], [])
    return _named(row, ROUND) | {"questions": asked, "opinions": []}


def _opinion(row: Row, extra: dict[str, dict[int, list[Any]]]) -> Row:
    beside = {name: extra[name].get(row["pk"], []) for name in ("files", "answers", "earlier")}
    return _named(row, OPINION) | beside | {"remarks": []}


def _remark(row: Row) -> Row:
    answer = _named(row, ANSWER) if row[ANSWER["version"]] is not None else None
    if answer is not None:
        answer["upheld"] = _named(row, UPHELD) if row[UPHELD["version"]] is not None else None
    return _named(row, REMARK) | {"answer": answer}


def _named(row: Row, columns: dict[str, str]) -> Row:
    return {name: plain(row[column]) for name, column in columns.items()}


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it: moments in UTC with six decimals, days and keys as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)


# --- what only some opinions have -------------------------------------------------------------------------------------


def _questions(assignments: Sequence[int]) -> dict[int, list[Any]]:
    found = Question.objects.filter(consultation__assignment__in=assignments).order_by("number", "id")
    return _grouped(found, "consultation", ("number", "text", "options", "picks"))


def _files(assignments: Sequence[int]) -> dict[int, list[Any]]:
    found = OpinionFile.objects.standing().filter(opinion__consultation__assignment__in=assignments)
    ordered = found.order_by("file__sha256", "file__name", "id")
    return _grouped(ordered, "opinion", ("file__name", "file__size", "file__sha256"))


def _answers(assignments: Sequence[int]) -> dict[int, list[Any]]:
    found = QuestionAnswer.objects.filter(opinion__consultation__assignment__in=assignments)
    return _grouped(found.order_by("question__number", "id"), "opinion", ("question__number", "chosen"))


def _earlier(assignments: Sequence[int]) -> dict[int, list[Any]]:
    found = EarlierAnswer.objects.filter(opinion__consultation__assignment__in=assignments)
    columns = ("number", "stance", "content", "signed_as", "answered_at")
    return _grouped(found.order_by("number", "id"), "opinion", columns)


def _grouped(found: "QuerySet[Any]", owner: str, columns: tuple[str, ...]) -> dict[int, list[Any]]:
    """Return the columns of each row as a list, by what the rows belong to; one statement."""
    groups: dict[int, list[Any]] = {}
    for key, *values in found.values_list(owner, *columns):
        groups.setdefault(key, []).append([plain(value) for value in values])
    return groups


EXTRAS: dict[str, Callable[[Sequence[int]], dict[int, list[Any]]]] = {
    "questions": _questions,
    "files": _files,
    "answers": _answers,
    "earlier": _earlier,
}
