"""What happened in a case, in sentences, as far as the reader may know it.

An opinion in the making is its agency's own, a draft the lead's, a review in the making the Office's. What an agency
said is told to those who may read its opinion.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.authority import Hat
from accounts.models import AgencyKind, User
from notifications.models import Event
from workflows import holding, policies
from workflows.models import Assignment, Outcome, Stance
from workflows.presenting import date_and_time

from .agencies import Names
from .vocabulary import parts_in_words

PAGE = 30

LEAD_ONLY = frozenset(
    {
        "coordinators.chosen",
        "draft.finished",
        "draft.returned",
        "remark.disposed",
        "requirement.answered",
        "dispositions.finished",
        "consultation.prepared",
        "request.prepared",
        "submission.returned",
        "file.stored",
        "file.infected",
        "annex.added",
        "annex.renamed",
        "annex.moved",
        "annex.removed",
    }
)
# That a member handed in her slip says who voted, and when: the Office's to know; how she voted is in no event.
OFFICE_ONLY = frozenset({"review.prepared", "review.returned", "review.handed_over", "ballot.cast"})
# What becomes of a ballot is told to those who put the plan forward and those who judge it.
BALLOT = frozenset({"ballot.called", "ballot.reminded", "ballot.closed"})
OWN_AGENCY_ONLY = frozenset(
    {
        "opinion.prepared",
        "opinion.returned",
        "opinion.taken_back",
        "opinion.reopened",
        "file.attached",
        "file.detached",
        "work.moved",
        "work.handed_back",
    }
)
# They say by themselves what an agency's silence counts as; known to those who may read that opinion.
SILENCE = frozenset({"opinion.deemed", "opinion.silent"})
# It says that an agency does not accept an answer; known to the agency and to those who may read all answers.
UPHELD = "opinion.upheld"
# What an agency wishes of the lead, and what the lead is asked about its plan, is no other agency's business.
NO_OTHER_AGENCY = frozenset({"extension.asked", "extension.refused", "inquiry.asked", "inquiry.answered"})
# The note that goes with a file within the Office or the Committee.
NOTED = frozenset({"case.handed_over", "case.taken_over", "review.handed_over"})

# Making a paper is the business of those who may have it made again.
JUDGES_ONLY = frozenset({"paper.failed", "paper.retried"})

SENTENCES: dict[str, Promise] = {
    "assignment.accepted": gettext_lazy("%(who)s accepted the assignment"),
    "assignment.declined": gettext_lazy("%(who)s declined the assignment"),
    "assignment.reassigned": gettext_lazy("%(who)s gave the lead to %(lead)s"),
    "coordinators.chosen": gettext_lazy("%(who)s chose the agencies to ask: %(agencies)s"),
    "request.prepared": gettext_lazy("%(who)s prepared the request for comments"),
    "draft.finished": gettext_lazy("%(who)s submitted the draft to the head"),
    "draft.returned": gettext_lazy("%(who)s returned the draft"),
    "consultation.requested": gettext_lazy("%(who)s asked %(agencies)s for comments, due %(due)s"),
    "opinion.prepared": gettext_lazy("%(who)s submitted the comments of %(agency)s for signature"),
    "opinion.returned": gettext_lazy("%(who)s returned the comments of %(agency)s"),
    "opinion.taken_back": gettext_lazy("%(who)s took the comments of %(agency)s back to change them"),
    "opinion.reopened": gettext_lazy("%(who)s began another answer of %(agency)s"),
    "opinion.withdrawn": gettext_lazy("%(who)s withdrew the request to %(agency)s"),
    "consultation.widened": gettext_lazy("%(who)s also asked %(agencies)s for comments, due %(due)s"),
    "consultation.reminded": gettext_lazy("%(who)s reminded %(agencies)s, due %(due)s"),
    "consultation.extended": gettext_lazy("%(who)s gave %(agencies)s time until %(until)s"),
    "consultation.prepared": gettext_lazy("%(who)s prepared another round of comments"),
    "extension.asked": gettext_lazy("%(who)s asked for time until %(until)s for %(agency)s"),
    "extension.refused": gettext_lazy("%(who)s did not give %(agency)s more time"),
    "opinion.given": gettext_lazy("%(who)s sent the comments of %(agency)s"),
    "opinion.deemed": gettext_lazy("%(agency)s did not reply in time and is deemed to agree"),
    "opinion.silent": gettext_lazy("%(agency)s did not reply in time"),
    "consultation.closed": gettext_lazy("The consultation was closed"),
    "remark.disposed": gettext_lazy("%(who)s answered a remark of %(agency)s"),
    "opinion.upheld": gettext_lazy("%(agency)s upholds its view on %(place)s"),
    "requirement.answered": gettext_lazy("%(who)s answered requirement %(number)s of the return"),
    "dispositions.finished": gettext_lazy("%(who)s submitted the answered draft to the head"),
    "plan.submitted": gettext_lazy("%(who)s put the plan forward, submission %(number)s"),
    "submission.returned": gettext_lazy("%(who)s returned the plan to the drafter"),
    "review.prepared": gettext_lazy("%(who)s submitted the review for signature"),
    "review.returned": gettext_lazy("%(who)s returned the review"),
    "review.refused": gettext_lazy("%(who)s returned the dossier as incomplete"),
    "review.signed": gettext_lazy("%(who)s cleared the dossier"),
    "review.handed_over": gettext_lazy("%(who)s handed the review to %(to)s"),
    "case.handed_over": gettext_lazy("%(who)s handed the file to %(to)s"),
    "case.taken_over": gettext_lazy("%(who)s took the file over"),
    "case.suspended": gettext_lazy("%(who)s stopped the clock until %(waits_for)s"),
    "case.look_again": gettext_lazy("The day came to look again at the suspended file"),
    "case.resumed": gettext_lazy("%(who)s let the clock run again"),
    "inquiry.asked": gettext_lazy("%(who)s asked the submitting agency question %(number)s"),
    "inquiry.answered": gettext_lazy("%(who)s answered question %(number)s"),
    "plan.approved": gettext_lazy("%(who)s approved the plan"),
    "plan.returned": gettext_lazy("%(who)s returned the plan for revision"),
    "plan.rejected": gettext_lazy("%(who)s refused the plan"),
    "submission.recalled": gettext_lazy("%(who)s recalled submission %(number)s"),
    "decision.recalled": gettext_lazy("%(who)s recalled the approval"),
    "decision.void": gettext_lazy("%(who)s found the approval void: %(parts)s changed after it"),
    "annex.added": gettext_lazy("%(who)s added the annex %(title)s"),
    "annex.renamed": gettext_lazy("%(who)s renamed the annex %(title)s"),
    "annex.moved": gettext_lazy("%(who)s moved the annex %(title)s"),
    "annex.removed": gettext_lazy("%(who)s removed the annex %(title)s"),
    "plan.issued": gettext_lazy("%(who)s issued the plan as No. %(issued)s"),
    "ballot.called": gettext_lazy("%(who)s asked the members by ballot, slips due %(due)s"),
    "ballot.reminded": gettext_lazy("The members whose slips were missing were reminded, due %(due)s"),
    "ballot.cast": gettext_lazy("%(who)s handed in the ballot slip"),
    "ballot.closed": gettext_lazy("Ballot of the members closed: %(outcome)s"),
    "paper.recorded": gettext_lazy("The paper of the approved plan was made: %(name)s"),
    "paper.signed": gettext_lazy("The paper of the approved plan was signed by %(signer)s: %(name)s"),
    "paper.failed": gettext_lazy("The paper of the approved plan could not be signed"),
    "paper.retried": gettext_lazy("%(who)s had the paper of the approved plan made again"),
    "file.stored": gettext_lazy("%(who)s added the file %(name)s"),
    "file.attached": gettext_lazy("%(who)s attached the file %(name)s to the comments of %(agency)s"),
    "file.detached": gettext_lazy("%(who)s took the file %(name)s out of the comments of %(agency)s"),
    "work.moved": gettext_lazy("%(who)s moved the work of %(from)s to %(to)s"),
    "work.handed_back": gettext_lazy("%(from)s left the post; what waited for her alone waits for all in it"),
    "agency.succeeded": gettext_lazy("The part of %(from)s passed to %(to)s"),
    "file.infected": gettext_lazy("A virus was found in the file %(name)s, which is held back"),
    "result.reported": gettext_lazy("%(who)s reported the result"),
    "result.confirmed": gettext_lazy("%(who)s confirmed the result"),
    "result.returned": gettext_lazy("%(who)s returned the result"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it is read: when, the sentence, and what was said where the reader may know."""

    when: str
    iso: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What of a case's history a reader may know."""

    agency_codes: frozenset[str]
    is_lead: bool
    is_office: bool
    is_office_wide: bool
    sees_all: bool
    opinion_ids: frozenset[str]

    @classmethod
    def of(cls, hats: Sequence[Hat], user: User, assignment: Assignment) -> "Witness":
        """Return what the person may know of a case she may read; a fixed few statements."""
        worn = holding.in_scope(hats, assignment)
        is_lead = policies.sees_draft(hats, user, assignment)
        sees_all = is_lead or policies.sees_what_was_put_forward(hats, assignment)
        opinions = policies.visible_opinions(hats, user, assignment, sees_all=sees_all)
        return cls(
            agency_codes=frozenset(hat.agency_code for hat in worn),
            is_lead=is_lead,
            is_office=any(hat.agency_kind == AgencyKind.OFFICE for hat in worn),
            is_office_wide=holding.judges(hats, assignment),
            sees_all=sees_all,
            opinion_ids=frozenset(map(str, opinions.values_list("pk", flat=True))),
        )

    def heard_of(self) -> Q:
        """Return the condition of the events she may know of at all."""
        own = Q(data__agency__in=sorted(self.agency_codes)) if self.agency_codes else Q(pk__in=[])
        known = ~Q(kind__in=OWN_AGENCY_ONLY) | own
        if not self.sees_all:
            known &= ~Q(kind__in=SILENCE) | Q(subject_id__in=sorted(self.opinion_ids))
            known &= ~Q(kind=UPHELD) | own
        if not self.is_lead:
            known &= ~Q(kind__in=LEAD_ONLY)
        if not self.is_office_wide:
            known &= ~Q(kind__in=JUDGES_ONLY)
        if not (self.is_lead or self.is_office_wide):
            known &= ~Q(kind__in=NO_OTHER_AGENCY) | own
            known &= ~Q(kind__in=BALLOT)
        return known if self.is_office else known & ~Q(kind__in=OFFICE_ONLY)

    def knows_reason(self, event: Event) -> bool:
        """Tell whether she may read the words that went with an event."""
        return self.is_lead or self.is_office_wide or event.data.get("agency") in self.agency_codes

    def knows_stance(self, event: Event) -> bool:
        """Tell whether she may read what an agency said."""
        return event.subject_id in self.opinion_ids


