"""What stands around an answer in the making: its files, what it replaces, who else was asked, what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import policies
from workflows.models import Opinion, OpinionFile, OpinionState, PlanRevision, Stance
from workflows.presenting import WORD, Segment, date_and_time, redline
from workflows.views.base import CaseRequest

from .names import AgencyNames

FOLD = 8  # agencies shown before the list folds
ALIKE = 0.4  # share of words in common from which a wording is read as a rewritten paragraph
STANCE_TAGS = {
    Stance.AGREE: "done",
    Stance.AGREE_WITH_REMARKS: "here",
    Stance.DISAGREE: "late",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One remark of an answer as it is listed: where it stands on the page, what it is about, its words."""

    id: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One remark of an answer for reading; `redline` compares the wording with the paragraph."""

    id: str
    place: str
    text: str
    suggestion: str
    redline: Sequence[Segment] = ()


@dataclass(frozen=True, slots=True)
class Others:
    """The other agencies of the round: how many have answered, and who they are."""

    asked: int
    answered: int
    rows: list[dict[str, Any]]

    @property
    def folded(self) -> bool:
        """Tell whether there are too many to show at once."""
        return len(self.rows) > FOLD


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that was replaced, or the answer of an earlier round."""

    title: str
    stance: str
    tag: str
    when: datetime | None
    who: str
    reason: str = ""
    remarks: list[dict[str, str]] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)


def others_of(opinion: Opinion, names: AgencyNames) -> Others:
    """Return who else is asked in the round and whether they have answered; what they prepare is their own."""
    found = Opinion.objects.filter(consultation=opinion.consultation_id).exclude(pk=opinion.pk)
    found = found.exclude(state=OpinionState.WITHDRAWN).select_related("participation__agency")
    rows: list[dict[str, Any]] = [
        {"agency": names.short(each.participation.agency), "answered": each.state == OpinionState.GIVEN}
        for each in found.order_by("id")
    ]
    return Others(len(rows), sum(row["answered"] for row in rows), rows)


def files_of(opinion: Opinion) -> list[OpinionFile]:
    """Return the files of the answer that stands and of the one in preparation; one statement."""
    return list(OpinionFile.objects.at_hand().filter(opinion=opinion).select_related("file").order_by("id"))


def replaced_by_this(opinion: Opinion) -> str:
    """Say what the answer replaces; nothing where it is the first."""
    if opinion.state == OpinionState.SILENT:
        return _(
            "It replaces the silence recorded at %(when)s, which stays on record."
            " Until it is signed, the silence counts."
        ) % {"when": date_and_time(opinion.consultation.closed_at)}
    if opinion.state == OpinionState.GIVEN:
        return _(
            "It replaces the answer given at %(when)s (%(stance)s), which stays on record."
            " Until it is signed, that answer counts."
        ) % {"when": date_and_time(opinion.answered_at), "stance": opinion.get_stance_display()}
    return ""


def lateness_of(opinion: Opinion) -> str:
    """Say that the answer comes late; nothing where it is in time."""
    if opinion.consultation.is_closed or timezone.now() > opinion.due:
        words = _("The answers were due at %(when)s: this one is taken, and marked late.")
        return words % {"when": date_and_time(opinion.due)}
    return ""


def extension_of(opinion: Opinion) -> str:
    """Say until when the agency was given more time, and what the first term was."""
    if opinion.extended_to is None:
        return ""
    words = _("Extended to %(day)s; the first term was %(first)s.")
    first = date_and_time(opinion.consultation.due_at)
    return words % {"day": date_and_time(opinion.extended_to), "first": first}


def newer_revision(opinion: Opinion, asker: CaseRequest) -> PlanRevision | None:
    """Return the revision that has followed the one asked about, where the reader may read it.

    Nothing follows while the round is open: then nobody is asked.
    """
    consultation = opinion.consultation
    if not consultation.is_closed:
        return None
    seen = policies.visible_revisions(asker.hats, asker.user, consultation.assignment)
    newer = seen.filter(number__gt=consultation.revision.number)
    return newer.select_related("plan").order_by("-number").first()


def earlier_answers(opinion: Opinion) -> list[Earlier]:
    """Return what the agency said before in this round, newest first; nothing is asked where it has said nothing."""
    if opinion.state not in {OpinionState.GIVEN, OpinionState.SILENT}:
        return []
    return [
        Earlier(
            title=_("Answer %(n)s of this round") % {"n": each.number},
            stance=str(each.get_stance_display()),
            tag=STANCE_TAGS.get(Stance(each.stance), "line"),
            when=each.answered_at,
            who=each.signed_as,
            reason=each.content.get("reason", ""),
            remarks=each.content.get("remarks", []),
            files=each.content.get("files", []),
        )
        for each in opinion.earlier.order_by("-number")
    ]


def earlier_rounds(opinion: Opinion) -> list[Earlier]:
    """Return the agency's answers of earlier rounds, newest first; nothing is asked in the first round."""
    if opinion.consultation.round == 1:
        return []
    before = Opinion.objects.filter(
        participation=opinion.participation_id, consultation__round__lt=opinion.consultation.round
    ).select_related("consultation__revision")
    return [
        Earlier(
            title=_("Round %(n)s, revision %(revision)s")
            % {"n": each.consultation.round, "revision": each.consultation.revision.number},
            stance=str(each.get_stance_display() or each.get_state_display()),
            tag=STANCE_TAGS.get(Stance(each.stance), "line") if each.stance else "line",
            when=each.answered_at,
            who=each.signed_as,
            reason=each.reason,
        )
        for each in before.order_by("-consultation__round")
    ]


def rewritten(paragraph: str, wording: str) -> Sequence[Segment]:
    """Compare a suggested wording with its paragraph, where it reads as the whole paragraph rewritten."""
    if not paragraph or not wording:
        return ()
    words = SequenceMatcher(a=WORD.findall(paragraph), b=WORD.findall(wording), autojunk=False)
    return redline(paragraph, wording) if words.ratio() >= ALIKE else ()


def count_words(said: Sequence[Said]) -> str:
    """Say how many remarks go with an answer."""
    number = len(said)
    if not number:
        return _("The remarks go with it")
    return ngettext("%(n)s remark goes with it", "%(n)s remarks go with it", number) % {"n": number}


def stored_rows(content: dict[str, Any]) -> list[tuple[str, UUID | None, str, str]]:
    """Return the remarks of a stored answer as (anchor, key, text, suggestion)."""
    return [
        (
            each["anchor"],
            UUID(each["anchor_key"]) if each["anchor_key"] else None,
            each["text"],
            each["suggestion"],
        )
        for each in content.get("remarks", ())
    ]
