"""Grounds and obstacles in sentences, for the page and for the command."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from workflows.models import GrantSource
from workflows.presenting import date_and_time, day_month_year

from .answers import Explanation
from .grounds import WIDE, Ground, Rule, Thing
from .obstacles import Because
from .refusals import REFUSALS
from .rows import CaseRows

RIGHTS: dict[str, Promise] = {
    "view_case": gettext_lazy("read the case"),
    "receive": gettext_lazy("accept or decline the assignment"),
    "draft_plan": gettext_lazy("draft the plan and answer remarks"),
    "sign_plan": gettext_lazy("sign for the lead agency"),
    "report_result": gettext_lazy("report the result"),
    "prepare_opinion": gettext_lazy("prepare the agency's opinion"),
    "sign_opinion": gettext_lazy("sign the agency's opinion"),
    "reassign": gettext_lazy("name another lead"),
    "review_plan": gettext_lazy("review the dossier"),
    "sign_review": gettext_lazy("sign the Office's review"),
    "confirm_report": gettext_lazy("confirm a result"),
    "issue_plan": gettext_lazy("number and issue"),
    "decide": gettext_lazy("decide for the Committee"),
    "take_over": gettext_lazy("take a case over"),
    "call_ballot": gettext_lazy("call a ballot of the members"),
    "vote": gettext_lazy("hand in a ballot slip"),
}
THINGS: dict[tuple[Thing, Rule | None], Promise] = {
    (Thing.PLAN, Rule.LEAD): gettext_lazy("The plan: every revision, as the lead agency."),
    (Thing.PLAN, Rule.ASKED): gettext_lazy("The plan: the revisions the agency was asked about."),
    (Thing.PLAN, Rule.JUDGES): gettext_lazy("The plan: the revisions that were put forward."),
    (Thing.PLAN, None): gettext_lazy("The plan: not yet, none of its revisions has come here."),
    (Thing.OPINIONS, Rule.LEAD): gettext_lazy("The opinions: all of them, as the lead agency."),
    (Thing.OPINIONS, Rule.JUDGES): gettext_lazy("The opinions: all of them, since the plan was put forward."),
    (Thing.OPINIONS, Rule.ASKED): gettext_lazy("The opinions: the agency's own, others as the rules allow."),
    (Thing.OPINIONS, Rule.OTHERS): gettext_lazy("The opinions: those of the agencies asked with it."),
    (Thing.OPINIONS, None): gettext_lazy("The opinions: none that may be read yet."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One ground: under which capacity, from where, what it allows, until when."""

    capacity: str
    source: str
    rights: str
    end: str
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An explanation in sentences."""

    person: str
    sees: bool
    lines: list[Line]
    refusals: list[str]
    things: list[str]


def in_words(explanation: Explanation) -> Answer:
    """Say an explanation in the reader's language."""
    return Answer(
        person=str(explanation.person),
        sees=explanation.sees,
        lines=[_line(explanation, each) for each in explanation.grounds],
        refusals=[refusal(each) for each in explanation.obstacles],
        things=[str(THINGS[thing]) for thing in explanation.things],
    )


def _line(explanation: Explanation, ground: Ground) -> Line:
    words = [str(RIGHTS[right]) for right in RIGHTS if right in ground.rights]
    return Line(
        capacity=ground.hat.capacity,
        source=source_of(explanation.case, ground),
        rights=", ".join(words),
        end=_end(explanation, ground),
        loan=_loan(explanation, ground),
    )


def source_of(case: CaseRows, ground: Ground) -> str:
    """Say where a ground comes from."""
    say: dict[str, Callable[[CaseRows, Ground], str]] = {
        WIDE: _by_position,
        GrantSource.FIELD: _by_field,
        GrantSource.HANDOVER: _by_handover,
        GrantSource.BALLOT: _by_ballot,
        GrantSource.SUCCESSION: _by_succession,
    }
    return say.get(ground.source, _by_role)(case, ground)


def _by_position(_case: CaseRows, _ground: Ground) -> str:
    return _("By the position: the Office and the Committee read every issued directive.")


def _by_role(_case: CaseRows, ground: Ground) -> str:
    part = ground.part
    if part is None:
        return ""
    words = {
        "agency": ground.hat.agency_short,
        "role": part.get_role_display(),
        "since": date_and_time(part.added_at),
    }
    return _("By the agency's part in the case: %(agency)s, %(role)s, since %(since)s.") % words


