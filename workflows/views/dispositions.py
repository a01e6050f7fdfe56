"""What became of every remark: the table the lead fills in, and what each agency may read of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.domain import dispositions
from workflows.domain.errors import DomainError
from workflows.forms.plans import AnswerForm, DispositionForm
from workflows.models import (
    Anchor,
    CaseTask,
    Disposition,
    FormDraft,
    Opinion,
    OpinionState,
    Remark,
    Requirement,
    Stance,
    Treatment,
)

from .plan_page import PlanTab, renewed
from .plan_rows import TAGS, answer_of, who_gave
from .tasks import typed_before

Typed = Mapping[str, list[str]]
OPEN = "open"


@dataclass(frozen=True)
class RemarkRow:
    """One remark of the table; `form` where it is being answered."""

    number: int
    remark: Remark
    agency: str
    who: str
    place_url: str
    answer: Disposition | None
    look: str
    form: DispositionForm | None


@dataclass(frozen=True)
class RequirementRow:
    """One requirement of the last return; `form` where it is being answered."""

    requirement: Requirement
    form: AnswerForm | None


@dataclass(frozen=True)
class StateTab:
    """A filter of the table with its count."""

    value: str
    label: str
    count: int


class DispositionsView(PlanTab):
    """GET shows the remarks and their answers; POST answers one remark, or one requirement of the last return."""

    tab = "dispositions"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the remarks whose answers the person may know; ?state= narrows them, ?edit= opens an answer again."""
        self.open_plan(public_id)
        typed = typed_before(self, self.task) if self.task else {}
        return self._show(typed)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Record one answer; what was typed on the other rows is kept as a draft."""
        self.open_plan(public_id)
        refusal = self.refusal()
        if refusal is not None or self.answering is None:
            return refusal or redirect(self.url("plan-dispositions"))
        if "remark" in request.POST:
            return self._dispose(self.answering, request.POST["remark"])
        if "requirement" in request.POST:
            return self._answer(self.answering, request.POST["requirement"])
        raise BadRequest

    @cached_property
    def answering(self) -> CaseTask | None:
        """The open task of answering, where it is the person's and the plan may be changed."""
        return self.task if self.is_editing and self.node == "dispose" else None

    # --- recording ---------------------------------------------------------------------------------------------------

    def _dispose(self, task: CaseTask, wanted: str) -> HttpResponseBase:
        remark = one_or_404(self.remarks.known, wanted)
        form = DispositionForm(self.request.POST, prefix=f"r{remark.pk}")
        if not form.is_valid():
            return self._refused(remark=(remark, form))
        remark.opinion.consultation.assignment = self.plan.assignment
        given = form.cleaned_data
        try:
            dispositions.dispose_remark(
                remark,
                actor=self.asker.actor,
                treatment=Treatment(given["treatment"]),
                text=given["text"],
                version=given["version"] or 0,
            )
        except dispositions.AnsweredMeanwhileError as error:
            form.add_error(None, error.message)
            form.data = renewed(self.request.POST, form.add_prefix("version"), error.answer.version)
            return self._refused(remark=(remark, form))
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            return self._refused(remark=(remark, form))
        return self._recorded(task, f"r{remark.pk}-", f"y-{self._next(remark)}")

    def _answer(self, task: CaseTask, wanted: str) -> HttpResponseBase:
        requirement = one_or_404(self.requirements, wanted)
        form = AnswerForm(self.request.POST, prefix=f"q{requirement.pk}")
        if not form.is_valid():
            return self._refused(requirement=(requirement, form))
        try:
            dispositions.answer_requirement(
                requirement, actor=self.asker.actor, answer=form.cleaned_data["answer"]
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            return self._refused(requirement=(requirement, form))
        return self._recorded(task, f"q{requirement.pk}-", "requirements")

    def _next(self, done: Remark) -> int:
        """Return the next remark without an answer, else the one just answered."""
        left = [remark.pk for remark in self.remarks.known if answer_of(remark) is None and remark != done]
        return next((pk for pk in left if pk > done.pk), left[0] if left else done.pk)

    def _recorded(self, task: CaseTask, done: str, anchor: str) -> HttpResponseBase:
        self._keep_others(task, done)
        messages.success(self.request, _("Recorded"))
        state = self.request.GET.get("state", "")
        query = f"?{urlencode({'state': state})}" if state else ""
        return redirect(f"{self.url('plan-dispositions')}{query}#{anchor}")

    def _keep_others(self, task: CaseTask, done: str) -> None:
        """Keep what was typed on the other rows until it is recorded."""
        typed = {name: texts for name, texts in typed_before(self, task).items() if not name.startswith(done)}
        typed |= {name: texts for name, texts in self._typed_now().items() if not name.startswith(done)}
        FormDraft.objects.update_or_create(
            user=self.asker.user, task=task, defaults={"fields": typed, "saved_at": timezone.now()}
        )

    def _typed_now(self) -> dict[str, list[str]]:
        posted = self.request.POST
        return {name: posted.getlist(name) for name in posted if name.startswith(("r", "q")) and "-" in name}

    # --- showing -----------------------------------------------------------------------------------------------------

    def _refused(
        self,
        *,
        remark: tuple[Remark, DispositionForm] | None = None,
        requirement: tuple[Requirement, AnswerForm] | None = None,
    ) -> HttpResponse:
        response = self._show(self._typed_now(), remark=remark, requirement=requirement)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    def _show(
        self,
        typed: Typed,
        *,
        remark: tuple[Remark, DispositionForm] | None = None,
        requirement: tuple[Requirement, AnswerForm] | None = None,
    ) -> HttpResponse:
        rows = self._rows(typed, remark)
        state = self.request.GET.get("state", "")
        context = {
            "rows": [row for row in rows if not state or state_of(row) == state or row.form],
            "state": state,
            "states": self._states(rows),
            "requirement_rows": self._requirement_rows(typed, requirement),
            "silent": self._silent(),
            "given_count": self._given(),
            "asked_count": self._asked(),
            "task": self.answering,
            "form": (remark or requirement or (None, None))[1],
        }
        return render(self.request, "workflows/plan_dispositions.html", self.head() | context)

    def _rows(self, typed: Typed, refused: tuple[Remark, DispositionForm] | None) -> list[RemarkRow]:
        return [
            self._row(number, remark, typed, refused)
            for number, remark in enumerate(self.remarks.known, start=1)
        ]

    def _row(
        self, number: int, remark: Remark, typed: Typed, refused: tuple[Remark, DispositionForm] | None
    ) -> RemarkRow:
        answer = answer_of(remark)
        form = refused[1] if refused and refused[0] == remark else self._form(remark, answer, typed)
        look = TAGS[Treatment(answer.treatment)] if answer else "soon"
        agency, who = self.remarks.agency(remark), who_gave(remark)
        return RemarkRow(number, remark, agency, who, self._place_url(remark), answer, look, form)

    def _form(self, remark: Remark, answer: Disposition | None, typed: Typed) -> DispositionForm | None:
        """Return the form of a remark that is open or whose answer is being changed."""
        is_wanted = answer is None or self.request.GET.get("edit") == str(remark.pk)
        if self.answering is None or not is_wanted:
            return None
        stored: dict[str, Any] = {"version": 0}
        if answer is not None:
            stored = {"treatment": answer.treatment, "text": answer.text, "version": answer.version}
        prefix = f"r{remark.pk}"
        return DispositionForm(prefix=prefix, initial=stored | typed_in(typed, prefix, "treatment", "text"))

    def _place_url(self, remark: Remark) -> str:
        if remark.anchor == Anchor.PARAGRAPH:
            return f"{self.url()}#m-{remark.anchor_key}"
        return (
            f"{self.url('plan-items')}#nv-{remark.anchor_key}" if remark.anchor == Anchor.ACTION_ITEM else ""
        )

    def _states(self, rows: Sequence[RemarkRow]) -> list[StateTab]:
        treatments = [(value.lower(), str(label)) for value, label in Treatment.choices]
        labels = [("", _("All")), (OPEN, pgettext("remark", "Open")), *treatments]
        return [
            StateTab(value, label, sum(not value or state_of(row) == value for row in rows))
            for value, label in labels
        ]

    def _requirement_rows(
        self, typed: Typed, refused: tuple[Requirement, AnswerForm] | None
    ) -> list[RequirementRow]:
        if not self.sees_all:
            return []
        return [
            RequirementRow(
                each, refused[1] if refused and refused[0] == each else self._answer_form(each, typed)
            )
            for each in self.requirements
        ]

    def _answer_form(self, requirement: Requirement, typed: Typed) -> AnswerForm | None:
        if self.answering is None:
            return None
        prefix = f"q{requirement.pk}"
        return AnswerForm(
            prefix=prefix, initial={"answer": requirement.answer} | typed_in(typed, prefix, "answer")
        )

    def _silent(self) -> list[str]:
        """Return a sentence for each agency that did not reply, with the rule that says what silence counts as."""
        return [self._silence(opinion) for opinion in self.opinions if opinion.state == OpinionState.SILENT]

    def _silence(self, opinion: Opinion) -> str:
        words = (
            _("%(agency)s: no comments by the due moment, deemed to agree under %(citation)s")
            if opinion.stance == Stance.DEEMED_AGREED
            else _("%(agency)s: no reply, noted under %(citation)s")
        )
        agency = self.remarks.names.short(opinion.participation.agency)
        return words % {"agency": agency, "citation": opinion.consultation.silence_citation}

    def _given(self) -> int:
        last = max((opinion.consultation_id for opinion in self.opinions), default=None)
        return sum(o.consultation_id == last and o.state == OpinionState.GIVEN for o in self.opinions)

    def _asked(self) -> int:
        """Return how many agencies were asked in the last round; 0 for those who may not know."""
        if not self.sees_all:
            return 0
        last = self.plan.assignment.consultations.order_by("-round", "-id").values("pk")[:1]
        return Opinion.objects.filter(consultation__in=last).count()


Row = TypeVar("Row", Remark, Requirement)


def one_or_404(rows: Sequence[Row], wanted: str) -> Row:
    """Return the row of the wanted primary key among those the person may answer."""
    for row in rows:
        if str(row.pk) == wanted:
            return row
    raise Http404


def state_of(row: RemarkRow) -> str:
    """Return under which filter a row falls."""
    return row.answer.treatment.lower() if row.answer else OPEN


def typed_in(typed: Typed, prefix: str, *names: str) -> dict[str, str]:
    """Return what was typed into a row's fields and not recorded."""
    found = {name: typed.get(f"{prefix}-{name}", [""])[0] for name in names}
    return {name: text for name, text in found.items() if text}
