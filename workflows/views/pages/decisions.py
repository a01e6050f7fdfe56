"""Pages of the Committee's decision, and of the clerk who numbers and issues."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import Actor
from workflows.domain import binding, issuing, signing, submissions
from workflows.domain.binding import UnknownFormError
from workflows.domain.calendars import due_after
from workflows.forms.ballots import CallBallotForm
from workflows.forms.decisions import ApproveForm, IssueForm, RejectForm, ReturnForRevisionForm
from workflows.forms.pauses import TakeOverForm
from workflows.models import (
    Assignment,
    Decision,
    IssuedDocument,
    Participation,
    Register,
    Role,
    Submission,
)
from workflows.views.base import Context
from workflows.views.papers import paper_of
from workflows.views.tasks import TaskView
from workflows.views.vocabulary import parts_in_words

from . import ballots
from .acting import ActWords, PlanPage
from .dossier import Dossier
from .pausing import QUIET_ACTS, QUIET_DONE, QUIET_FORMS, TAKE_OVER, TAKEN_OVER, BesidePage
from .reasons import Reason
from .trail import why_ended


@TaskView.register(("PlanApprovalFlow", "decide"))
class DecidePage(BesidePage):
    """The Committee's leader approves, returns or refuses; what she may do beside that stands in a quiet row."""

    template_name = "workflows/tasks/decide.html"
    heading = gettext_lazy("Decision")
    forms = {
        "approve": ApproveForm,
        "return": ReturnForRevisionForm,
        "reject": RejectForm,
        "ballot": CallBallotForm,
        "take_over": TakeOverForm,
        **QUIET_FORMS,
    }
    acts = {
        "approve": ActWords(
            gettext_lazy("Approve"),
            "stamp",
            "primary",
            title=gettext_lazy("Approve"),
            submit=gettext_lazy("Approve"),
        ),
        "return": ActWords(
            gettext_lazy("Return for revision"), "return", "return", short=gettext_lazy("Return")
        ),
        "reject": ActWords(gettext_lazy("Refuse"), "ban", "refuse"),
        "ballot": ballots.CALL,
        "take_over": TAKE_OVER,
        **QUIET_ACTS,
    }
    done = {
        "approve": gettext_lazy("The plan was approved; the clerk numbers and issues it."),
        "return": gettext_lazy("The plan was returned with what must be added."),
        "reject": gettext_lazy("The plan was refused."),
        "ballot": ballots.CALLED,
        "take_over": TAKEN_OVER,
        **QUIET_DONE,
    }

    def facts(self) -> Context:
        """Return everything that is judged, what the members said where they were asked, and why it is back."""
        found = super().facts()
        asked = ballots.facts_of(self.bound.submission, self.bound.sha256)
        return (
            found
            | asked
            | {"checks": [*found["checks"], *asked["ballot_checks"]], "reason": ended_reason(self.dossier)}
        )

    def initial(self, verb: str) -> dict[str, Any]:
        """Offer the members' amendments as requirements of a return, and the days by which something has to be back."""
        if verb == "return":
            back_on = timezone.localdate(due_after("dispose", timezone.now()))
            return {
                "requirements": ballots.offered_requirements(self.bound.submission),
                "back_on": back_on,
            }
        return ballots.call_initial() if verb == "ballot" else super().initial(verb)

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Name the agencies whose disagreement an approval overrides."""
        if verb != "approve":
            return super().form_arguments(verb)
        found = self.dossier.disagreements
        names = dict.fromkeys(self.names.short(each.participation.agency) for each in found)
        return {"disagreeing": list(names)}

    def note_opened(self) -> bool:
        """Note that somebody who may decide reads the file: from now on the lead cannot recall it."""
        if "decide" not in self.rights:
            return True
        return submissions.note_opened(self.task, actor=self.view.asker.actor)

    def consequence(self, verb: str) -> str:
        """Say as what the person signs, and what follows."""
        if verb in QUIET_ACTS or verb == "take_over":
            return super().consequence(verb)
        if verb == "approve":
            words = _("You sign: %(capacity)s. The clerk numbers and issues the plan right after.")
            return words % {"capacity": self.capacity(verb)}
        if verb == "return":
            return _("The file goes back to %(lead)s. The Office is told.") % self.lead_words()
        if verb == "ballot":
            return ballots.call_consequence()
        return _("The process ends here; %(lead)s and the Office are told.") % self.lead_words()

    def capacity(self, verb: str) -> str:
        """Return the lines above the person's name, or why she may not sign (Decree 30/2020/NĐ-CP art. 13)."""
        actor = Actor(user=self.view.asker.user, hat=self.acting_hat(verb))
        try:
            return signing.signature_of(actor, signing.Paper.PLAN).title
        except signing.CannotSignError as error:
            return error.message


