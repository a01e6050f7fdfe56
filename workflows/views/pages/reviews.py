"""Pages of the Office: reviewing the dossier and signing its opinion."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.forms.opinions import ReturnForm
from workflows.forms.reviews import RefuseReviewForm, ReviewForm
from workflows.models import Verdict
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActWords
from .pausing import QUIET_ACTS, QUIET_DONE, QUIET_FORMS, BesidePage
from .reasons import last_reason
from .trail import trail_of


class ReviewingPage(BesidePage):
    """What both pages of the Office show: checklist, summary of the process, redline."""

    def facts(self) -> Context:
        """Return the dossier and how it came about."""
        return super().facts() | {"trail": trail_of(self.dossier, self.names), "reason": self._reason()}

    def prepared_text(self) -> str:
        """Return what the Office's specialist wrote on this submission."""
        review = getattr(self.dossier.submission, "review", None)
        return review.text if review is not None and review.verdict == Verdict.CLEARED else ""

    def _reason(self) -> Any:
        return None


@TaskView.register(("PlanApprovalFlow", "review"))
class ReviewPage(ReviewingPage):
    """The Office checks the dossier: complete, or back to the lead."""

    template_name = "workflows/tasks/review.html"
    heading = gettext_lazy("Review the dossier")
    forms = {"clear": ReviewForm, "sign": ReviewForm, "refuse": RefuseReviewForm} | QUIET_FORMS
    acts = {
        "sign": ActWords(gettext_lazy("Sign the Office's opinion"), "stamp", "primary"),
        "clear": ActWords(gettext_lazy("Cleared"), "check", "primary"),
        "refuse": ActWords(
            gettext_lazy("Return for revision"), "return", "return", short=gettext_lazy("Return")
        ),
        **QUIET_ACTS,
    }
    done = {
        "clear": gettext_lazy("The Office's opinion was submitted to its leader."),
        "sign": gettext_lazy("The dossier was cleared and is before the Committee."),
        "refuse": gettext_lazy("The dossier went back to the lead agency."),
        **QUIET_DONE,
    }

    @property
    def verbs(self) -> list[str]:
        """Offer the signature instead of the hand-over to somebody who may sign."""
        return [verb for verb in super().verbs if verb != "clear" or "sign_review" not in self.rights]

    def initial(self, verb: str) -> dict[str, Any]:
        """Start from what was written before it came back from the leader."""
        return {"text": self.prepared_text()} if verb in {"clear", "sign"} else {}

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        if verb in QUIET_ACTS:
            return super().consequence(verb)
        if verb == "refuse":
            return (
                _("The file goes back to %(lead)s, which changes the plan and puts it forward again.")
                % self.lead_words()
            )
        if verb == "sign":
            return _("Your signature puts the case before the Committee.")
        return _("The opinion goes to the Office's leader for signature.")

    def _reason(self) -> Any:
        submission = self.dossier.submission
        return (
            last_reason(self.assignment, "review.returned", since=submission.submitted_at)
            if submission
            else None
        )


@TaskView.register(("PlanApprovalFlow", "sign_review"))
class SignReviewPage(ReviewingPage):
    """The Office's leader signs the opinion and puts the case before the Committee."""

    template_name = "workflows/tasks/review.html"
    heading = gettext_lazy("Sign the Office's opinion")
    forms = {"sign": ReviewForm, "return": ReturnForm, "suspend": QUIET_FORMS["suspend"]}
    acts = {
        "sign": ActWords(gettext_lazy("Sign the Office's opinion"), "stamp", "primary"),
        "return": ActWords(gettext_lazy("Return to the specialist"), "return", "return"),
        "suspend": QUIET_ACTS["suspend"],
    }
    done = {
        "sign": gettext_lazy("The dossier was cleared and is before the Committee."),
        "return": gettext_lazy("The Office's opinion went back to the specialist."),
        "suspend": QUIET_DONE["suspend"],
    }

    def initial(self, verb: str) -> dict[str, Any]:
        """Start from what the specialist wrote."""
        return {"text": self.prepared_text()} if verb == "sign" else {}

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        if verb in QUIET_ACTS:
            return super().consequence(verb)
        if verb == "sign":
            return _("Your signature puts the case before the Committee.")
        return _("The text stays; the specialist changes it and submits it again.")
