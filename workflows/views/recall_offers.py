"""What of a case may be taken back, as its file offers it; where it is too late, by whom and since when."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from workflows import holding
from workflows.domain import decisions, submissions
from workflows.domain.submissions import OpenedError
from workflows.flows import recalls
from workflows.flows.steps import Answer
from workflows.forms.recalls import RecallApprovalForm, RecallForm, RecallSubmissionForm
from workflows.models import Assignment, DecisionVerb, Phase, Role
from workflows.presenting import Act

from .base import CaseRequest, Context

Do = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Recall:
    """What may be taken back: its address, form, words, and the act itself."""

    url: str
    form_class: type[RecallForm]
    label: Promise
    consequence: Promise
    done: Promise
    act: Do

    def offer(self, assignment: Assignment, form: RecallForm | None = None) -> Act:
        """Return the dialog, with the form that was refused where there is one."""
        return Act(
            self.url,
            str(self.label),
            form or self.form_class(auto_id="recall-%s"),
            icon="undo",
            consequence=str(self.consequence),
            url=reverse(self.url, args=[assignment.public_id]),
        )


SUBMISSION = Recall(
    "recall",
    RecallSubmissionForm,
    gettext_lazy("Recall the submission"),
    gettext_lazy(
        "The file comes back to your agency and the next revision is open. The submission stays on record and counts."
    ),
    gettext_lazy("The submission was recalled; the next revision is open."),
    recalls.recall_submission,
)
APPROVAL = Recall(
    "recall-approval",
    RecallApprovalForm,
    gettext_lazy("Recall the approval"),
    gettext_lazy(
        "The plan gets no number; the file is before the approver again. The approval stays on record."
    ),
    gettext_lazy("The approval was recalled; the file is before the approver again."),
    recalls.recall_approval,
)


def recall_of(asker: CaseRequest, assignment: Assignment, form: RecallForm | None = None) -> Context:
    """Return what the person may take back now, or why she no longer can; no statement in most phases."""
    if assignment.phase in recalls.BEFORE_DECISION:
        return _of_submission(asker, assignment, form)
    if assignment.phase == Phase.ISSUING:
        return _of_approval(asker, assignment, form)
    return {}


def _of_submission(asker: CaseRequest, assignment: Assignment, form: RecallForm | None) -> Context:
    part = recalls.part_of(assignment, Role.LEAD)
    if "sign_plan" not in holding.rights_on(asker.hats, part):
        return {}
    last = submissions.last_submission(assignment, opened=submissions.opened())
    if last.opened:
        return {"recall_label": SUBMISSION.label, "recall_why_not": OpenedError(last).message}
    return {"recall": SUBMISSION.offer(assignment, form)}


def _of_approval(asker: CaseRequest, assignment: Assignment, form: RecallForm | None) -> Context:
    part = recalls.part_of(assignment, Role.APPROVE)
    rights = holding.rights_on(asker.hats, part)
    if not rights & {"decide", "take_over"}:
        return {}
    decision = submissions.last_submission(assignment).decision
    if decision is None or decision.verb != DecisionVerb.APPROVED:
        return {}
    persons = {hat.user_id for hat in holding.in_scope(asker.hats, assignment)} | {asker.user.pk}
    may = "take_over" in rights or decisions.is_approver(decision, persons)
    return {"recall": APPROVAL.offer(assignment, form)} if may else {}
