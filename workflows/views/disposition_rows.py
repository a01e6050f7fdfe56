"""The rows of the table of remarks: what stands in each, and the form where it is being answered."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.views.addresses import link
from workflows.forms.dispositions import DispositionForm, PlaceChoices, place_value
from workflows.models import TAKEN, Anchor, Disposition, Remark, Treatment
from workflows.presenting import Act, date_and_time

from .disposition_table import OPEN, Table, said
from .pages.changes import ChangeRow, row_of
from .plan_rows import TAGS, answer_of, who_gave

Typed = Mapping[str, list[str]]
ROW_FIELDS = ("treatment", "text", "place", "needs_no_change")


@dataclass(frozen=True)
class Spot:
    """Where a remark points: its address, and whether the place is no longer in the plan."""

    words: str
    url: str
    is_gone: bool = False


@dataclass(frozen=True)
class Passage:
    """Where a remark that was taken changed the text; `count` is told of the whole draft, `rows` of one place."""

    words: str
    rows: Sequence[ChangeRow]
    is_unchanged: bool
    count: int = 0
    url: str = ""


@dataclass(frozen=True)
class Upheld:
    """Why an agency upholds its view; not `stands` where the lead has changed its answer since."""

    text: str
    signed: str
    stands: bool


@dataclass(frozen=True)
class Alike:
    """Open remarks that can be answered together with one: how many, and the address that shows them ticked."""

    count: int
    url: str


@dataclass(frozen=True)
class RemarkRow:
    """One remark of the table; `form` where it is being answered, `is_known` where its answer may be known."""

    number: int
    remark: Remark
    agency: str
    who: str
    spot: Spot
    round: str
    answer: Disposition | None
    look: str
    form: DispositionForm | None
    is_known: bool
    passage: Passage | None = None
    upheld: Upheld | None = None
    uphold: Act | None = None
    alike: Alike | None = None
    of_agency: Alike | None = None
    edit_url: str = ""
    is_picked: bool = False


class Rows:
    """Lays out the remarks of one page; `acts` are the acts of upholding by remark, `picked` the ticked remarks."""

    def __init__(
        self, table: Table, forms: "RowForms", *, picked: Collection[int] = (), acts: Mapping[int, Act]
    ) -> None:
        self.table, self.tab = table, table.tab
        self.forms = forms
        self.picked = frozenset(picked)
        self.acts = acts

    def all(self) -> list[RemarkRow]:
        """Return the rows in order."""
        return [self._row(remark) for remark in self.table.page]

    def _row(self, remark: Remark) -> RemarkRow:
        is_known = remark.opinion_id in self.tab.remarks.open_books
        answer = answer_of(remark) if is_known else None
        form = self.forms.of(remark, answer)
        row = RemarkRow(
            number=self.table.numbers[remark.pk],
            remark=remark,
            agency=self.tab.remarks.agency(remark),
            who=who_gave(remark),
            spot=self._spot(remark),
            round=self._round(remark),
            answer=answer,
            look=TAGS[Treatment(answer.treatment)] if answer else "soon",
            form=form,
            is_known=is_known,
            uphold=self.acts.get(remark.pk),
            is_picked=remark.pk in self.picked,
        )
        row = self._with_answer(row, answer) if answer else row
        return self._with_alike(row) if form and answer is None else row

    def _with_answer(self, row: RemarkRow, answer: Disposition) -> RemarkRow:
        return replace(
            row,
            passage=self._passage(row.remark, answer),
            upheld=upheld_of(answer),
            edit_url=self.table.asked.link(self.table.address, edit=row.remark.pk)
            if self.table.is_answering
            else "",
        )

    def _with_alike(self, row: RemarkRow) -> RemarkRow:
        remark, code = row.remark, row.remark.opinion.participation.agency.code
        same = len(self._open_saying.get(said(remark), ())) - 1
        own = self._open_of.get(code, 0)
        by_words = self.table.asked.link(self.table.address, state=OPEN, same=remark.pk, agency="")
        by_agency = self.table.asked.link(self.table.address, state=OPEN, agency=code, same="")
        return replace(
            row,
            alike=Alike(same, by_words) if same > 0 and self.table.asked.same is None else None,
            of_agency=Alike(own, by_agency) if own > 1 and remark.pk in self._first_of_agency else None,
        )

    @cached_property
    def _open_saying(self) -> dict[str, set[int]]:
        """The agencies of the open remarks by what these say."""
        found: dict[str, set[int]] = {}
        for remark in self._open:
            found.setdefault(said(remark), set()).add(remark.opinion.participation.agency_id)
        return found

    @cached_property
    def _first_of_agency(self) -> set[int]:
        """The first open remark of each agency on the page: its row offers to answer them all."""
        if self.table.asked.agency:
            return set()
        opened = [remark for remark in self.table.page if answer_of(remark) is None]
        return set({remark.opinion.participation_id: remark.pk for remark in reversed(opened)}.values())

    @cached_property
    def _open_of(self) -> dict[str, int]:
        codes = [remark.opinion.participation.agency.code for remark in self._open]
        return {code: codes.count(code) for code in set(codes)}

    @property
    def _open(self) -> Iterator[Remark]:
        return (remark for remark in self.table.source if answer_of(remark) is None)

    def _spot(self, remark: Remark) -> Spot:
        if remark.anchor == Anchor.WHOLE:
            return Spot(remark.anchor_label, "")
        is_gone = not self.table.tracing.has(remark.anchor, remark.anchor_key)
        if self.tab.sees_all and not is_gone:
            return Spot(remark.anchor_label, self._address_of(remark))
        judged = remark.opinion.consultation.revision
        is_readable = judged.pk in {revision.pk for revision in self.tab.revisions}
        return Spot(
            remark.anchor_label, self._address_of(remark, judged.number) if is_readable else "", is_gone
        )

    def _address_of(self, remark: Remark, revision: int = 0) -> str:
        name, mark = ("plan", "m") if remark.anchor == Anchor.PARAGRAPH else ("plan-items", "nv")
        return f"{link(self.tab.url(name), revision=revision)}#{mark}-{remark.anchor_key}"

    def _round(self, remark: Remark) -> str:
        """Say which round a remark is of and what it judged, where there was more than one."""
        if len({opinion.consultation_id for opinion in self.tab.opinions}) == 1:
            return ""
        consultation = remark.opinion.consultation
        said_of = {"round": consultation.round, "revision": consultation.revision.number}
        return _("Round %(round)s, on revision %(revision)s") % said_of

    def _passage(self, remark: Remark, answer: Disposition) -> Passage | None:
        if answer.treatment not in TAKEN:
            return None
        if answer.needs_no_change:
            return Passage(_("The draft needs no change"), (), is_unchanged=False)
        found = self.table.tracing.answering(remark, answer)
        if answer.anchor == Anchor.WHOLE:
            url = self._comparison(remark) if found else ""
            return Passage(_("The whole draft"), (), not found, len(found), url)
        words = self._words.get((Anchor(answer.anchor), answer.anchor_key))
        where = words or (found[0].where if found else remark.anchor_label)
        return Passage(where, [row_of(each, []) for each in found], not found)

    @cached_property
    def _words(self) -> Mapping[Any, str]:
        return self.table.tracing.places()

    def _comparison(self, remark: Remark) -> str:
        """Return the address that compares what was judged with what there is, where the person may read both."""
        numbers = {revision.pk: revision.number for revision in self.tab.revisions}
        old, new = (
            numbers.get(key)
            for key in (remark.opinion.consultation.revision_id, self.table.tracing.target.pk)
        )
        return link(self.tab.url("plan-revisions"), **{"from": old, "to": new}) if old and new else ""


class RowForms:
    """Makes the form of each row that is being answered; what was typed and not recorded is put back."""

    def __init__(
        self, table: Table, typed: Typed, refused: tuple[Remark, DispositionForm] | None = None
    ) -> None:
        self.table = table
        self.typed = typed
        self.refused = refused

    @cached_property
    def places(self) -> PlaceChoices:
        """The places of the draft, once for all rows."""
        return self.table.places()

    def bound(self, remark: Remark, data: QueryDict) -> DispositionForm:
        """Return the form of a remark with what was sent."""
        return DispositionForm(data, **self._arguments(remark))

    def of(self, remark: Remark, answer: Disposition | None) -> DispositionForm | None:
        """Return the form of a remark that is open or whose answer is being changed."""
        if self.refused and self.refused[0] == remark:
            return self.refused[1]
        is_wanted = answer is None or self.table.edited == remark.pk
        if not self.table.is_answering or not is_wanted:
            return None
        stored = self._stored(remark, answer) | typed_in(self.typed, f"r{remark.pk}", *ROW_FIELDS)
        return DispositionForm(initial=stored, **self._arguments(remark))

    def _arguments(self, remark: Remark) -> dict[str, Any]:
        full = self.table.asked.edit == remark.pk
        return {
            "prefix": f"r{remark.pk}",
            "places": self.places,
            "own": remark.anchor_label or _("The whole draft"),
            "full": full,
        }

    def _stored(self, remark: Remark, answer: Disposition | None) -> dict[str, Any]:
        if answer is None:
            return {"version": 0}
        place = (Anchor(answer.anchor), answer.anchor_key)
        is_own = place == (remark.anchor, remark.anchor_key)
        return {
            "treatment": answer.treatment,
            "text": answer.text,
            "place": "" if is_own else place_value(place),
            "needs_no_change": answer.needs_no_change,
            "version": answer.version,
        }


def upheld_of(answer: Disposition) -> Upheld | None:
    """Return why the agency upholds its view, against this answer or against the one before."""
    upholding = getattr(answer, "upholding", None)
    if upholding is None:
        return None
    signed = f"{upholding.signed_as}, {date_and_time(upholding.upheld_at)}"
    return Upheld(upholding.text, signed, answer.is_upheld)


def typed_in(typed: Typed, prefix: str, *names: str) -> dict[str, str]:
    """Return what was typed into a row's fields and not recorded."""
    found = {name: typed.get(f"{prefix}-{name}", [""])[0] for name in names}
    return {name: text for name, text in found.items() if text}
