"""A table of agencies: what each row would do, and doing all of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, AgencyKind, AgencyName
from accounts.search import fold

from . import directory
from .directory import AgencyInput
from .outcomes import Outcome
from .workbook import Column, SheetRow

COLUMNS = (
    Column(
        "code",
        "Mã cơ quan",
        ("code", "mã"),
        "Bắt buộc. Chữ không dấu, chữ số, gạch nối; không đổi được về sau. Ví dụ: stc.",
        16,
    ),
    Column(
        "symbol",
        "Ký hiệu",
        ("symbol",),
        "Bắt buộc. Ký hiệu ghi trên văn bản, ví dụ: STC.",
        14,
    ),
    Column(
        "kind",
        "Loại",
        ("kind", "loại cơ quan"),
        "Một trong: COMMITTEE (UBND), OFFICE (Văn phòng UBND), DEPARTMENT (sở, ngành), BODY (cơ quan khác của thành "
        "phố), VERTICAL (cơ quan trung ương trên địa bàn), DISTRICT (quận, huyện), PARTY (Đảng, đoàn thể). Loại của cơ "
        "quan đã có không đổi được.",
        16,
    ),
    Column("order", "Thứ tự", ("order", "stt"), "Số nguyên; số nhỏ đứng trước.", 10),
    Column(
        "full_name",
        "Tên đầy đủ",
        ("full name",),
        "Bắt buộc. Tên khác với tên đang dùng là tên mới kể từ ngày ở cột “Từ ngày”.",
        46,
    ),
    Column("short_name", "Tên ngắn", ("short name", "tên viết tắt"), "Bắt buộc.", 24),
    Column(
        "valid_from",
        "Từ ngày",
        ("from", "ngày bắt đầu"),
        "Ngày thành lập, hoặc ngày bắt đầu dùng tên mới, dạng ngày/tháng/năm.",
        14,
        is_day=True,
    ),
)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST = {"symbol": 30, "full_name": 200, "short_name": 80}
HIGHEST_ORDER = 32_767


@dataclass(frozen=True, slots=True)
class Step:
    """One agency to write: a new one, or what is to be another of one that exists."""

    given: AgencyInput
    agency: Agency | None = None
    is_corrected: bool = False
    is_renamed: bool = False


def examine(
    rows: Sequence[SheetRow], _actor: Actor, *, lock: bool = False
) -> tuple[list[Outcome], list[Step]]:
    """Return what each row would do and what confirming would write; three statements whatever the rows.

    With `lock`, agencies that the table names stay as they are until the transaction ends.
    """
    found = Agency.objects.filter(code__in={row.text("code").lower() for row in rows})
    agencies = {each.code: each for each in (found.select_for_update() if lock else found).order_by("pk")}
    names: dict[int, AgencyName] = {}
    for name in AgencyName.objects.filter(agency__in=agencies.values()).order_by("valid_from", "pk"):
        names[name.agency_id] = name
    single = {each.kind: each for each in Agency.objects.filter(kind__in=directory.SINGLE, valid_to=None)}
    outcomes, steps = [], []
    seen: dict[str, int] = {}
    for row in rows:
        code = row.text("code").lower()
        outcome = Outcome(row.number, code, row.text("full_name"))
        outcome.faults = [(_heading(name), words) for name, words in row.faults.items()]
        if (first := seen.setdefault(code, row.number)) != row.number:
            outcome.faults.append(
                (_heading("code"), _("This row repeats row %(number)s.") % {"number": first})
            )
        given = _given(row, code, outcome)
        if given is not None and not outcome.faults:
            step = _step(given, agencies.get(code), names, single, outcome)
            steps += [step] if step else []
        outcomes.append(outcome)
    return outcomes, steps


def apply(steps: Sequence[Step], *, actor: Actor) -> None:
    """Write every step, in the transaction of the caller."""
    for step in steps:
        given = step.given
        if step.agency is None:
            directory.found(given, actor=actor)
            continue
        if step.is_corrected:
            directory.correct(step.agency, symbol=given.symbol, order=given.order, actor=actor)
        if step.is_renamed:
            directory.rename(
                step.agency,
                full_name=given.full_name,
                short_name=given.short_name,
                on=given.valid_from,
                actor=actor,
            )


def _given(row: SheetRow, code: str, outcome: Outcome) -> AgencyInput | None:
    """Return what a row says, checked for itself; what is wrong stands in the outcome."""
    kind, order = _kind_of(row.text("kind")), row.text("order")
    if not CODE.fullmatch(code) or code in directory.RESERVED:
        words = _("A code has letters without diacritics, digits and hyphens, at most 40.")
        outcome.faults.append((_heading("code"), words))
    for name, most in LONGEST.items():
        if not 0 < len(row.text(name)) <= most and name not in row.faults:
            outcome.faults.append((_heading(name), _("Give 1 to %(most)s characters.") % {"most": most}))
    if kind is None and "kind" not in row.faults:
        outcome.faults.append((_heading("kind"), _("There is no such kind of agency.")))
    if (
        not (order.isascii() and order.isdigit() and int(order[:9]) <= HIGHEST_ORDER)
        and "order" not in row.faults
    ):
        outcome.faults.append((_heading("order"), _("Give a whole number up to 32767.")))
    if not row.values.get("valid_from") and "valid_from" not in row.faults:
        outcome.faults.append((_heading("valid_from"), _("Say from which day on.")))
    if outcome.faults or kind is None:
        return None
    texts = {name: row.text(name) for name in LONGEST}
    return AgencyInput(code=code, kind=kind, order=int(order), valid_from=row.values["valid_from"], **texts)


def _step(
    given: AgencyInput,
    agency: Agency | None,
    names: dict[int, AgencyName],
    single: dict[str, Any],
    outcome: Outcome,
) -> Step | None:
    if agency is None:
        return _new(given, single, outcome)
    if agency.kind != given.kind:
        outcome.faults.append((_heading("kind"), _("The kind of an agency that exists does not change.")))
        return None
    name = names.get(agency.pk)
    for column in ("symbol", "order"):
        before, after = str(getattr(agency, column)), str(getattr(given, column))
        outcome.changes += [(_heading(column), before, after)] if before != after else []
    is_corrected = bool(outcome.changes)
    is_renamed = name is None or (name.full_name, name.short_name) != (given.full_name, given.short_name)
    if is_renamed:
        if name is not None and given.valid_from <= name.valid_from:
            words = _("From %(day)s on it has the name %(name)s. A new one begins after that day.")
            said = {"day": f"{name.valid_from:%d/%m/%Y}", "name": name.full_name}
            outcome.faults.append((_heading("valid_from"), words % said))
            return None
        if given.valid_from < agency.valid_from or (agency.valid_to and given.valid_from >= agency.valid_to):
            outcome.faults.append((_heading("valid_from"), _("The agency does not exist on that day.")))
            return None
        before = name.full_name if name else ""
        outcome.changes.append(
            (_heading("full_name"), before, f"{given.full_name} ({given.valid_from:%d/%m/%Y})")
        )
    return Step(given, agency, is_corrected, is_renamed) if outcome.changes else None


def _new(given: AgencyInput, single: dict[str, Any], outcome: Outcome) -> Step | None:
    if given.kind in directory.SINGLE:
        if (other := single.get(given.kind)) is not None:
            words = _("There is one agency of this kind at a time, and %(agency)s is it.")
            outcome.faults.append((_heading("kind"), words % {"agency": other.symbol}))
            return None
        single[given.kind] = given
    outcome.is_new = True
    return Step(given)


def _kind_of(text: str) -> str | None:
    """Return the kind a cell names, by its code or its words in either language."""
    words = {each.value.lower(): each.value for each in AgencyKind}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {fold(str(each.label)): each.value for each in AgencyKind}
    return words.get(fold(text))


def _heading(name: str) -> str:
    return next((each.heading for each in COLUMNS if each.name == name), name)
