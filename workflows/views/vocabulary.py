"""The words of the lists: what is to be done at a node, what was done with a verb, how a part is marked."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notifications.models import Event
from workflows.models import CaseTask, Directive, Role

# What a waiting task asks for, before the title of the assignment.
TO_DO: dict[str, Promise] = {
    "receive": pgettext_lazy("task to do", "Accept"),
    "reassign": pgettext_lazy("task to do", "Name another lead"),
    "draft": pgettext_lazy("task to do", "Draft"),
    "sign_request": pgettext_lazy("task to do", "Sign request for comments"),
    "prepare_opinion": pgettext_lazy("task to do", "Comment"),
    "sign_opinion": pgettext_lazy("task to do", "Sign comments"),
    "replace_opinion": pgettext_lazy("task to do", "Comment anew"),
    "sign_replacement": pgettext_lazy("task to do", "Sign new comments"),
    "sign_again": pgettext_lazy("task to do", "Sign request for another round"),
    "dispose": pgettext_lazy("task to do", "Answer remarks"),
    "sign_submission": pgettext_lazy("task to do", "Sign submission"),
    "review": pgettext_lazy("task to do", "Review"),
    "sign_review": pgettext_lazy("task to do", "Sign review"),
    "decide": pgettext_lazy("task to do", "Decide"),
    "review_suspended": pgettext_lazy("task to do", "Look again"),
    "suspended": pgettext_lazy("task to do", "Look again"),
    "answer_inquiry": pgettext_lazy("task to do", "Answer the question"),
    "issue": pgettext_lazy("task to do", "Number and issue"),
    "vote": pgettext_lazy("task to do", "Vote"),
    "report": pgettext_lazy("task to do", "Report"),
    "confirm": pgettext_lazy("task to do", "Confirm result"),
}

# What somebody did: by node and verb.
DONE: dict[str, Promise] = {
    "receive.accept": pgettext_lazy("task done", "Accepted"),
    "receive.decline": pgettext_lazy("task done", "Declined"),
    "reassign.reassign": pgettext_lazy("task done", "Named another lead"),
    "draft.finish": pgettext_lazy("task done", "Drafted"),
    "sign_request.send": pgettext_lazy("task done", "Requested comments"),
    "sign_request.return": pgettext_lazy("task done", "Returned the draft"),
    "prepare_opinion.prepare": pgettext_lazy("task done", "Prepared comments"),
    "prepare_opinion.sign": pgettext_lazy("task done", "Sent comments"),
    "sign_opinion.sign": pgettext_lazy("task done", "Signed and sent comments"),
    "sign_opinion.return": pgettext_lazy("task done", "Returned comments"),
    "sign_opinion.take_back": pgettext_lazy("task done", "Took comments back"),
    "replace_opinion.prepare": pgettext_lazy("task done", "Prepared new comments"),
    "replace_opinion.sign": pgettext_lazy("task done", "Sent new comments"),
    "sign_replacement.sign": pgettext_lazy("task done", "Signed and sent new comments"),
    "sign_replacement.return": pgettext_lazy("task done", "Returned comments"),
    "sign_replacement.take_back": pgettext_lazy("task done", "Took comments back"),
    "dispose.ask_again": pgettext_lazy("task done", "Prepared another round"),
    "sign_again.send": pgettext_lazy("task done", "Requested comments again"),
    "sign_again.return": pgettext_lazy("task done", "Returned the draft"),
    "dispose.finish": pgettext_lazy("task done", "Answered remarks"),
    "sign_submission.submit": pgettext_lazy("task done", "Submitted"),
    "sign_submission.return": pgettext_lazy("task done", "Returned to drafter"),
    "review.clear": pgettext_lazy("task done", "Reviewed"),
    "review.sign": pgettext_lazy("task done", "Reviewed and signed"),
    "review.refuse": pgettext_lazy("task done", "Returned as incomplete"),
    "review.hand_over": pgettext_lazy("task done", "Handed over"),
    "review.ask": pgettext_lazy("task done", "Asked the submitter"),
    "review.suspend": pgettext_lazy("task done", "Suspended"),
    "sign_review.suspend": pgettext_lazy("task done", "Suspended"),
    "review_suspended.resume": pgettext_lazy("task done", "Let the clock run again"),
    "sign_review.sign": pgettext_lazy("task done", "Signed review"),
    "sign_review.return": pgettext_lazy("task done", "Returned review"),
    "decide.approve": pgettext_lazy("task done", "Approved"),
    "decide.return": pgettext_lazy("task done", "Returned for revision"),
    "decide.reject": pgettext_lazy("task done", "Refused"),
    "decide.hand_over": pgettext_lazy("task done", "Handed over"),
    "decide.take_over": pgettext_lazy("task done", "Took over"),
    "decide.ask": pgettext_lazy("task done", "Asked the submitter"),
    "decide.suspend": pgettext_lazy("task done", "Suspended"),
    "suspended.resume": pgettext_lazy("task done", "Let the clock run again"),
    "suspended.take_over": pgettext_lazy("task done", "Took over"),
    "answer_inquiry.answer": pgettext_lazy("task done", "Answered a question"),
    "issue.issue": pgettext_lazy("task done", "Issued"),
    "issue.void": pgettext_lazy("task done", "Found the approval void"),
    "decide.ballot": pgettext_lazy("task done", "Asked the members"),
    "vote.vote": pgettext_lazy("task done", "Voted"),
    "report.report": pgettext_lazy("task done", "Reported"),
    "confirm.confirm": pgettext_lazy("task done", "Confirmed result"),
    "confirm.return": pgettext_lazy("task done", "Returned result"),
}

# The CSS class of a part's mark; a coordinating or following agency has the hollow square.
ROLE_MARKS: dict[str, str] = {Role.LEAD: "lead", Role.REVIEW: "review", Role.APPROVE: "sign"}

ASSIGNMENTS: Promise = gettext_lazy("assignments")


# The parts of a dossier that a decision binds to (docs/decision-content.md), inside a sentence.
PARTS: dict[str, Promise] = {
    "revision": pgettext_lazy("part of a dossier", "the text of the plan"),
    "action_items": pgettext_lazy("part of a dossier", "the tasks of the plan"),
    "annexes": pgettext_lazy("part of a dossier", "the annexes"),
    "dispositions": pgettext_lazy("part of a dossier", "the opinions and what became of them"),
    "whole": pgettext_lazy("part of a dossier", "the decision itself"),
}


def parts_in_words(names: Iterable[str]) -> str:
    """Name parts of a dossier, in the order given; empty where there is none."""
    return ", ".join(str(PARTS.get(name, name)) for name in names)


def to_do(node: str) -> str:
    """Return what a waiting task at a node asks for."""
    return str(TO_DO[node])


def done(task: CaseTask) -> str:
    """Return what was done with a task."""
    return str(DONE[f"{task.flow_task.name}.{task.verb}"])


def corrected(event: Event) -> str:
    """Return who put an entry right, and which of its parts."""
    parts = ", ".join(_part_of_entry(name) for name in event.data["changed"])
    return _("%(who)s corrected: %(parts)s") % {"who": event.actor_label, "parts": parts}


def _part_of_entry(name: str) -> str:
    if name == "assignments":
        return str(ASSIGNMENTS)
    field: Field[Any, Any] = Directive._meta.get_field(name)  # type: ignore[assignment]
    return str(field.verbose_name)
