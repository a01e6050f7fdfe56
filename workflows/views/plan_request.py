"""The request for opinions as it is prepared: a tab of the plan, the lead's own desk."""

from collections.abc import Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import regulation
from workflows import holding, policies
from workflows.domain import phases, requests
from workflows.domain.errors import BusyError, DomainError
from workflows.domain.phases import HandedOnError
from workflows.flows import steps
from workflows.forms.fields import AgencyChoices
from workflows.forms.requests import (
    FIELDS,
    VERSION,
    PreparedRequestForm,
    QuestionForm,
    Typed,
    questions_read_back,
    read_back,
    typed,
    typed_questions,
    words_typed,
)
from workflows.models import Consultation, FormDraft, Opinion, Phase, RequestDraft, Role

from .agencies import names_on
from .base import Context
from .plan_page import PlanTab, renewed
from .request_rows import (
    AgencyGroup,
    agency_groups,
    clashes,
    members,
    outlook,
    quick_picks,
    term_words,
)
from .tasks import Typed as TypedWords
from .tasks import typed_before

CHOOSING = {"add", "drop", "only"}
ROWS = {"add-question", "remove-question", "show"}


class PlanRequestView(PlanTab):
    """GET shows what is prepared, as a form to who drafts the plan; POST stores it or presses one of its buttons."""

    tab = "request"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the prepared request; ?part=outlook only what follows from what is typed."""
        self.open_plan(public_id)
        if not self.is_editing:
            return render(request, "workflows/plan_request_read.html", self.head() | self._read())
        form = self._fresh_form()
        if request.GET.get("part") == "outlook":
            return render(request, "workflows/plan_request_outlook.html", self._outlook(form))
        return self._show(form)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Store the request, or show it again with what a button changed."""
        self.open_plan(public_id)
        if not self.is_editing:
            return self._handed_on()
        op, _colon, name = request.POST.get("op", "save").partition(":")
        if op == "save":
            return self._save(self._form(request.POST))
        if op not in CHOOSING | ROWS:
            raise BadRequest
        return self._press(op, name)

    def open_plan(self, public_id: UUID) -> None:
        """Load the plan; it is the lead's own desk, absent for everybody else."""
        super().open_plan(public_id)
        if not self.is_lead:
            raise Http404

    @property
    def has_unsaved_request(self) -> bool:
        """Tell whether the page shows what is not stored: each that answers a POST does."""
        return self.request.method == "POST" or super().has_unsaved_request

    # --- storing -----------------------------------------------------------------------------------------------------

    def _save(self, form: PreparedRequestForm) -> HttpResponseBase:
        if not form.is_valid():
            return self._show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            answer = self._once(form)
        except requests.RequestChangedError as error:
            return self._changed(error)
        except HandedOnError:
            return self._handed_on()
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            busy = isinstance(error, BusyError)
            return self._show(
                form, status=HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.UNPROCESSABLE_ENTITY
            )
        self._forget_typed()
        if not answer.repeated:
            messages.success(self.request, _("The prepared request was saved."))
        return redirect(self.url("plan-request"))

    def _once(self, form: PreparedRequestForm) -> steps.Answer:
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        given, version = form.given(), form.cleaned_data["version"] or 0
        assignment = self.plan.assignment

        def act() -> RequestDraft:
            """Ask the right once the case is held: the draft may just have been handed on."""
            phases.hold(assignment, Phase.DRAFTING, Phase.DISPOSING)
            if not policies.can_edit_plan(self.asker.hats, self.asker.user, assignment):
                raise HandedOnError
            return requests.save_request(assignment, given=given, version=version, actor=attempt.actor)

        what = [str(self.plan.public_id), form.fingerprint()]
        return steps.once(attempt, "request.save", what, act)

    def _changed(self, error: requests.RequestChangedError) -> HttpResponse:
        """Show theirs beside mine; the next save is made in sight of theirs."""
        version = error.draft.version if error.draft else 0
        form = self._form(renewed(self.request.POST, VERSION, version))
        return self._show(form, conflict=error, status=HTTPStatus.CONFLICT)

    def _handed_on(self) -> HttpResponseBase:
        """Refuse to who may not; who drafts it at another stage gets back what she typed."""
        self.forget()
        parts = holding.participations_with(self.asker.hats, self.asker.user, "draft_plan")
        words = [TypedWords(text) for text in words_typed(self._posted()) if text.strip()]
        if not parts.filter(assignment=self.plan.assignment, role=Role.LEAD).exists():
            refusal = self.refusal()
            if refusal is not None:
                return refusal
        context = {"error": HandedOnError(), "typed": words, "assignment": self.plan.assignment}
        return render(self.request, "workflows/lost.html", context, status=HTTPStatus.CONFLICT)

    def _forget_typed(self) -> None:
        """Drop what was typed here and is stored now; what was typed elsewhere on the task stays."""
        if self.task is None:
            return
        left = {name: texts for name, texts in self._typed_earlier.items() if not name.startswith(FIELDS)}
        FormDraft.objects.filter(user=self.asker.user, task=self.task).update(fields=left)

    # --- buttons that change the form and store nothing --------------------------------------------------------------

    def _press(self, op: str, name: str) -> HttpResponse:
        data = self._posted()
        initial, questions = typed(data), typed_questions(data)
        if op in CHOOSING:
            groups = self._groups(self._unjudged(initial, questions))
            initial["agencies"] = sorted(_chosen(op, set(initial["agencies"]), members(groups, name)))
        else:
            questions = _reshaped(op, name, questions)
        return self._show(self._unjudged(initial, questions))

    def _posted(self) -> Typed:
        return {name: self.request.POST.getlist(name) for name in self.request.POST}

    # --- the form ----------------------------------------------------------------------------------------------------

    @cached_property
    def _choices(self) -> AgencyChoices:
        return AgencyChoices.load(on=timezone.localdate())

    @cached_property
    def _draft(self) -> RequestDraft | None:
        return requests.prepared_request(self.plan.assignment)

    @cached_property
    def _choice(self) -> dict[int, bool]:
        return requests.choice_of(self.plan.assignment)

    @cached_property
    def _answers(self) -> dict[int, Opinion]:
        """The last answers of agencies asked before; nobody was while the first draft is written."""
        return {} if self.node == "draft" else requests.last_answers(self.plan.assignment)

    @cached_property
    def _named(self) -> set[int]:
        return requests.named_in_directive(self.plan.assignment)

    @cached_property
    def _typed_earlier(self) -> Typed:
        """What the person typed on this task's pages and has not stored."""
        return typed_before(self, self.task) if self.task else {}

    def _form(self, data: Any = None, **more: Any) -> PreparedRequestForm:
        return PreparedRequestForm(data, choices=self._choices, lead_id=self.plan.assignment.lead_id, **more)

    def _unjudged(self, initial: dict[str, Any], questions: Sequence[dict[str, Any]]) -> PreparedRequestForm:
        return self._form(initial=initial, questions=questions)

    def _fresh_form(self) -> PreparedRequestForm:
        """Return the form with what the person typed and did not save, else with what is stored."""
        data = self._typed_earlier
        if VERSION in data:
            questions = [each for each in typed_questions(data) if each["text"] or any(each["option"])]
            return self._unjudged(typed(data), questions)
        return self._unjudged(read_back(self._draft, self._choice), questions_read_back(self._draft))

    # --- showing -----------------------------------------------------------------------------------------------------

    def _show(
        self,
        form: PreparedRequestForm,
        *,
        conflict: requests.RequestChangedError | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        conflict = conflict or self._overtaken(form)
        groups = self._groups(form)
        context = (
            self.head()
            | self._outlook(form)
            | {
                "form": form,
                "groups": groups,
                "chosen": sum(group.asked for group in groups),
                "required": sum(
                    row.is_asked and not row.is_optional for group in groups for row in group.rows
                ),
                "quick": quick_picks(groups),
                "draft": self._draft,
                "task": self.task,
                "is_unsaved": self.has_unsaved_request,
                "conflict": conflict,
                "clashes": clashes(form, self._draft, self._choice) if conflict else [],
                "policies": _policies(form),
                "max_questions": requests.MAX_QUESTIONS,
                "blank_question": QuestionForm(prefix=f"{FIELDS}q__n__"),
            }
        )
        return render(self.request, "workflows/plan_request.html", context, status=status)

    def _overtaken(self, form: PreparedRequestForm) -> requests.RequestChangedError | None:
        """Tell whether what the person typed some time ago was overtaken; then the form is made on what is stored."""
        version = self._draft.version if self._draft else 0
        if form.is_bound or str(form.initial.get("version") or 0) == str(version):
            return None
        form.initial["version"] = version
        return requests.RequestChangedError(self._draft)

    def _groups(self, form: PreparedRequestForm) -> list[AgencyGroup]:
        return agency_groups(form, self.plan.assignment.lead_id, self._named, self._answers)

    def _outlook(self, form: PreparedRequestForm) -> Context:
        """Return what follows from the form: what its due day leaves, and what the agencies will read."""
        assignment = self.plan.assignment
        silence = str(form["silence"].value() or regulation.rules("SILENCE")["policy"])
        names = names_on(timezone.localdate(), ids=[assignment.lead_id] if assignment.lead_id else [])
        return {
            "assignment": assignment,
            "outlook": outlook(assignment, form["due_on"].value()),
            "lead": names.full(assignment.lead) if assignment.lead else "",
            "note": form["note"].value(),
            "previewed": [
                {"text": each["text"].value(), "options": [line for line in each.lines if line]}
                for each in form.questions
                if each["text"].value()
            ],
            "citation": regulation.rules("SILENCE")["citations"].get(silence, ""),
            "asked_count": len(form.ticked("agencies")),
            "term": term_words(),
        }

    def _read(self) -> Context:
        """Return what is shown to the lead's other people, and to everybody once it is handed on."""
        form = self._unjudged(read_back(self._draft, self._choice), questions_read_back(self._draft))
        groups = self._groups(form)
        is_prepared = self.plan.assignment.phase in {Phase.DRAFTING, Phase.DISPOSING}
        rounds = Consultation.objects.filter(assignment=self.plan.assignment).annotate(n=Count("opinions"))
        return self._outlook(form) | {
            "groups": [group for group in groups if group.asked],
            "draft": self._draft,
            "is_prepared": is_prepared and (self._draft is not None or bool(self._choice)),
            "rounds": list(rounds.select_related("revision").order_by("-round", "-id")),
        }


def _chosen(op: str, now: set[str], group: set[str]) -> set[str]:
    return {"add": now | group, "drop": now - group, "only": group}[op]


def _reshaped(op: str, name: str, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the questions with a row more or less; to show them again gives each another empty option."""
    row = int(name) if name.isascii() and name.isdigit() and len(name) < 4 else -1
    if op == "add-question":
        return [*questions, {}]
    if op == "remove-question" and 0 <= row < len(questions):
        return [each for number, each in enumerate(questions) if number != row]
    return questions


def _policies(form: PreparedRequestForm) -> list[dict[str, Any]]:
    """Return the choices of what silence counts as, each with the rule that says so."""
    citations = regulation.rules("SILENCE")["citations"]
    return [
        {"option": option, "citation": citations[str(option.data["value"])]} for option in form["silence"]
    ]
