"""The paper of an approved plan as data: head, numbered text, table of tasks, annexes, signature block.

Number and date are left to the clerk: they are given after the signature (Decree 30/2020/NĐ-CP art. 15.2).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Agency, AgencyName
from workflows.domain import content
from workflows.domain.issuing import PLAN_TYPE
from workflows.domain.numbering import number_paragraphs
from workflows.models import ActionItem, Decision

from .file_names import named
from .letterhead import Letterhead, letterhead_of
from .wording import PLAN, in_figures, subject_of

KIND = PLAN.upper()


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph: its level, the mark before it, its text."""

    level: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An approved plan as it is printed; `tasks` are rows of six texts, `sha256` is the decision's."""

    head: Letterhead
    symbol: str
    on: date
    title: str
    passages: tuple[Passage, ...]
    tasks: tuple[tuple[str, ...], ...]
    annexes: tuple[str, ...]
    recipients: tuple[str, ...]
    lines: tuple[str, ...]
    name: str
    sha256: str
    note: str

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return named(PLAN, subject_of(self.title), "pdf")

    @property
    def subject(self) -> str:
        """What it is about, as it stands under the name of its kind."""
        about = subject_of(self.title)
        return about[:1].upper() + about[1:]


def build_paper(decision: Decision, *, note: str) -> Paper:
    """Return the paper of an approval; six statements. `note` says what kind of signature it bears."""
    revision = decision.submission.revision
    assignment = decision.submission.assignment
    committee, on = assignment.directive.issuer, timezone.localdate(decision.decided_at)
    items = content.items_of(revision)
    agencies = [committee, *(agency for item in items for agency in (item.lead, *item.coordinating.all()))]
    names = _names(on, {agency.pk for agency in agencies})

    def full(agency: Agency) -> str:
        return names.get(agency.pk, agency.symbol)

    return Paper(
        head=letterhead_of(committee, committee, full),
        symbol=f"{PLAN_TYPE}-{committee.symbol}",
        on=on,
        title=revision.plan.title,
        passages=tuple(
            Passage(each.paragraph.level, each.mark, each.paragraph.text)
            for each in number_paragraphs(content.paragraphs_of(revision))
        ),
        tasks=tuple(_task(number, item, names) for number, item in enumerate(items, start=1)),
        annexes=tuple(revision.annexes.order_by("position", "id").values_list("title", flat=True)),
        recipients=("- Như mục tổ chức thực hiện;", f"- Lưu: VT, {_drafter(decision)}."),
        lines=tuple(decision.signature.get("lines", ())),
        name=decision.signature.get("name", ""),
        sha256=decision.content_sha256,
        note=note,
    )


def _drafter(decision: Decision) -> str:
    lead = decision.submission.assignment.lead
    return lead.symbol if lead else "VP"


def _task(number: int, item: ActionItem, names: dict[int, str]) -> tuple[str, ...]:
    coordinating = [names.get(agency.pk, agency.symbol) for agency in item.coordinating.all()]
    return (
        str(number),
        item.task,
        names.get(item.lead_id, item.lead.symbol),
        "; ".join(coordinating),
        in_figures(item.due_on) if item.due_on else "",
        "; ".join(part for part in (item.product, item.target) if part),
    )


def _names(on: date, ids: Collection[int]) -> dict[int, str]:
    """Return the full names of agencies on a day; one statement."""
    rows = AgencyName.objects.valid(on=on).filter(agency__in=ids).order_by("valid_from", "id")
    return dict(rows.values_list("agency_id", "full_name"))
