"""What stands beside a decision: another's hands, a question to the submitter, a clock that stands still.

`BesidePage` is the base of the pages that offer these acts; an act of another kind joins the quiet row by its words:
`ActWords(label, icon, "quiet")`.
"""

from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import own_hats
from accounts.models import Membership
from workflows.domain import handovers
from workflows.forms.base import ActForm
from workflows.forms.pauses import (
    AnswerForm,
    AskForm,
    HandOverForm,
    ResumeForm,
    SuspendForm,
    TakeOverForm,
)
from workflows.models import Inquiry
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActPage, ActWords
from .course import Course, named
from .deciding import SubmittedPage

Forms = dict[str, type[ActForm]]

QUIET_FORMS: Forms = {"hand_over": HandOverForm, "ask": AskForm, "suspend": SuspendForm}
QUIET_ACTS = {
    "hand_over": ActWords(gettext_lazy("Hand over"), "forward", "quiet"),
    "ask": ActWords(gettext_lazy("Ask the submitter"), "comment", "quiet"),
    "suspend": ActWords(gettext_lazy("Suspend"), "pause", "quiet"),
}
QUIET_DONE = {
    "hand_over": gettext_lazy("The file was handed over with your message."),
    "ask": gettext_lazy("The question was sent; the answer will stand on this page."),
    "suspend": gettext_lazy("The clock stands still. The file comes back to your inbox."),
}
CONSEQUENCES = {
    "hand_over": gettext_lazy(
        "The file leaves your inbox; its due moment stays. The record names both of you."
    ),
    "ask": gettext_lazy(
        "The question goes to %(lead)s. You can decide meanwhile; an open question then ends."
    ),
    "suspend": gettext_lazy(
        "The clock stops now and runs again only when you say so; %(lead)s and the Office are told."
    ),
    "take_over": gettext_lazy("The file is with %(who)s. It becomes yours alone, and %(who)s is told."),
}
TAKE_OVER = ActWords(gettext_lazy("Take the file over"), "forward", "primary")
TAKEN_OVER = gettext_lazy("The file is yours now; whoever had it is told.")


class BesidePage(SubmittedPage):
    """A submission before those who may also hand it on, ask about it or stop its clock."""

    @cached_property
    def course(self) -> Course:
        """Where the file has been."""
        return Course(self.dossier, self.task.participation)

    @property
    def verbs(self) -> list[str]:
        """Offer to hand over only where somebody could take the case, to take over only what is another's."""
        hidden = set()
        if "hand_over" in self.forms and not self.takers:
            hidden.add("hand_over")
        if not self._is_with_another:
            hidden.add("take_over")
        return [verb for verb in super().verbs if verb not in hidden]

    @cached_property
    def takers(self) -> list[Membership]:
        """Who may be handed the case; one statement."""
        part, submission = self.task.participation, self.dossier.submission
        if part is None or submission is None:
            return []
        persons = self.view.asker.actor.persons
        held = {each.pk for each in self.course.in_charge}
        found = handovers.takers(part, submission, besides=persons)
        return [each for each in found if each.pk not in held]

    @property
    def _is_with_another(self) -> bool:
        own = {hat.membership_id for hat in own_hats(self.view.asker.hats)}
        held = {each.pk for each in self.course.in_charge}
        return bool(held) and not held & own

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Name who may take the case."""
        if verb == "hand_over":
            return {"takers": [(each.pk, named(each)) for each in self.takers]}
        return super().form_arguments(verb)

    def after(self, verb: str) -> str:
        """Stay with the file while a question is out."""
        return reverse("task", args=[self.task.public_id]) if verb == "ask" else super().after(verb)

    def facts(self) -> Context:
        """Return the dossier and where it has been."""
        return super().facts() | {"course": self.course, "inquiries_most": settings.INQUIRIES_MOST}

    def consequence(self, verb: str) -> str:
        """Say what follows."""
        return str(CONSEQUENCES[verb]) % {"who": self.course.in_charge_words, **self.lead_words()}


class StandingPage(BesidePage):
    """A suspended submission: it can be read, and its clock started again."""

    template_name = "workflows/tasks/suspended.html"
    heading = gettext_lazy("Suspended")
    forms: ClassVar[Forms] = {"resume": ResumeForm}
    acts: ClassVar[dict[str, ActWords]] = {
        "resume": ActWords(gettext_lazy("Let the clock run again"), "clock", "primary")
    }
    done: ClassVar[dict[str, Any]] = {
        "resume": gettext_lazy(
            "The clock runs again; the file is in your inbox with what was left of its term."
        )
    }

    def consequence(self, verb: str) -> str:
        """Say what is left of the term."""
        if verb != "resume":
            return super().consequence(verb)
        return _(
            "The file goes on with what was left of its term; the assignment's due date moves on accordingly."
        )


@TaskView.register(("PlanApprovalFlow", "review_suspended"))
class ReviewSuspendedPage(StandingPage):
    """The Office's leader starts the clock again."""


@TaskView.register(("PlanApprovalFlow", "suspended"))
class SuspendedPage(StandingPage):
    """The leader who decides starts the clock again; the Chair may take the file over."""

    forms: ClassVar[Forms] = StandingPage.forms | {"take_over": TakeOverForm}
    acts: ClassVar[dict[str, ActWords]] = StandingPage.acts | {"take_over": TAKE_OVER}
    done: ClassVar[dict[str, Any]] = StandingPage.done | {"take_over": TAKEN_OVER}


@TaskView.register(("PlanApprovalFlow", "answer_inquiry"))
class AnswerInquiryPage(ActPage):
    """The submitting agency answers a question of the Office or the leader."""

    template_name = "workflows/tasks/inquiry.html"
    heading = gettext_lazy("Answer the question")
    forms: ClassVar[Forms] = {"answer": AnswerForm}
    acts: ClassVar[dict[str, ActWords]] = {
        "answer": ActWords(gettext_lazy("Answer"), "send", "primary", submit=gettext_lazy("Send the answer"))
    }
    done: ClassVar[dict[str, Any]] = {
        "answer": gettext_lazy("The answer stands on the page of whoever asked.")
    }

    @cached_property
    def inquiry(self) -> Inquiry:
        """The question the task is about."""
        related = Inquiry.objects.select_related("submission__revision__plan")
        return related.get(pk=self.task.data["inquiry"])

    def facts(self) -> Context:
        """Return the question, and the others on the same submission."""
        others = self.inquiry.submission.inquiries.exclude(pk=self.inquiry.pk).order_by("number")
        return {
            "inquiry": self.inquiry,
            "inquiries": list(others),
            "revision": self.inquiry.submission.revision,
        }

    def consequence(self, verb: str) -> str:
        """Repeat the question where the answer is written."""
        return self.inquiry.text

    def why_closed(self) -> str:
        """Say that the matter was settled."""
        return "" if self.task.verb else _("The submission was decided or taken back, so the question ended.")
