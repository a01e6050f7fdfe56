"""Pages of the report flow: reporting a result and confirming it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.forms.reports import ConfirmForm, ReportForm, SendBackForm
from workflows.models import Report
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActPage, ActWords


class ResultPage(ActPage):
    """A page about the result of an assignment."""

    def reports(self) -> list[Report]:
        """Return what was reported so far, newest first."""
        found = Report.objects.filter(assignment=self.assignment).select_related("file", "answered_by")
        return list(found.order_by("-number", "-id"))

    def facts(self) -> Context:
        """Return the assignment's lead and the reports."""
        lead = self.assignment.lead
        return {"lead": self.names.full(lead) if lead else "", "reports": self.reports()}


@TaskView.register(("ReportFlow", "report"))
class ReportPage(ResultPage):
    """The lead reports what was done."""

    template_name = "workflows/tasks/report.html"
    heading = gettext_lazy("Report the result")
    forms = {"report": ReportForm}
    acts: ClassVar[Mapping[str, ActWords]] = {}  # the form is the page
    done = {"report": gettext_lazy("The result was reported; the Office confirms it.")}

    def facts(self) -> Context:
        """Return the form as well."""
        return super().facts() | {"report_form": self.made["report"]}

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Say who hands a file in, and whether she may."""
        return {"actor": self.view.asker.actor, "may_store": self.task.is_open and verb in self.verbs}


@TaskView.register(("ReportFlow", "confirm"))
class ConfirmPage(ResultPage):
    """The Office confirms the result or sends it back."""

    template_name = "workflows/tasks/confirm.html"
    heading = gettext_lazy("Confirm the result")
    forms = {"confirm": ConfirmForm, "return": SendBackForm}
    acts = {
        "confirm": ActWords(gettext_lazy("Confirm completion"), "check", "primary"),
        "return": ActWords(gettext_lazy("Return the result"), "return", "return"),
    }
    done = {
        "confirm": gettext_lazy("The assignment is completed."),
        "return": gettext_lazy("The result went back to the lead agency."),
    }

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        if verb == "confirm":
            return _("The assignment counts as completed from this moment.")
        return _("The lead agency reads what is missing and reports again.")
