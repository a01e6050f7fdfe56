"""Pages of the lead: its draft, the request for opinions it signs, and the plan it puts forward."""

from datetime import date
from functools import cached_property
from typing import Any

from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regulation
from workflows.domain import calendars, consultations, dispositions, requests
from workflows.domain.consultations import PreparedChangedError, ShortReserveError
from workflows.domain.errors import DomainError
from workflows.forms.base import ActForm
from workflows.forms.opinions import RequestForm, ReturnForm
from workflows.forms.plans import FinishForm
from workflows.forms.reviews import SubmitForm
from workflows.models import RequestDraft
from workflows.views.annexes import annex_rows
from workflows.views.base import Context
from workflows.views.plan_page import renewed
from workflows.views.request_rows import term_words
from workflows.views.tasks import TaskView

from .acting import ActWords, PlanPage
from .asking import RoundDossier, asked_of
from .changes import changes_of, requirements_of
from .checking import checks_of
from .deciding import dissents_of, points_of
from .dossier import Dossier
from .reading import read

RETURN = ActWords(gettext_lazy("Return to the drafter"), "return", "return")


class DraftingPage(PlanPage):
    """A node whose work happens on the plan's own pages; only a refused hand-over is shown here."""

    template_name = "workflows/task_finish.html"
    forms = {"finish": FinishForm}
    tab = "plan"

    def elsewhere(self) -> str:
        """Return the page on which the work is done."""
        return resolve_url(self.tab, self.revision.plan.public_id)


@TaskView.register(("PlanApprovalFlow", "draft"))
class DraftPage(DraftingPage):
    """The specialist drafts the plan."""

    heading = gettext_lazy("Draft the plan")
    acts = {"finish": ActWords(gettext_lazy("Submit to head"), "send", "primary")}
    done = {"finish": gettext_lazy("The draft was submitted to the head of the agency.")}


@TaskView.register(("PlanApprovalFlow", "dispose"))
class DisposePage(DraftingPage):
    """The specialist answers the remarks and revises the plan."""

    heading = gettext_lazy("Answer the remarks")
    forms = {"finish": FinishForm, "ask_again": FinishForm}
    tab = "plan-dispositions"
    acts = {
        "finish": ActWords(gettext_lazy("Submit to head"), "send", "primary"),
        "ask_again": ActWords(gettext_lazy("Ask for comments again"), "comment"),
    }
    done = {
        "finish": gettext_lazy("The revised plan was submitted to the head of the agency."),
        "ask_again": gettext_lazy("The request for another round was submitted to the head of the agency."),
    }

    def facts(self) -> Context:
        """Return the remarks without an answer: they are why a hand-over is refused."""
        return {"open_remarks": dispositions.open_remarks(self.assignment)}


