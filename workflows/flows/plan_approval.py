"""From an assignment to an issued plan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.base import Flow

from workflows.domain import (
    assignments,
    consultations,
    decisions,
    issuing,
    opinions,
    plans,
    submissions,
)
from workflows.models import CaseProcess, CaseTask, Participation, Role

from . import rounds
from .activation import CaseActivation, within
from .clockwork import BranchEnd, CaseEnd, CaseStart, Clockwork
from .locks import CASE_LOCK
from .nodes import AgencyTask, ForEach, Gather


class PlanApprovalFlow(Flow):
    """The lead drafts, the others give their opinion, the Office reviews, the Committee decides."""

    process_class = CaseProcess
    task_class = CaseTask
    lock_impl = CASE_LOCK
    process_title: Any = _("Plan for approval")

    start = CaseStart().Next(this.receive)

    receive = (
        AgencyTask(Role.LEAD, term="receive", title=_("Accept"))
        .Verb("accept", right="receive", act=assignments.accept, then=this.draft)
        .Verb("decline", right="receive", act=assignments.decline, then=this.reassign)
    )
    reassign = AgencyTask(Role.REVIEW, term="receive", title=_("Name another lead")).Verb(
        "reassign", right="reassign", act=assignments.reassign, then=this.receive
    )

    draft = AgencyTask(Role.LEAD, term="draft", title=_("Draft the plan")).Verb(
        "finish", right="draft_plan", act=plans.finish_draft, then=this.sign_request, binds=True
    )
    sign_request = (
        AgencyTask(Role.LEAD, term="receive", title=_("Sign the request for opinions"))
        .Verb("send", right="sign_plan", act=consultations.send_request, then=this.consult, binds=True)
        .Verb("return", right="sign_plan", act=plans.return_draft, then=this.draft)
    )

    consult = ForEach(
        this.prepare_opinion, items=this.asked_agencies, due=this.round_due, join=this.gather
    ).OnTimeout(this.branches_due, then=this.record_silence, title=_("Opinions are due"))
    prepare_opinion = (
        AgencyTask(Role.COORDINATE, title=_("Give an opinion"))
        .Verb("prepare", right="prepare_opinion", act=opinions.prepare_opinion, then=this.sign_opinion)
        .Verb("sign", right="sign_opinion", act=opinions.sign_opinion, then=this.gather)
    )
    sign_opinion = (
        AgencyTask(Role.COORDINATE, title=_("Sign the opinion"))
        .Verb("sign", right="sign_opinion", act=opinions.sign_opinion, then=this.gather)
        .Verb("return", right="sign_opinion", act=opinions.return_opinion, then=this.prepare_opinion)
        .Verb(
            "take_back",
            right="prepare_opinion",
            act=opinions.take_back,
            then=this.prepare_opinion,
            listed=False,
        )
    )
    gather = Gather().Next(this.close_round)
    close_round = Clockwork(this.all_answered).Next(this.dispose)
    record_silence = Clockwork(this.time_is_up).Next(this.dispose)
    close_early = Clockwork(this.closed_by_the_lead).Next(this.dispose)

    # An answer that replaces an earlier one, or comes after silence was recorded; `rounds.answer_again` opens it.
    replace_opinion = (
        AgencyTask(Role.COORDINATE, title=_("Give another opinion"))
        .Verb("prepare", right="prepare_opinion", act=opinions.prepare_opinion, then=this.sign_replacement)
        .Verb("sign", right="sign_opinion", act=opinions.sign_opinion, then=this.replaced)
    )
    sign_replacement = (
        AgencyTask(Role.COORDINATE, title=_("Sign the other opinion"))
        .Verb("sign", right="sign_opinion", act=opinions.sign_opinion, then=this.replaced)
        .Verb("return", right="sign_opinion", act=opinions.return_opinion, then=this.replace_opinion)
        .Verb(
            "take_back",
            right="prepare_opinion",
            act=opinions.take_back,
            then=this.replace_opinion,
            listed=False,
        )
    )
    replaced = BranchEnd()

    dispose = (
        AgencyTask(Role.LEAD, term="dispose", title=_("Answer the remarks"))
        .Verb(
            "finish",
            right="draft_plan",
            act=rounds.finish_dispositions,
            then=this.sign_submission,
            binds=True,
        )
        .Verb("ask_again", right="draft_plan", act=rounds.ask_again, then=this.sign_again, binds=True)
    )
    sign_again = (
        AgencyTask(Role.LEAD, term="receive", title=_("Sign the request for opinions"))
        .Verb("send", right="sign_plan", act=consultations.send_request, then=this.consult, binds=True)
        .Verb("return", right="sign_plan", act=plans.return_draft, then=this.dispose)
    )
    sign_submission = (
        AgencyTask(Role.LEAD, term="receive", title=_("Sign and put forward"))
        .Verb("submit", right="sign_plan", act=submissions.put_forward, then=this.review, binds=True)
        .Verb("return", right="sign_plan", act=submissions.return_to_drafter, then=this.dispose)
    )

    review = (
        AgencyTask(Role.REVIEW, term="review", title=_("Review the dossier"))
        .Verb("clear", right="review_plan", act=submissions.clear, then=this.sign_review, binds=True)
        .Verb("sign", right="sign_review", act=submissions.clear_and_sign, then=this.decide, binds=True)
        .Verb("refuse", right="review_plan", act=submissions.return_incomplete, then=this.dispose, binds=True)
    )
    sign_review = (
        AgencyTask(Role.REVIEW, title=_("Sign the Office's opinion"))
        .Verb("sign", right="sign_review", act=submissions.sign_review, then=this.decide, binds=True)
        .Verb("return", right="sign_review", act=submissions.send_review_back, then=this.review)
    )

    decide = (
        AgencyTask(Role.APPROVE, term="decision", title=_("Decide"))
        .Verb("approve", right="decide", act=decisions.approve, then=this.issue, binds=True)
        .Verb("return", right="decide", act=decisions.return_for_revision, then=this.dispose, binds=True)
        .Verb("reject", right="decide", act=decisions.reject, then=this.rejected, binds=True)
    )
    issue = AgencyTask(Role.REVIEW, term="issue", title=_("Number and issue")).Verb(
        "issue", right="issue_plan", act=issuing.issue_plan, then=this.issued
    )
    issued = CaseEnd()
    rejected = CaseEnd()

    def asked_agencies(self, activation: CaseActivation) -> Sequence[Participation]:
        """Return the parts the request that was just signed asks."""
        return activation.subject.asked  # type: ignore[no-any-return]

    def round_due(self, activation: CaseActivation) -> datetime:
        """Return until when the request that was just signed takes answers."""
        return activation.subject.due_at  # type: ignore[no-any-return]

    def branches_due(self, activation: CaseActivation) -> datetime | None:
        """Return when the timer at the round's border fires: when its branches are due."""
        return activation.previous.due_at

    def all_answered(self, activation: CaseActivation) -> None:
        """Close the round: every agency has answered."""
        within(consultations.close_answered)(activation.assignment)
        rounds.drop_replacements(activation.process.assignment_id)

    def time_is_up(self, activation: CaseActivation) -> None:
        """Close the round at its due moment and record who was silent."""
        within(consultations.close_due)(activation.assignment, at=timezone.now())
        rounds.drop_replacements(activation.process.assignment_id)

    def closed_by_the_lead(self, activation: CaseActivation) -> None:
        """Close the round before its due moment, in the lead's name."""
        within(consultations.close_early)(activation.assignment, actor=activation.actor)
        rounds.drop_replacements(activation.process.assignment_id)
