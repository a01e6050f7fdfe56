"""Pages of the Committee's decision, and of the clerk who numbers and issues."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Position
from workflows.domain import issuing
from workflows.forms.decisions import ApproveForm, IssueForm, RejectForm, ReturnForRevisionForm
from workflows.models import Assignment, IssuedDocument, Participation, Register, Role
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActWords, PlanPage
from .deciding import SubmittedPage
from .dossier import Dossier


@TaskView.register(("PlanApprovalFlow", "decide"))
class DecidePage(SubmittedPage):
    """The Committee's leader approves, returns or refuses."""

    template_name = "workflows/tasks/decide.html"
    heading = gettext_lazy("Decision")
    forms = {"approve": ApproveForm, "return": ReturnForRevisionForm, "reject": RejectForm}
    acts = {
        "approve": ActWords(
            gettext_lazy("Approve"),
            "stamp",
            "primary",
            title=gettext_lazy("Approve"),
            submit=gettext_lazy("Approve"),
        ),
        "return": ActWords(gettext_lazy("Return for revision"), "return", "return"),
        "reject": ActWords(gettext_lazy("Refuse"), "ban", "refuse"),
    }
    done = {
        "approve": gettext_lazy("The plan was approved; the clerk numbers and issues it."),
        "return": gettext_lazy("The plan was returned with what must be added."),
        "reject": gettext_lazy("The plan was refused."),
    }

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Name the agencies whose disagreement an approval overrides."""
        if verb != "approve":
            return {}
        found = self.dossier.disagreements
        names = dict.fromkeys(self.names.short(each.participation.agency) for each in found.values())
        return {"disagreeing": list(names), "disputed": " ".join(found)}

    def consequence(self, verb: str) -> str:
        """Say as what the person signs, and what follows."""
        if verb == "approve":
            words = _("You sign as %(capacity)s. The clerk numbers and issues the plan right after.")
            return words % {"capacity": self.capacity(verb)}
        if verb == "return":
            return _("The file goes back to %(lead)s. The Office is told.") % self._lead()
        return _("The process ends here; %(lead)s and the Office are told.") % self._lead()

    def capacity(self, verb: str) -> str:
        """Return the form of signature: a Vice-Chair signs for the Chair (Decree 30/2020/NĐ-CP art. 13)."""
        hat = self.acting_hat(verb)
        if hat is None:
            return ""
        if hat.position == Position.VICE_CHAIR:
            return pgettext("signature", "for the Chair, Vice-Chair")
        return str(Position(hat.position).label)


@TaskView.register(("PlanApprovalFlow", "issue"))
class IssuePage(PlanPage):
    """The clerk gives the approved plan its number and issues it."""

    template_name = "workflows/tasks/issue.html"
    heading = gettext_lazy("Number and issue")
    forms = {"issue": IssueForm}
    acts = {"issue": ActWords(gettext_lazy("Number and issue"), "stamp", "primary")}
    done = {"issue": gettext_lazy("The plan was numbered and issued.")}

    def initial(self, verb: str) -> dict[str, Any]:
        """Offer the agencies that take part as recipients."""
        parts = Participation.objects.current().filter(assignment=self.assignment).select_related("agency")
        rows = parts.exclude(role=Role.APPROVE).order_by("agency__order", "agency_id", "id")
        return {"recipients": "\n".join(dict.fromkeys(self.names.full(part.agency) for part in rows))}

    def facts(self) -> Context:
        """Return the decision and the number that comes next."""
        dossier = Dossier(self.assignment, self.revision)
        submission = dossier.submission
        return {
            "submission": submission,
            "decision": getattr(submission, "decision", None),
            "next_code": next_code(self.assignment),
        }

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        return _("The number is taken from the register and cannot be given back. The recipients are told.")


def next_code(assignment: Assignment) -> str:
    """Return the number and symbol a plan issued now would get; another issue may take it first."""
    issuer, year = assignment.directive.issuer, timezone.localdate().year
    series = Register.objects.filter(issuer=issuer, type_group=issuing.PLAN_TYPE, year=year)
    last = series.values_list("last_number", flat=True).first() or 0
    return IssuedDocument(number=last + 1, symbol=f"{issuing.PLAN_TYPE}-{issuer.symbol}").code
