"""The table of opinions and what became of them: a page, a DOCX and an XLSX that say the same in the same words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header

from workflows import holding, policies
from workflows.documents import docx, wording, xlsx
from workflows.documents.building import Reader, build_table
from workflows.documents.file_names import named
from workflows.documents.letterhead import COUNTRY, MOTTO
from workflows.documents.packing import clean
from workflows.documents.table import Line, Table
from workflows.documents.wording import Part
from workflows.models import Role

from .agencies import names_on
from .base import Context
from .files import SANDBOX
from .plan_page import PlanTab

LOOKS = {"b": "strong", "i": "em", "c": "mid"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the heading of its column, which a phone prints beside it, and its paragraphs with their classes."""

    head: str
    paragraphs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page's table; `title` is the heading of the round that begins with it."""

    title: str
    cells: Sequence[Cell]


class OpinionTable(PlanTab):
    """What page and files share: the table as far as the person may read it."""

    tab = "opinions"

    @cached_property
    def table(self) -> Table:
        """The table as of today, drawn from the opinions the person may read."""
        hats, user, assignment = self.asker.hats, self.asker.user, self.plan.assignment
        return build_table(
            assignment,
            revision=self.revisions[0],
            opinions=policies.accounted_opinions(hats, user, assignment, sees_all=self.sees_all),
            reader=Reader(self.sees_all, self.is_lead, "" if self.sees_all else self._agency()),
            names=names_on,
            on=timezone.localdate(),
        )

    def _agency(self) -> str:
        """Return the full names of the agencies for which the person reads the plan."""
        parts = holding.participations_with(self.asker.hats, self.asker.user, "view_case").filter(
            assignment=self.plan.assignment, role=Role.COORDINATE
        )
        own = set(parts.values_list("agency_id", flat=True))
        return ", ".join(dict.fromkeys(hat.agency_full for hat in self.asker.hats if hat.agency_id in own))


class TableView(OpinionTable):
    """GET shows the document as a page that can be read on a phone and printed."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the table, or say that there is nothing in it for the person yet."""
        self.open_plan(public_id)
        table = self.table
        context = {"table": table, **_document(table)} if table.rounds else {}
        return render(request, "workflows/opinion_table.html", self.head() | context)


class FileView(OpinionTable):
    """GET hands the document out as a file; 404 where there is nothing in it for the person."""

    extension: ClassVar[str]
    content_type: ClassVar[str]
    rendered: Callable[[Table], bytes]

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Return the file as an attachment that no cache keeps."""
        self.open_plan(public_id)
        if not self.table.rounds:
            raise Http404
        response = HttpResponse(type(self).rendered(self.table), content_type=self.content_type)
        name = file_name(self.table.title, self.extension)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        response["Content-Security-Policy"] = SANDBOX
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class DocxView(FileView):
    """The document as a DOCX."""

    extension, content_type = "docx", docx.CONTENT_TYPE
    rendered = staticmethod(docx.render_docx)


class XlsxView(FileView):
    """The document as a workbook."""

    extension, content_type = "xlsx", xlsx.CONTENT_TYPE
    rendered = staticmethod(xlsx.render_xlsx)


def file_name(title: str, extension: str) -> str:
    """Return the name of the table's file."""
    return named("Bảng tổng hợp ý kiến", title, extension)


# --- the document as a page ------------------------------------------------------------------------------------------


def _document(table: Table) -> Context:
    return {
        "country": COUNTRY,
        "motto": MOTTO,
        "dated": wording.dated(table.head.place, table.on),
        "title": wording.TITLE,
        "subtitle": clean(wording.subtitle(table)),
        "caution": clean(wording.caution(table)),
        "summary": [clean(text) for text in wording.summary(table)],
        "columns": wording.COLUMNS,
        "rows": _rows(table),
        "groups": wording.groups(table),
    }


def _rows(table: Table) -> list[Row]:
    """Return the rows; with more than one round, the first of each carries the round's heading."""
    several = len(table.rounds) > 1
    before = [0, *(line.round for line in table.lines)]
    return [
        Row(wording.round_title(line) if several and line.round != last else "", _cells(line, table))
        for line, last in zip(table.lines, before, strict=False)
    ]


def _cells(line: Line, table: Table) -> list[Cell]:
    parts = wording.cells(line, rounds=len(table.rounds))
    return [
        Cell(head, [_paragraph(part) for part in cell])
        for head, cell in zip(wording.COLUMNS, parts, strict=True)
    ]


def _paragraph(part: Part) -> tuple[str, str]:
    text, look = part
    return clean(text), " ".join(LOOKS[letter] for letter in look)