def events_of(assignment: Assignment, witness: Witness, *, before: int | None) -> list[Event]:
    """Return one page of a case's events and one more where there are more, newest first; one statement."""
    events = Event.objects.filter(
        chain=assignment.directive.chain, data__assignment=str(assignment.public_id)
    )
    if before is not None:
        events = events.filter(seq__lt=before)
    return list(events.filter(witness.heard_of()).order_by("-seq")[: PAGE + 1])


def events_since(assignment: Assignment, witness: Witness, seq: int) -> list[Event]:
    """Return what happened in a case after a place in its chain, oldest first, at most a page; one statement."""
    events = Event.objects.filter(
        chain=assignment.directive.chain, data__assignment=str(assignment.public_id), seq__gt=seq
    )
    return list(events.filter(witness.heard_of()).order_by("seq")[:PAGE])


def codes_in(events: Collection[Event]) -> set[str]:
    """Return the codes of the agencies the events name."""
    codes: set[str] = set()
    for event in events:
        codes.update(event.data.get("agencies", ()))
        codes.update(event.data[name] for name in ("agency", "lead") if event.data.get(name))
    return codes


def lines(events: Sequence[Event], witness: Witness, *, names: Names) -> list[Line]:
    """Return the events in sentences."""
    return [_line(event, witness, names) for event in events if event.kind in SENTENCES]


