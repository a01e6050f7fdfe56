"""The page of one task, whatever it is: show what is asked, take one act, tell what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts import proof
from accounts.authority import Hat
from accounts.models import User
from workflows.domain.errors import (
    AlreadyDoneError,
    BusyError,
    DomainError,
    KeyReusedError,
    NotAllowedError,
    StaleError,
)
from workflows.flows import steps
from workflows.forms.base import ActForm
from workflows.forms.requests import FIELDS as REQUEST_FIELDS
from workflows.models import CaseTask, FormDraft

from . import lending
from .base import CaseView, Context

NOT_TYPED = frozenset({"csrfmiddlewaretoken", "key", "seen", "drawn", "verb", "file_key", "remove", "keep"})
# Acts under these rights bind the office: whoever does one proves anew who she is, where her last proof is old.
SIGNED = frozenset(
    {"sign_plan", "sign_opinion", "sign_review", "decide", "call_ballot", "vote", "issue_plan"}
)
MAX_FIELDS = 2_000
MAX_LENGTH = 20_000


class TaskPage:
    """What one node's page shows and takes. Subclasses name the template, the form of each verb and the words.

    `forms` maps verbs to form classes; a verb shows only to a person who holds its right. `done` maps verbs to the
    sentence printed once the act went through.
    """

    template_name: ClassVar[str]
    forms: ClassVar[Mapping[str, type[ActForm]]]
    done: ClassVar[Mapping[str, Any]]
    autosaved: ClassVar[bool] = False  # whether what is typed is kept before it is sent
    undrawn: ClassVar[str | None] = (
        None  # what a form that came back starts with: text where the page says what changed
    )

    def __init__(self, view: "TaskView", task: CaseTask) -> None:
        self.view = view
        self.task = task
        self.assignment = task.process.assignment

    @cached_property
    def carriers(self) -> dict[str, list[Hat]]:
        """The hats that carry each right of the person on the task's part; one statement, where somebody asks."""
        return self.view.carriers_on(self.task)

    @property
    def rights(self) -> set[str]:
        """The rights the person holds on the task's part."""
        return set(self.carriers)

    def hat_of(self, verb: str) -> Hat | None:
        """Return the hat under which the person would use a verb; somebody else's where it is lent to her."""
        return next(iter(self.carriers.get(self.task.flow_task.verb(verb).right, [])), None)

    @property
    def verbs(self) -> list[str]:
        """The verbs the person may use, as the flow orders them."""
        return [
            verb.name
            for verb in self.task.flow_task.verbs
            if verb.right in self.rights and verb.name in self.forms
        ]

    @property
    def may_look(self) -> bool:
        """Tell whether somebody without a verb may read the page while the task waits."""
        return False

    def stamp(self) -> str:
        """Return what the page was drawn from; pages about a plan give the revision's stamp."""
        return ""

    def drawn(self) -> str | None:
        """Return what tells a later answer what the page showed, where the page says what changed since."""
        return self.undrawn

    def note_opened(self) -> bool:
        """Note that the page is read, where that matters; tell whether the task still waits."""
        return True

    def elsewhere(self) -> str:
        """Return the URL where the work is done, for a node whose work has pages of its own."""
        return ""

    def initial(self, verb: str) -> dict[str, Any]:
        """Return what a fresh form of the verb starts with."""
        return {}

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Return further arguments of the verb's form."""
        return {}

    def make_form(self, verb: str, data: Any = None, files: Any = None) -> ActForm:
        """Return the form of a verb, bound where there is input."""
        return self.forms[verb](
            data,
            files,
            task=self.task,
            seen="" if data is not None else self.stamp(),
            drawn=self.drawn() if data is None else self.undrawn,
            initial={} if data is not None else self.initial(verb),
            prefix=None,
            **self.form_arguments(verb),
        )

    def refuse(self, form: ActForm, error: DomainError) -> None:
        """Say on a form why the domain refused it."""
        form.add_error(error.field if error.field in form.fields else None, error.message)

    def after(self, verb: str) -> str:
        """Return where an act leads; nothing for the inbox."""
        return ""

    def context(self) -> Context:
        """Return what the template needs beyond the forms."""
        return {}

    def why_closed(self) -> str:
        """Return why the task was closed without anybody of the asker's doing it, where the record says."""
        return ""

    def typed_words(self, request: HttpRequest) -> list["Typed"]:
        """Return what was written into a form that came too late."""
        return typed_words(request)