def _by_field(case: CaseRows, ground: Ground) -> str:
    found = case.responsibilities.get(_source_id(ground))
    if found is None:
        return _("In charge of the field.")
    words = {
        "field": found.field.name,
        "since": day_month_year(found.valid_from),
        "basis": found.basis,
        "person": found.membership.user.full_name,
    }
    if found.membership_id == ground.hat.membership_id:
        return _("In charge of the field %(field)s since %(since)s, by %(basis)s.") % words
    return _("Taken over with the work of %(person)s, who was in charge of the field %(field)s.") % words


def _by_handover(case: CaseRows, ground: Ground) -> str:
    found = case.handovers.get(_source_id(ground))
    if found is None:
        return _("Handed over.")
    words = {"who": found.handed_as, "when": date_and_time(found.handed_at)}
    if found.to_id != ground.hat.membership_id:
        return _("Taken over with the work of %(person)s.") % {"person": found.to_as}
    return _("Handed over by %(who)s on %(when)s.") % words


def _by_ballot(case: CaseRows, ground: Ground) -> str:
    found = case.ballots.get(_source_id(ground))
    if found is None:
        return _("Asked by ballot.")
    words = {"number": found.number, "who": found.called_as, "when": date_and_time(found.called_at)}
    return _("Asked by ballot %(number)s, called by %(who)s on %(when)s.") % words


def _by_succession(case: CaseRows, ground: Ground) -> str:
    found = case.predecessors.get(_source_id(ground))
    words = {
        "agency": found.symbol if found else "",
        "role": ground.part.get_role_display() if ground.part else "",
        "when": day_month_year(found.valid_to) if found and found.valid_to else "",
    }
    return _("As successor of %(agency)s, which ended on %(when)s: its part in the case, %(role)s.") % words


def _source_id(ground: Ground) -> int:
    return (ground.row.source_id if ground.row else None) or 0


def _loan(explanation: Explanation, ground: Ground) -> str:
    lent = ground.hat.lent
    if lent is None:
        return ""
    loan = explanation.posts.delegations[lent.delegation_id]
    return _("Lent by %(person)s, delegation %(basis)s, from %(start)s until %(end)s.") % {
        "person": lent.principal,
        "basis": lent.basis,
        "start": date_and_time(loan.starts_at),
        "end": date_and_time(loan.ends_at),
    }


def _end(explanation: Explanation, ground: Ground) -> str:
    """Say when a ground ends: the first of its dates, or with the position and the part."""
    held = explanation.posts.memberships[ground.hat.membership_id]
    ends = [
        (day_month_year(held.valid_to), held.valid_to, _("Until the position ends on %(when)s.")),
        *_moment(ground.row.expires_at if ground.row else None, _("Until the right expires on %(when)s.")),
        *_moment(
            ground.hat.lent.ends_at if ground.hat.lent else None,
            _("Until the delegation ends on %(when)s."),
        ),
    ]
    dated = sorted(
        ((_day(end), number) for number, (_words, end, _say) in enumerate(ends) if end is not None)
    )
    if dated:
        words, _end_at, sentence = ends[dated[0][1]]
        return sentence % {"when": words}
    if ground.part is None:
        return _("For as long as the position is held.")
    return _("For as long as the position is held and the agency's part lasts.")


def _moment(end: datetime | None, sentence: str) -> list[tuple[str, date | None, str]]:
    return [(date_and_time(end), end, sentence)] if end else []


def _day(end: date) -> date:
    return timezone.localdate(end) if isinstance(end, datetime) else end


def refusal(because: Because) -> str:
    """Say one obstacle."""
    hat, part, loan = because.hat, because.part, because.delegation
    when = because.when
    return str(REFUSALS[because.obstacle]) % {
        "hat": hat.capacity if hat else "",
        "agency": hat.agency_short if hat else "",
        "role": part.get_role_display() if part else "",
        "person": ", ".join(because.others),
        "basis": loan.basis if loan else "",
        "when": _when(when),
    }


def _when(when: date | datetime | None) -> str:
    if when is None:
        return pgettext("moment", "unknown")
    return date_and_time(when) if isinstance(when, datetime) else day_month_year(when)


def capacities(explanations: Iterable[Explanation]) -> list[tuple[str, list[Line]]]:
    """Return each person's name with the grounds that let her see the case."""
    return [
        (str(each.person), [_line(each, ground) for ground in each.grounds if ground.lets_see])
        for each in explanations
    ]
