"""Pages of receiving an assignment and of naming another lead."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.forms.assignments import DeclineForm, ReassignForm
from workflows.forms.base import NoInputForm
from workflows.forms.fields import AgencyChoices
from workflows.models import Participation, Product
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActPage, ActWords
from .reasons import last_reason


class AssignmentPage(ActPage):
    """A page that shows the assignment as the directive states it; `reason_kind` is the event that led here."""

    reason_kind: ClassVar[str]

    def facts(self) -> Context:
        """Return who takes part."""
        parts = (
            Participation.objects.coordinating().filter(assignment=self.assignment).select_related("agency")
        )
        lead = self.assignment.lead
        return {
            "lead": self.names.full(lead) if lead else "",
            "coordinating": [self.names.full(part.agency) for part in parts],
            "reason": last_reason(self.assignment, self.reason_kind),
        }


@TaskView.register(("PlanApprovalFlow", "receive"), ("ReportFlow", "receive"))
class ReceivePage(AssignmentPage):
    """The lead takes the assignment on, or says why it is not its own."""

    template_name = "workflows/tasks/receive.html"
    heading = gettext_lazy("Accept")
    forms = {"accept": NoInputForm, "decline": DeclineForm}
    acts = {
        "accept": ActWords(gettext_lazy("Accept"), "check", "primary"),
        "decline": ActWords(gettext_lazy("Decline the assignment"), "return", "return"),
    }
    done = {
        "accept": gettext_lazy("The assignment was accepted."),
        "decline": gettext_lazy("The assignment went back to the Office, which names another lead."),
    }
    reason_kind = "assignment.reassigned"

    def consequence(self, verb: str) -> str:
        """Say where the assignment goes."""
        if verb == "decline":
            return _("The Office reads the reason and names another lead agency.")
        if self.assignment.product == Product.PLAN:
            return _("A draft of the plan is opened for your agency.")
        return _("Your agency does the work and reports the result.")


@TaskView.register(("PlanApprovalFlow", "reassign"), ("ReportFlow", "reassign"))
class ReassignPage(AssignmentPage):
    """The Office names another lead, or the same one again."""

    template_name = "workflows/tasks/reassign.html"
    heading = gettext_lazy("Name another lead")
    forms = {"reassign": ReassignForm}
    acts = {"reassign": ActWords(gettext_lazy("Name another lead"), "forward", "primary")}
    done = {"reassign": gettext_lazy("The assignment was sent to the new lead agency.")}
    reason_kind = "assignment.declined"

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Give the form the agencies that exist today."""
        return {"choices": AgencyChoices.load(on=timezone.localdate())}

    def consequence(self, verb: str) -> str:
        """Say what becomes of the present lead."""
        return _("The present lead loses its rights on this assignment; the new one is asked to accept it.")
