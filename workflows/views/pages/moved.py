"""What changed in a submitted dossier since the page was drawn on which somebody acts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import policies
from workflows.domain import binding, comparing
from workflows.models import Bound
from workflows.views import history
from workflows.views.agencies import names_on
from workflows.views.history import Witness
from workflows.views.vocabulary import parts_in_words

from .acting import MovedOn
from .changes import ChangeRow, row_of

if TYPE_CHECKING:
    from .deciding import SubmittedPage

SHORT = 8  # digits of a part's hash: it tells what to look at, and binds nobody


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page was drawn from: how far the record went, which revision, and the beginning of each part's hash."""

    seq: int
    revision: int
    parts: dict[str, str]

    @classmethod
    def of(cls, bound: Bound) -> "Drawn":
        """Return what a page shows that was drawn from this dossier."""
        parts = {name: bound.parts[name][:SHORT] for name in binding.PARTS}
        return cls(bound.submission.seq or 0, bound.submission.revision.number, parts)

    @classmethod
    def parse(cls, text: str) -> "Drawn | None":
        """Return what a form brought back, or None where it is nothing a page wrote."""
        seq, _, rest = text.partition(".")
        revision, *parts = rest.split(".")
        if not (seq.isdecimal() and revision.isdecimal() and len(parts) == len(binding.PARTS)):
            return None
        return cls(int(seq), int(revision), dict(zip(binding.PARTS, parts, strict=True)))

    def __str__(self) -> str:
        return ".".join([str(self.seq), str(self.revision), *self.parts.values()])


def dossier_moved(page: "SubmittedPage", drawn: Drawn | None) -> MovedOn:
    """Return what changed since the page was drawn: a redline of the text, the parts, and who did what since."""
    if drawn is None:
        return MovedOn(page.revision, [])
    now = Drawn.of(page.bound)
    changed = binding.changed_parts(drawn.parts, now.parts)
    return MovedOn(page.revision, _redline(page, drawn), parts_in_words(changed), _lines(page, drawn.seq))


def _redline(page: "SubmittedPage", drawn: Drawn) -> list[ChangeRow]:
    """Compare the revision that was on the page with the one there is now, as far as the reader may read it."""
    if drawn.revision == page.revision.number:
        return []
    asker = page.view.asker
    readable = policies.visible_revisions(asker.hats, asker.user, page.assignment)
    earlier = readable.filter(number=drawn.revision).select_related("plan").first()
    differences = comparing.compare(earlier, page.revision) if earlier else []
    return [row_of(difference, []) for difference in differences]


def _lines(page: "SubmittedPage", seq: int) -> list[history.Line]:
    asker = page.view.asker
    witness = Witness.of(asker.hats, asker.user, page.assignment)
    events = history.events_since(page.assignment, witness, seq)
    names = names_on(timezone.localdate(), codes=history.codes_in(events))
    return history.lines(events, witness, names=names)
