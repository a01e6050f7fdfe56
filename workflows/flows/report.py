"""From an assignment to a confirmed result."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.base import Flow

from workflows.domain import assignments, reports
from workflows.models import CaseProcess, CaseTask, Role

from .clockwork import CaseEnd, CaseStart
from .locks import CASE_LOCK
from .nodes import AgencyTask


class ReportFlow(Flow):
    """The lead does the work and reports; only the Office's confirmation completes it."""

    process_class = CaseProcess
    task_class = CaseTask
    lock_impl = CASE_LOCK
    process_title: Any = _("Work to report on")

    start = CaseStart().Next(this.receive)

    receive = (
        AgencyTask(Role.LEAD, term="receive", title=_("Accept"))
        .Verb("accept", right="receive", act=assignments.accept, then=this.report)
        .Verb("decline", right="receive", act=assignments.decline, then=this.reassign)
    )
    reassign = AgencyTask(Role.REVIEW, term="receive", title=_("Name another lead")).Verb(
        "reassign", right="reassign", act=assignments.reassign, then=this.receive
    )
    report = AgencyTask(Role.LEAD, term="report", title=_("Report the result")).Verb(
        "report", right="report_result", act=reports.report_result, then=this.confirm
    )
    confirm = (
        AgencyTask(Role.REVIEW, term="review", title=_("Confirm the result"))
        .Verb("confirm", right="confirm_report", act=reports.confirm, then=this.completed)
        .Verb("return", right="confirm_report", act=reports.send_back, then=this.report)
    )
    completed = CaseEnd()
