"""The paper of an approval on the pages of its case: its signature block, what became of signing it, another try."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import holding, policies
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.flows import paper_acts, steps
from workflows.forms.base import KeyForm
from workflows.models import Assignment, PaperSignature, Phase, SigningState, StoredFile

from .base import CaseRequest, CaseView

APPROVED = (Phase.ISSUING, Phase.ISSUED)
LOOKS = {SigningState.SIGNED: "done", SigningState.FAILED: "late"}


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper as its reader may know it: the file where she may open it, the error where she may have it made again."""

    signature: dict[str, Any]
    state: str
    look: str
    signer: str
    file: StoredFile | None
    error: str = ""
    again_url: str = ""
    key: UUID | None = None


def paper_of(assignment: Assignment, asker: CaseRequest) -> ShownPaper | None:
    """Return the paper of the approval that stands, if there is one; one statement, none before the approval."""
    if assignment.phase not in APPROVED:
        return None
    readable = policies.readable_papers(asker.hats, asker.user, assignment)
    paper = (
        PaperSignature.objects.standing()
        .filter(decision__submission__assignment=assignment)
        .select_related("decision", "file")
        .annotate(is_readable=Exists(readable.filter(pk=OuterRef("pk"))))
        .order_by("-id")
        .first()
    )
    if paper is None:
        return None
    may_retry = paper.state == SigningState.FAILED and holding.judges(asker.hats, assignment)
    return ShownPaper(
        signature=paper.decision.signature,
        state=str(paper.get_state_display()),
        look=LOOKS.get(SigningState(paper.state), ""),
        signer=paper.signer,
        file=paper.file if vars(paper)["is_readable"] else None,
        error=paper.error if may_retry else "",
        again_url=reverse("case-paper", args=[assignment.public_id]) if may_retry else "",
        key=uuid4() if may_retry else None,
    )


class PaperView(CaseView):
    """POST has a paper made again that was given up."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Have it made again once and go back to the case."""
        assignment = self.assignment_or_404(public_id)
        back = reverse("assignment", args=[assignment.public_id])
        form = KeyForm(request.POST)
        if not form.is_valid():
            return redirect(back)
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        try:
            paper_acts.make_again(assignment, attempt)
        except NotAllowedError as error:
            context = {"message": error.message, "back_url": back}
            return render(request, "403.html", context, status=HTTPStatus.FORBIDDEN)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(back)
        messages.success(request, _("The paper is being made again."))
        return redirect(back)
