"""From an assignment to an issued plan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.base import Flow

from accounts.authority import SYSTEM
from workflows.domain import (
    assignments,
    ballots,
    binding,
    consultations,
    decisions,
    handovers,
    inquiries,
    issuing,
    opinions,
    plans,
    submissions,
    suspensions,
)
from workflows.models import CaseProcess, CaseTask, Role

from . import rounds
from .activation import CaseActivation, within
from .branching import ForEach, Gather, Seat
from .clockwork import BranchEnd, CaseEnd, CaseStart, Clockwork
from .locks import CASE_LOCK
from .nodes import AgencyTask


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
        AgencyTask(Role.REVIEW, term="review", title=_("Review the dossier"), stamp=binding.stamp_of)
        .Verb("clear", right="review_plan", act=submissions.clear, then=this.sign_review, binds=True)
        .Verb("sign", right="sign_review", act=submissions.clear_and_sign, then=this.decide, binds=True)
        .Verb(
            "refuse",
            right="review_plan",
            act=submissions.return_incomplete,
            then=this.dispose,
            binds=True,
            settles=True,
        )
        .Verb("hand_over", right="review_plan", act=handovers.hand_over, then=this.review)
        .Verb("ask", right="review_plan", act=inquiries.ask, then=this.answer_inquiry, aside=True)
        .Verb("suspend", right="sign_review", act=suspensions.suspend, then=this.review_suspended)
    )
    sign_review = (
        AgencyTask(Role.REVIEW, title=_("Sign the Office's opinion"), stamp=binding.stamp_of)
        .Verb("sign", right="sign_review", act=submissions.sign_review, then=this.decide, binds=True)
        .Verb("return", right="sign_review", act=submissions.send_review_back, then=this.review)
        .Verb("suspend", right="sign_review", act=suspensions.suspend, then=this.review_suspended)
    )
    review_suspended = AgencyTask(Role.REVIEW, title=_("Suspended, look again")).Verb(
        "resume", right="sign_review", act=suspensions.resume, then=this.review
    )

    decide = (
        AgencyTask(Role.APPROVE, term="decision", title=_("Decide"), stamp=binding.stamp_of)
        .Verb("approve", right="decide", act=decisions.approve, then=this.issue, binds=True, settles=True)
        .Verb(
            "return",
            right="decide",
            act=decisions.return_for_revision,
            then=this.dispose,
            binds=True,
            settles=True,
        )
        .Verb("reject", right="decide", act=decisions.reject, then=this.rejected, binds=True, settles=True)
        .Verb("hand_over", right="decide", act=handovers.hand_over, then=this.decide)
        .Verb("take_over", right="take_over", act=handovers.take_over, then=this.decide, listed=False)
        .Verb("ask", right="decide", act=inquiries.ask, then=this.answer_inquiry, aside=True)
        .Verb("suspend", right="decide", act=suspensions.suspend, then=this.suspended)
        .Verb("ballot", right="call_ballot", act=ballots.call, then=this.poll, binds=True, listed=False)
    )
    suspended = (
        AgencyTask(Role.APPROVE, title=_("Suspended, look again"))
        .Verb("resume", right="decide", act=suspensions.resume, then=this.decide)
        .Verb("take_over", right="take_over", act=handovers.take_over, then=this.suspended, listed=False)
    )

    # A question to those who submitted: beside the main line, until it is answered or the submission is settled.
    answer_inquiry = AgencyTask(Role.LEAD, term="inquiry", title=_("Answer a question")).Verb(
        "answer", right="draft_plan", act=inquiries.answer, then=this.answered
    )
    answered = BranchEnd()

    # The members are asked by ballot slip: each in person, all at once; then the case is before the Committee again.
    poll = ForEach(this.vote, items=this.members_asked, due=this.ballot_due, join=this.count_votes).OnTimeout(
        this.branches_due, then=this.end_ballot, title=_("Ballot slips are due")
    )
    vote = AgencyTask(Role.APPROVE, title=_("Vote"), stamp=binding.stamp_of).Verb(
        "vote", right="vote", act=ballots.cast, then=this.count_votes, binds=True
    )
    count_votes = Gather().Next(this.tally)
    tally = Clockwork(this.voting_is_over).Next(this.decide)
    end_ballot = Clockwork(this.voting_is_over).Next(this.decide)

    # `void` is what `issue` turns into where the approved dossier has been changed; nobody chooses it.
    issue = (
        AgencyTask(Role.REVIEW, term="issue", title=_("Number and issue"))
        .Verb("issue", right="issue_plan", act=issuing.issue_plan, then=this.issued)
        .Verb("void", right="issue_plan", act=issuing.issue_plan, then=this.decide, chosen=False)
    )
    issued = CaseEnd()
    rejected = CaseEnd()

    def asked_agencies(self, activation: CaseActivation) -> Sequence[Seat]:
        """Return a seat for each part the request that was just signed asks."""
        return [Seat(part) for part in activation.subject.asked]

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

    def members_asked(self, activation: CaseActivation) -> Sequence[Seat]:
        """Return a seat for each member who was just handed a slip."""
        part = activation.previous.participation
        assert part is not None  # the decision that calls a ballot is a task of the approver
        return [Seat(part, slip.membership) for slip in activation.subject.handed_out]

    def ballot_due(self, activation: CaseActivation) -> datetime:
        """Return until when the ballot that was just called takes slips."""
        return activation.subject.due_at  # type: ignore[no-any-return]

    def voting_is_over(self, activation: CaseActivation) -> None:
        """Count the ballot: every slip has come back, or its due moment has. Nobody's act, so that no name sticks."""
        activation.actor, activation.subject = SYSTEM, None
        within(ballots.close)(activation.assignment, at=timezone.now())

    def closed_by_the_lead(self, activation: CaseActivation) -> None:
        """Close the round before its due moment, in the lead's name."""
        within(consultations.close_early)(activation.assignment, actor=activation.actor)
        rounds.drop_replacements(activation.process.assignment_id)