class TaskView(CaseView):
    """GET shows the task's page, POST does one of its verbs (`verb` names it)."""

    pages: ClassVar[dict[tuple[str, str], type[TaskPage]]] = {}

    @classmethod
    def register(cls, *places: tuple[str, str]) -> Any:
        """Register a page for (flow name, node name) places."""

        def keep(page: type[TaskPage]) -> type[TaskPage]:
            cls.pages.update(dict.fromkeys(places, page))
            return page

        return keep

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show what is asked; a closed task, or one for somebody else, leads to the case."""
        page = self._page(self.task_or_404(public_id))
        if not page.task.is_open or not (page.verbs or page.may_look) or not page.note_opened():
            return redirect("assignment", page.assignment.public_id)
        elsewhere = page.elsewhere()
        if elsewhere:
            return redirect(elsewhere)
        return self._show(page, {verb: page.make_form(verb) for verb in page.verbs})

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Do the act; on refusal show the page again with every word that was typed."""
        page = self._page(self.task_or_404(public_id))
        verb = request.POST.get("verb", "")
        if verb not in page.forms:
            raise Http404
        form = page.make_form(verb, request.POST, request.FILES)
        if not form.is_valid():
            return self._refuse(page, verb, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._perform(page, verb, form)

    def _perform(self, page: TaskPage, verb: str, form: ActForm) -> HttpResponseBase:
        asker = self.asker
        if page.task.flow_task.verb(verb).right in SIGNED:
            proof.require_recent(self.request)
        attempt = steps.Attempt(asker.actor, asker.hats, form.cleaned_data["key"], form.cleaned_data["seen"])
        try:
            verb = steps.perform(page.task, verb, attempt, form.given()).verb
        except (AlreadyDoneError, KeyReusedError) as error:
            return self._lost(page, error)
        except NotAllowedError as error:
            return self._forbidden(page, error.message)
        except StaleError as error:
            form.add_error(None, error.message)
            return self._refuse(page, verb, form, HTTPStatus.CONFLICT)
        except BusyError as error:
            form.add_error(None, error.message)
            return self._refuse(page, verb, form, HTTPStatus.SERVICE_UNAVAILABLE)
        except DomainError as error:
            page.refuse(form, error)
            return self._refuse(page, verb, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if page.autosaved:
            steps.forget_draft(asker.user, page.task)
        messages.success(self.request, page.done[verb])
        return redirect(page.after(verb) or "inbox")

    def _page(self, task: CaseTask) -> TaskPage:
        place = (type(task.flow_task.flow_class.instance).__name__, task.flow_task.name)
        return self.pages[place](self, task)

    def _lost(self, page: TaskPage, error: DomainError) -> HttpResponse:
        context = {
            "error": error,
            "why": page.why_closed(),
            "typed": page.typed_words(self.request),
            "assignment": page.assignment,
            "task": page.task,
        }
        return render(self.request, "workflows/lost.html", context, status=HTTPStatus.CONFLICT)

    def _forbidden(self, page: TaskPage, message: str) -> HttpResponse:
        context = {"message": message, "back_url": reverse("assignment", args=[page.assignment.public_id])}
        return render(self.request, "403.html", context, status=HTTPStatus.FORBIDDEN)

    def _refuse(self, page: TaskPage, verb: str, form: Form, status: HTTPStatus) -> HttpResponse:
        if not page.task.is_open or verb not in page.verbs:
            return self._closed(page, status)
        fresh = {name: page.make_form(name) for name in page.verbs if name != verb}
        response = self._show(page, fresh | {verb: form}, active=verb)
        response.status_code = status
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = "2"
        return response

    def _closed(self, page: TaskPage, status: HTTPStatus) -> HttpResponse:
        if page.task.is_open:
            return self._forbidden(page, _("Your position does not allow this act."))
        what = str(page.task.flow_task.task_title)
        error = AlreadyDoneError(who=page.task.done_as, what=what, when=page.task.finished)
        return self._lost(page, error)

    def _show(self, page: TaskPage, forms: Mapping[str, Form], active: str = "") -> HttpResponse:
        context = {
            "task": page.task,
            "assignment": page.assignment,
            "directive": page.assignment.directive,
            "forms": forms,
            "active": active,
            "form": forms.get(active),
            "verbs": page.verbs,
            "acting": lending.bar_of(page.hat_of(verb) for verb in page.verbs),
            **page.context(),
        }
        return render(self.request, page.template_name, context)


class TaskDraftView(CaseView):
    """Keep what a person has typed into a task's form (autosave); the latest wins, only she reads it."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Store the typed fields; 204, or 413 where there is too much."""
        task = self.task_or_404(public_id)
        if not keep_typed(self, task, typed_fields(request)):
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that was typed and not sent; `label` says where it belongs, where that is not plain."""

    text: str
    label: str = ""


def typed_words(request: HttpRequest) -> list[Typed]:
    """Return the longer texts of a form that came too late, so that nobody has to write them again."""
    endings = ("text", "suggestion", "reason", "note", "answer")
    names = [name for name in request.POST if name.endswith(endings)]
    return [Typed(text) for name in names for text in request.POST.getlist(name) if text.strip()]


def typed_fields(request: HttpRequest) -> dict[str, list[str]]:
    """Return what a person has typed: every field but those the page put there."""
    return {name: request.POST.getlist(name) for name in request.POST if name not in NOT_TYPED}


def keep_typed(view: CaseView, task: CaseTask, fields: dict[str, list[str]]) -> bool:
    """Keep what a person has typed into a task that still waits; False where it is too much."""
    texts = [text for written in fields.values() for text in written]
    if len(fields) > MAX_FIELDS or any(len(text) > MAX_LENGTH for text in texts):
        return False
    if task.is_open:
        _keep(view.asker.user, task, fields)
    return True


@transaction.atomic
def _keep(user: User, task: CaseTask, fields: dict[str, list[str]]) -> None:
    """Store the fields; what was typed into the task's other form, of which she has a page too, stays."""
    of_request = any(name.startswith(REQUEST_FIELDS) for name in fields)
    draft = FormDraft.objects.select_for_update().filter(user=user, task=task).first()
    others = draft.fields if draft else {}
    kept = {name: texts for name, texts in others.items() if name.startswith(REQUEST_FIELDS) != of_request}
    FormDraft.objects.update_or_create(
        user=user, task=task, defaults={"fields": kept | fields, "saved_at": timezone.now()}
    )


def typed_before(view: CaseView, task: CaseTask) -> dict[str, list[str]]:
    """Return what the person had typed into this task's form and not sent."""
    draft = FormDraft.objects.filter(user=view.asker.user, task=task).first()
    return draft.fields if draft else {}
