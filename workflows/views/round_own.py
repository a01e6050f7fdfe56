"""What an asked agency finds on the page of a round: its own part, and what it can do now."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.domain import opinions, rounds
from workflows.forms.rounds import AgainForm
from workflows.models import ExtensionState, Opinion, OpinionState, Phase

from . import vocabulary
from .round_page import RoundPage
from .round_rows import AgencyRow, row_of

ANSWERING = {Phase.CONSULTING, Phase.DISPOSING}


@dataclass(frozen=True, slots=True)
class OwnPart:
    """An agency's own part in the round, with the task that is open, or what may be begun."""

    row: AgencyRow
    task_url: str = ""
    task_label: str = ""
    ask_url: str = ""
    again: AgainForm | None = None
    again_label: str = ""
    note: str = ""


def own_of(page: RoundPage) -> list[OwnPart]:
    """Return the parts of the reader's own agencies."""
    return [_part(page, opinion) for opinion in page.own]


def note_opened(page: RoundPage) -> None:
    """Note that somebody of an asked agency has read the request; no statement once it is known."""
    for opinion in page.own:
        if opinion.state == OpinionState.ASKED and opinion.first_opened_at is None:
            rounds.note_opened(opinion, actor=page.asker.actor)


def _part(page: RoundPage, opinion: Opinion) -> OwnPart:
    row = row_of(page, opinion)
    if not vars(opinion)["may_prepare"]:
        return OwnPart(row)
    task = page.tasks.get(opinion.participation_id)
    if task is not None and not vars(opinion)["asked_later"]:
        node = task.flow_task.name
        return OwnPart(
            row,
            task_url=reverse("task", args=[task.public_id]),
            task_label=vocabulary.to_do(node),
            ask_url=page.here(act="ask", opinion=opinion.pk) if _may_ask(page, opinion) else "",
        )
    refusal = _refusal(page, opinion)
    if refusal is not None:
        return OwnPart(row, note=refusal)
    label = _("Answer late") if opinion.state == OpinionState.SILENT else _("Answer again")
    return OwnPart(row, again=AgainForm(initial={"opinion": opinion.pk}), again_label=label)


def _may_ask(page: RoundPage, opinion: Opinion) -> bool:
    """Tell whether a wish for more time would be taken."""
    is_wished = any(each.state == ExtensionState.ASKED for each in opinion.extensions.all())
    return opinion.state == OpinionState.ASKED and page.now <= opinion.due and not is_wished


def _refusal(page: RoundPage, opinion: Opinion) -> str | None:
    """Return why no other answer is taken now, None where it is."""
    if vars(opinion)["asked_later"]:
        return _("Your agency was asked again in a later round; it answers there.")
    refusal = opinions.refusal_of(opinion)
    if refusal is not None:
        return refusal.message
    if opinion.state == OpinionState.ASKED or page.assignment.phase not in ANSWERING:
        return ""
    return None