def ended_reason(dossier: Dossier) -> Reason | None:
    """Return who ended the last approval of the submission at hand, when and why; None where there was none."""
    here = [
        each for each in dossier.ended if dossier.submission and each.submission_id == dossier.submission.pk
    ]
    return Reason(here[-1].ended_as, here[-1].ended_at, why_ended(here[-1])) if here else None  # type: ignore[arg-type]


@TaskView.register(("PlanApprovalFlow", "issue"))
class IssuePage(PlanPage):
    """The clerk gives the approved plan its number and issues it."""

    template_name = "workflows/tasks/issue.html"
    heading = gettext_lazy("Number and issue")
    forms = {"issue": IssueForm}
    acts = {"issue": ActWords(gettext_lazy("Number and issue"), "stamp", "primary")}
    done = {
        "issue": gettext_lazy("The plan was numbered and issued."),
        "void": gettext_lazy(
            "Nothing was issued: the approved dossier has been changed since. The approval is void and the file is"
            " before the approver again."
        ),
    }

    def initial(self, verb: str) -> dict[str, Any]:
        """Offer the agencies that take part as recipients."""
        parts = Participation.objects.current().filter(assignment=self.assignment).select_related("agency")
        rows = parts.exclude(role=Role.APPROVE).order_by("agency__order", "agency_id", "id")
        return {"recipients": "\n".join(dict.fromkeys(self.names.full(part.agency) for part in rows))}

    def facts(self) -> Context:
        """Return the decision and the number that comes next."""
        dossier = Dossier(self.assignment, self.revision)
        submission = dossier.submission
        decision = submission.decision if submission else None
        return {
            "submission": submission,
            "decision": decision,
            "changed": parts_in_words(changed_since(decision, submission)) if decision else "",
            "next_code": next_code(self.assignment),
            "paper": paper_of(self.assignment, self.view.asker),
        }

    def why_closed(self) -> str:
        """Say that the approval was recalled, where that closed the task."""
        if self.task.verb:
            return ""
        ended = Decision.objects.filter(
            submission__assignment=self.assignment, ended_at__gte=self.task.created
        )
        last = ended.order_by("-ended_at", "-id").first()
        return _("%(who)s recalled the approval.") % {"who": last.ended_as} if last else ""

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        return _("The number is taken from the register and cannot be given back. The recipients are told.")


def changed_since(decision: Decision, submission: Submission | None) -> list[str]:
    """Return the parts that are not what was approved; of a form nobody here knows, that it is the decision itself."""
    try:
        return binding.changed_since(decision, submission)
    except UnknownFormError:
        return [binding.WHOLE]


def next_code(assignment: Assignment) -> str:
    """Return the number and symbol a plan issued now would get; another issue may take it first."""
    issuer, year = assignment.directive.issuer, timezone.localdate().year
    series = Register.objects.filter(issuer=issuer, type_group=issuing.PLAN_TYPE, year=year)
    last = series.values_list("last_number", flat=True).first() or 0
    return IssuedDocument(number=last + 1, symbol=f"{issuing.PLAN_TYPE}-{issuer.symbol}").code
