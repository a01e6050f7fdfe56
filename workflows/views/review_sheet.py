"""The Office's sheet on a submission (phiếu trình): a page and a DOCX that say the same in the same words.

Read by the Office from the submission on, by the Committee once the Office's leader has signed; the agencies do not
read what the Office advises (domain notes 10.5).
"""

from functools import cached_property
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header

from workflows import policies
from workflows.documents import sheet_docx, sheet_wording, wording
from workflows.documents.docx import CONTENT_TYPE
from workflows.documents.file_names import named
from workflows.documents.letterhead import COUNTRY, MOTTO
from workflows.documents.packing import clean
from workflows.documents.sheet import Sheet
from workflows.documents.sheet_building import build_sheet
from workflows.documents.sheet_wording import Block, Place
from workflows.models import Phase, Plan, Submission

from .agencies import names_on
from .base import CaseView, Context
from .files import SANDBOX

# While the lead works on the next submission the answers move: its sheet is made when it is put forward.
SUBMITTED = frozenset(
    {
        Phase.REVIEWING,
        Phase.DECIDING,
        Phase.SUSPENDED,
        Phase.VOTING,
        Phase.ISSUING,
        Phase.ISSUED,
        Phase.REJECTED,
    }
)


class ReviewSheet(CaseView):
    """What page and file share: the sheet of the newest submission, as far as the person may read it."""

    plan: Plan

    def open_sheet(self, public_id: UUID) -> None:
        """Load the plan and its newest submission, or answer 404 for a sheet the person may not read."""
        self.plan = self.plan_or_404(public_id)
        if self.submission is None or not policies.reads_sheet(
            self.asker.hats, self.plan.assignment, is_signed=self._is_signed
        ):
            raise Http404

    @cached_property
    def submission(self) -> Submission | None:
        """The newest submission; none while the case is with the lead."""
        if self.plan.assignment.phase not in SUBMITTED:
            return None
        found = Submission.objects.filter(assignment=self.plan.assignment).select_related(
            "revision__plan", "review__reviewed_by", "review__signed_by", "decision__decided_by"
        )
        submission = found.order_by("-number", "-id").first()
        if submission is not None:
            submission.assignment = self.plan.assignment
        return submission

    @property
    def _is_signed(self) -> bool:
        review = getattr(self.submission, "review", None)
        return review is not None and review.signed_at is not None

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet as of now."""
        assert self.submission is not None  # open_sheet has looked
        return build_sheet(self.submission, names=names_on)


class SheetView(ReviewSheet):
    """GET shows the sheet as a page that can be read on a phone and printed."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the sheet."""
        self.open_sheet(public_id)
        assignment = self.plan.assignment
        context = {
            "nav": "directives",
            "plan": self.plan,
            "assignment": assignment,
            "directive": assignment.directive,
            **document(self.sheet),
        }
        return render(request, "workflows/review_sheet.html", context)


class SheetDocxView(ReviewSheet):
    """GET hands the sheet out as a DOCX."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Return the file as an attachment that no cache keeps."""
        self.open_sheet(public_id)
        response = HttpResponse(sheet_docx.render_docx(self.sheet), content_type=CONTENT_TYPE)
        name = named(f"Phiếu trình lần {self.sheet.number}", wording.subject_of(self.sheet.title), "docx")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        response["Content-Security-Policy"] = SANDBOX
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def document(sheet: Sheet) -> Context:
    """Return the sheet in the words of the document, cleaned as its file is."""
    return {
        "sheet": sheet,
        "country": COUNTRY,
        "motto": MOTTO,
        "dated": wording.dated(sheet.head.place, sheet.on or sheet.submitted_on),
        "title": sheet_wording.TITLE,
        "times": sheet_wording.times(sheet),
        "to": clean(sheet.to),
        "blocks": [_cleaned(block) for block in sheet_wording.blocks(sheet)],
        "box_title": clean(sheet_wording.box_title(sheet)),
        "box": [_cleaned(block) for block in sheet_wording.box(sheet.direction)],
        "directed": sheet_wording.directed(sheet.direction) if sheet.direction else None,
        "places": [_shown(place) for place in sheet_wording.places(sheet)],
    }


def _cleaned(block: Block) -> Block:
    return Block(block.look, clean(block.text))


def _shown(place: Place) -> Place:
    return Place(place.dated, place.lines, clean(place.name))
