"""What became of every remark: the table the lead fills in, and what each agency may read of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.domain import dispositions
from workflows.domain.dispositions import AnswerChangedError, AnsweredMeanwhileError
from workflows.domain.errors import BusyError, DomainError
from workflows.domain.phases import HandedOnError
from workflows.domain.tracing import Tracing
from workflows.flows import rounds, steps
from workflows.forms.dispositions import AnswerForm, BulkDispositionForm, DispositionForm, UpholdForm
from workflows.forms.plans import number_of
from workflows.models import (
    CaseTask,
    Consultation,
    Disposition,
    FormDraft,
    Opinion,
    OpinionState,
    PlanRevision,
    Remark,
    Requirement,
    Stance,
)

from .disposition_acts import acts_of_upholding
from .disposition_rows import ROW_FIELDS, RowForms, Rows, Typed, typed_in
from .disposition_table import Asked, Table
from .plan_page import PlanTab, renewed
from .plan_rows import answer_of
from .tasks import typed_before

BULK = "b"
LONG_LIST = 10


@dataclass(frozen=True)
class RequirementRow:
    """One requirement of the last return; `form` where it is being answered."""

    requirement: Requirement
    form: AnswerForm | None


@dataclass(frozen=True)
class Refused:
    """What was sent and not recorded: the form of a row, of the ticked rows, of a requirement or of an upheld view."""

    form: Form
    remark: Remark | None = None
    requirement: Requirement | None = None
    bulk: BulkDispositionForm | None = None


class DispositionsView(PlanTab):
    """GET shows the remarks and their answers; POST answers one remark, the ticked ones, or one requirement."""

    tab = "dispositions"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the remarks whose answers the person may know, as far as the address asks for them."""
        self.open_plan(public_id)
        typed = typed_before(self, self.task) if self.task else {}
        return self.show(typed)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Record one answer, or one for several; what was typed on the other rows is kept as a draft."""
        self.open_plan(public_id)
        refusal = self.refusal()
        if refusal is not None or self.answering is None:
            return refusal or redirect(self.url("plan-dispositions"))
        acts: dict[str, Callable[[CaseTask, str], HttpResponseBase]] = {
            "bulk": self._dispose_ticked,
            "remark": self._dispose,
            "requirement": self._answer,
            "places": self._offer_places,
        }
        for name, act in acts.items():
            if name in request.POST:
                return act(self.answering, request.POST[name])
        raise BadRequest

    @cached_property
    def answering(self) -> CaseTask | None:
        """The open task of answering, where it is the person's and the plan may be changed."""
        return self.task if self.is_editing and self.node == "dispose" else None

    @cached_property
    def asked(self) -> Asked:
        """What the address asks for."""
        return Asked.of(self.request.GET)

    @cached_property
    def tracing(self) -> Tracing:
        """What changed up to the revision the person's answers are about."""
        return Tracing(self._target())

    def _target(self) -> PlanRevision:
        """Return the revision the answers are about: the newest; for an agency the newest that has left the lead."""
        newest = self.revisions[0]
        if self.sees_all:
            return newest
        released = PlanRevision.objects.released().filter(plan=self.plan).order_by("-number", "-id")
        return released.first() or newest

    # --- recording ---------------------------------------------------------------------------------------------------

    def _dispose(self, task: CaseTask, wanted: str) -> HttpResponseBase:
        remark = one_or_404(self.remarks.known, wanted)
        form = RowForms(self._table(remark.pk), {}).bound(remark, self.request.POST)
        if not form.is_valid():
            return self.refuse(Refused(form, remark=remark))
        try:
            self._record(form, {remark: form.cleaned_data["version"] or 0})
        except DomainError as error:
            add_error(form, error)
            if isinstance(error, AnsweredMeanwhileError):
                renew(form, "version", error.answer.version)
            return self.refuse(Refused(form, remark=remark), status_of(error))
        return self._recorded(task, [f"r{remark.pk}-"], self._next({remark}))

    def _dispose_ticked(self, task: CaseTask, _wanted: str) -> HttpResponseBase:
        picked = [
            one_or_404(self.remarks.known, key) for key in dict.fromkeys(self.request.POST.getlist("pick"))
        ]
        form = self._bulk_form([remark.pk for remark in picked], self.request.POST)
        if not form.is_valid():
            return self.refuse(Refused(form, bulk=form))
        posted = self.request.POST
        versions = {remark: number_of(posted.get(f"r{remark.pk}-version", "")) for remark in picked}
        try:
            self._record(form, versions)
        except AnsweredMeanwhileError as error:
            form.add_error(None, self._answered_meanwhile(error.answer))
            renew(form, "key", uuid4())
            form.picked = [key for key in form.picked if key != error.answer.remark_id]
            self.forget()
            return self.refuse(Refused(form, bulk=form), HTTPStatus.CONFLICT)
        except DomainError as error:
            add_error(form, error)
            return self.refuse(Refused(form, bulk=form), status_of(error))
        done = [f"{BULK}-", *(f"r{remark.pk}-" for remark in picked)]
        return self._recorded(task, done, self._next(set(picked)), len(picked))

    def _record(self, form: DispositionForm | BulkDispositionForm, versions: Mapping[Remark, int]) -> None:
        """Answer the remarks once, however often the form is sent.

        Raises:
            DomainError: as `flows.rounds.dispose_remarks`.
        """
        for remark in versions:
            remark.opinion.consultation.assignment = self.plan.assignment
        given = form.given()
        steps.once(
            steps.Attempt(self.asker.actor, self.asker.hats, form.attempt_key),
            "remarks.dispose",
            [sorted((remark.pk, version) for remark, version in versions.items()), repr(given)],
            lambda: rounds.dispose_remarks(versions, given, actor=self.asker.actor)[0],
        )

    def _answered_meanwhile(self, answer: Disposition) -> str:
        """Say which of the ticked rows somebody else has answered."""
        remark = next(each for each in self.remarks.known if each.pk == answer.remark_id)
        words = _(
            "Nothing was recorded: %(who)s has answered remark %(n)s of %(agency)s meanwhile. It is no longer ticked."
        )
        number = self._table().numbers[remark.pk]
        agency = self.remarks.agency(remark)
        return words % {"who": answer.disposed_by.full_name, "n": number, "agency": agency}

    def _offer_places(self, task: CaseTask, wanted: str) -> HttpResponseBase:
        """Lead to a row whose select holds every place of the draft; what was typed is kept."""
        remark = one_or_404(self.remarks.known, wanted)
        self._keep_others(task, [])
        address = self.asked.link(self.url("plan-dispositions"), edit=remark.pk)
        return redirect(f"{address}#y-{remark.pk}")

    def _answer(self, task: CaseTask, wanted: str) -> HttpResponseBase:
        requirement = one_or_404(self.requirements, wanted)
        form = AnswerForm(self.request.POST, prefix=f"q{requirement.pk}")
        if not form.is_valid():
            return self.refuse(Refused(form, requirement=requirement))
        try:
            dispositions.answer_requirement(
                requirement, actor=self.asker.actor, answer=form.cleaned_data["answer"]
            )
        except DomainError as error:
            add_error(form, error)
            return self.refuse(Refused(form, requirement=requirement))
        return self._recorded(
            task, [f"q{requirement.pk}-"], f"{self.asked.link(self.url('plan-dispositions'))}#requirements"
        )

    def _next(self, done: set[Remark]) -> str:
        """Return the address of the next remark without an answer, else of the last one just answered.

        A selection that has been answered together is done with; so is the filter by state where nothing is left.
        """
        rows = self.remarks.known
        last = max(at for at, remark in enumerate(rows) if remark in done)
        left = [each for each in (*rows[last:], *rows[:last]) if answer_of(each) is None and each not in done]
        following = left[0] if left else rows[last]
        here = {"same": "", "agency": ""} if len(done) > 1 or not left else {}
        here |= {} if left else {"state": ""}
        return f"{self.asked.link(self.url('plan-dispositions'), at=following.pk, **here)}#y-{following.pk}"

    def _recorded(self, task: CaseTask, done: list[str], address: str, count: int = 1) -> HttpResponseBase:
        self._keep_others(task, done)
        several = ngettext("Recorded for %(n)s remark", "Recorded for %(n)s remarks", count) % {"n": count}
        messages.success(self.request, several if count > 1 else _("Recorded"))
        return redirect(address)

    def _keep_others(self, task: CaseTask, done: list[str]) -> None:
        """Keep what was typed on the other rows until it is recorded."""
        typed = {**typed_before(self, task), **self._typed_now()}
        left = {name: texts for name, texts in typed.items() if not name.startswith(tuple(done))}
        FormDraft.objects.update_or_create(
            user=self.asker.user, task=task, defaults={"fields": left, "saved_at": timezone.now()}
        )

    def _typed_now(self) -> dict[str, list[str]]:
        posted = self.request.POST
        return {
            name: posted.getlist(name)
            for name in posted
            if name.startswith(("r", "q", f"{BULK}-")) and "-" in name and not name.endswith("-key")
        }

    # --- showing -----------------------------------------------------------------------------------------------------

    def refuse(self, refused: Refused, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
        """Show the page with what was not recorded and why."""
        response = self.show(self._typed_now(), refused)
        response.status_code = status
        return response

    def show(self, typed: Typed, refused: Refused | None = None) -> HttpResponse:
        """Show one page of the table."""
        held = refused.remark if refused else None
        table = self._table(held.pk if held else None)
        bound = refused.form if refused else None
        row = (held, bound) if held and isinstance(bound, DispositionForm) else None
        bulk = self._bulk(table, typed, refused)
        picked = bulk.picked if bulk else ()
        rows = Rows(
            table, RowForms(table, typed, row), picked=picked, acts=acts_of_upholding(self, table, bound)
        )
        context = {
            "rows": rows.all(),
            "bulk": bulk,
            "asked": self.asked,
            "states": table.states(),
            "selection": table.selection(),
            "next_url": table.next_url,
            "first_url": table.first_url,
            "requirement_rows": self._requirement_rows(typed, refused),
            "ends_late_answers": self._ends_late_answers(),
            "silent": self._silent(),
            "is_long": LONG_LIST,
            "given_count": self._given(),
            "asked_count": self._asked(),
            "task": self.answering,
            "form": bound,
            "refused": None if isinstance(bound, UpholdForm) else bound,
        }
        return render(self.request, "workflows/plan_dispositions.html", self.head() | context)

    def _table(self, holds: int | None = None) -> Table:
        return Table(self, self.tracing, self.asked, is_answering=self.answering is not None, holds=holds)

    def _bulk(self, table: Table, typed: Typed, refused: Refused | None) -> BulkDispositionForm | None:
        """Return the form for several remarks, where there are some; those that were looked for are ticked."""
        if refused and refused.bulk:
            return refused.bulk
        left = [remark.pk for remark in table.page if answer_of(remark) is None]
        if self.answering is None or len(left) < 2:
            return None
        form = self._bulk_form(left if self.asked.is_selection else [])
        form.initial = {**form.initial, **typed_in(typed, BULK, *ROW_FIELDS)}
        return form

    def _bulk_form(self, picked: Sequence[int], data: QueryDict | None = None) -> BulkDispositionForm:
        places = self._table().places()
        own = _("Where each remark points")
        return BulkDispositionForm(data, prefix=BULK, places=places, own=own, full=True, picked=picked)

    def _ends_late_answers(self) -> int:
        """Return how many agencies are still silent and may answer until the first remark is disposed of."""
        last = max(self.opinions, key=lambda opinion: opinion.consultation.round, default=None)
        if self.answering is None or last is None or not last.consultation.takes_late_answers:
            return 0
        return sum(self._is_silent_in(opinion, last.consultation) for opinion in self.opinions)

    def _is_silent_in(self, opinion: Opinion, consultation: Consultation) -> bool:
        return opinion.consultation_id == consultation.pk and opinion.state == OpinionState.SILENT

    def _requirement_rows(self, typed: Typed, refused: Refused | None) -> list[RequirementRow]:
        if not self.sees_all:
            return []
        return [RequirementRow(each, self._answer_form(each, typed, refused)) for each in self.requirements]

    def _answer_form(
        self, requirement: Requirement, typed: Typed, refused: Refused | None
    ) -> AnswerForm | None:
        if refused and refused.requirement == requirement and isinstance(refused.form, AnswerForm):
            return refused.form
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
        return Opinion.objects.filter(consultation__in=last).exclude(state=OpinionState.WITHDRAWN).count()


Row = TypeVar("Row", Remark, Requirement)


def one_or_404(rows: Sequence[Row], wanted: str) -> Row:
    """Return the row of the wanted primary key among those the person may answer."""
    for row in rows:
        if str(row.pk) == wanted:
            return row
    raise Http404


def add_error(form: Any, error: DomainError) -> None:
    """Put a refusal on the form; the next try is another act, so it gets another key."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
    if "key" in form.fields:
        renew(form, "key", uuid4())


def renew(form: Form, field: str, value: object) -> None:
    """Put a fresh version or key into a form that was sent, so that the next try is made on what the page shows."""
    form.data = renewed(cast("QueryDict", form.data), form.add_prefix(field), value)


def status_of(error: DomainError) -> HTTPStatus:
    """Return how a refusal is answered: a lost race is a conflict, a busy case is worth another try."""
    if isinstance(error, AnsweredMeanwhileError | AnswerChangedError | HandedOnError):
        return HTTPStatus.CONFLICT
    return HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, BusyError) else HTTPStatus.UNPROCESSABLE_ENTITY