@TaskView.register(("PlanApprovalFlow", "sign_request"), ("PlanApprovalFlow", "sign_again"))
class SignRequestPage(PlanPage):
    """The head reads the draft, whom it goes to and what is asked, and signs the request for opinions."""

    template_name = "workflows/tasks/sign_request.html"
    heading = gettext_lazy("Sign the request for opinions")
    forms = {"send": RequestForm, "return": ReturnForm}
    acts = {"send": ActWords(gettext_lazy("Request comments"), "send", "primary"), "return": RETURN}
    done = {
        "send": gettext_lazy("The request for opinions was sent."),
        "return": gettext_lazy("The draft went back to the drafter."),
    }

    def initial(self, verb: str) -> dict[str, Any]:
        """Offer the term of the working regulation."""
        if verb != "send":
            return {}
        draft = self.draft
        return {
            "due_on": self.due_on,
            "request_on": timezone.localdate(),
            "silence": (draft.silence if draft else "") or regulation.rules("SILENCE")["policy"],
            "note": draft.note if draft else "",
            "draft_version": draft.version if draft else 0,
        }

    @cached_property
    def draft(self) -> RequestDraft | None:
        """What the drafter prepared of the request."""
        return requests.prepared_request(self.assignment)

    @property
    def due_on(self) -> date:
        """The day the drafter prepared, as long as it lies ahead; else that of the working regulation's term."""
        prepared = self.draft.due_on if self.draft else None
        if prepared is not None and prepared > timezone.localdate():
            return prepared
        return timezone.localdate(calendars.due_after("opinion", timezone.now()))

    def _short_reserve(self) -> str:
        """Return why the day on offer leaves too few days for the answers, empty where it does not."""
        now = timezone.now()
        try:
            consultations.check_due(self.assignment, calendars.load_calendar().end_of(self.due_on), now=now)
        except ShortReserveError as error:
            return error.message
        except DomainError:
            return ""
        return ""

    def refuse(self, form: ActForm, error: DomainError) -> None:
        """Ask for the confirmation that is missing; of a request that was changed, show what it says now."""
        super().refuse(form, error)
        if isinstance(error, ShortReserveError) and isinstance(form, RequestForm):
            form.ask_reserve()
        if isinstance(error, PreparedChangedError):
            self.__dict__.pop("draft", None)
            version = self.draft.version if self.draft else 0
            form.data = renewed(self.view.request.POST, "draft_version", version)

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Say what the term is and where it is written, and whether the day on offer leaves a short reserve."""
        if verb != "send":
            return {}
        return {"term": term_words(), "short_reserve": self._short_reserve()}

    def facts(self) -> Context:
        """Return the draft, whom it goes to, what is asked; of a further round also what changed since the last."""
        is_again = self.task.flow_task.name == "sign_again"
        answers = requests.last_answers(self.assignment) if is_again else {}
        facts = {
            "reading": read(self.revision, self.names),
            "asked": asked_of(self.assignment, self.names, answers),
            "prepared": self.draft,
            "questions": self.draft.questions if self.draft else [],
            "citations": regulation.rules("SILENCE")["citations"],
        }
        return facts | self._further_round() if is_again else facts

    def _further_round(self) -> Context:
        dossier = RoundDossier(self.assignment, self.revision)
        heading = _("Sign the request for opinions, round %(n)s") % {"n": dossier.next_round}
        return {
            "heading": heading,
            "round": dossier.next_round,
            "changes": changes_of(dossier, self.names),
        }

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        if verb == "return":
            return _("The specialist reads what must be changed; nothing leaves the agency.")
        return _("This revision is frozen and sent to the agencies; what they read can no longer be changed.")


@TaskView.register(("PlanApprovalFlow", "sign_submission"))
class SignSubmissionPage(PlanPage):
    """The head sees what became of every remark and puts the plan forward."""

    template_name = "workflows/tasks/sign_submission.html"
    heading = gettext_lazy("Sign and put forward")
    forms = {"submit": SubmitForm, "return": ReturnForm}
    acts = {"submit": ActWords(gettext_lazy("Submit to Committee"), "send", "primary"), "return": RETURN}
    done = {
        "submit": gettext_lazy("The plan was put forward; the Office reviews the dossier."),
        "return": gettext_lazy("The plan went back to the drafter."),
    }

    def facts(self) -> Context:
        """Return the checks, the remarks without an answer and what changed."""
        dossier = Dossier(self.assignment, self.revision)
        changes = changes_of(dossier, self.names)
        return {
            "dossier": dossier,
            "tally": dossier.tally,
            "annexes": annex_rows(dossier.annexes),
            "points": points_of(dossier),
            "checks": checks_of(dossier, submitted=False),
            "changes": changes,
            "requirements": requirements_of(dossier, changes),
            "dissents": dissents_of(dossier, self.names),
            "lead": self.names.full(self.assignment.lead) if self.assignment.lead else "",
            "next_number": len(dossier.submissions) + 1,
        }

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        if verb == "return":
            return _("The specialist reads what must be changed; nothing leaves the agency.")
        return _("This revision is frozen with its content hash and goes to the Office for review.")