def _line(event: Event, witness: Witness, names: Names) -> Line:
    return Line(
        when=date_and_time(event.occurred_at),
        iso=event.occurred_at.isoformat(),
        text=str(SENTENCES[event.kind]) % _values(event, names),
        detail=_detail(event, witness),
    )


def _values(event: Event, names: Names) -> dict[str, Any]:
    data = event.data
    return {
        "who": _who(event),
        "agency": names.of_code(data.get("agency", "")),
        "agencies": ", ".join(names.of_code(code) for code in data.get("agencies", ())),
        "lead": names.of_code(data.get("lead", "")),
        "due": _moment(data.get("due")),
        "until": _moment(data.get("until")),
        "number": data.get("number", ""),
        "issued": data.get("issued", ""),
        "place": data.get("place", ""),
        "name": data.get("name", ""),
        "outcome": str(Outcome(data["outcome"]).label) if data.get("outcome") else "",
        "signer": data.get("signer", ""),
        "title": data.get("annex", ""),
        "parts": parts_in_words(data.get("changed", ())),
        "from": data.get("from_name", ""),
        "to": data.get("to_name") or data.get("to", ""),
        "waits_for": data.get("waits_for", ""),
    }


def _moment(iso: str | None) -> str:
    return date_and_time(datetime.fromisoformat(iso)) if iso else ""


def _who(event: Event) -> str:
    return str(event.actor_label or _("The system"))


def _detail(event: Event, witness: Witness) -> str:
    if event.kind == "opinion.given":
        return _said(event) if witness.knows_stance(event) else ""
    if event.kind == "ballot.closed":
        return _sum(event)
    if event.kind in NOTED:
        return str(event.data["note"]) if witness.is_office_wide else ""
    said = event.data.get("reason") or event.data.get("text") or ""
    return str(said) if witness.knows_reason(event) else ""


def _sum(event: Event) -> str:
    """Return the figures of a ballot."""
    words = _(
        "%(for)s of %(members)s members in favour, %(against)s against, %(abstained)s abstained, %(silent)s silent"
    )
    return str(words % event.data)


def _said(event: Event) -> str:
    """Return an agency's position, with the number of files that go with it."""
    stance, files = str(Stance(event.data["stance"]).label), event.data.get("files", 0)
    if not files:
        return stance
    words = ngettext("%(stance)s, %(n)s file attached", "%(stance)s, %(n)s files attached", files)
    return words % {"stance": stance, "n": files}
