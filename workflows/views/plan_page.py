"""What the tabs of a plan share: which revision is shown, who may change it, the head of the page, handing it on."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from http import HTTPStatus
from typing import ClassVar, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import policies
from workflows.domain import calendars, dispositions, returns
from workflows.domain.phases import HandedOnError
from workflows.domain.returns import SentBack
from workflows.forms.plans import FinishForm
from workflows.forms.requests import VERSION as REQUEST_VERSION
from workflows.models import (
    CaseTask,
    Disposition,
    FormDraft,
    Opinion,
    Participation,
    Plan,
    PlanRevision,
    Remark,
    Requirement,
)
from workflows.presenting import Act, DueLabel, due_label

from .agencies import names_on
from .base import CaseView, Context
from .plan_rows import Remarks


class PlanTab(CaseView):
    """A tab of a plan. Whoever may read no revision of it gets 404."""

    tab: ClassVar[str]
    plan: Plan

    def open_plan(self, public_id: UUID) -> None:
        """Load the plan, or answer 404 for one the person may not read."""
        self.plan = self.plan_or_404(public_id)
        if not self.revisions:
            raise Http404

    @cached_property
    def revisions(self) -> Sequence[PlanRevision]:
        """The revisions the person may read, newest first."""
        visible = policies.visible_revisions(
            self.asker.hats, self.asker.user, self.plan.assignment, is_lead=self.is_lead
        )
        revisions = list(visible.select_related("edited_by").order_by("-number", "-id"))
        for revision in revisions:
            revision.plan = self.plan
        return revisions

    @cached_property
    def revision(self) -> PlanRevision:
        """The revision asked for with ?revision=, else the newest; 404 where there is none of that number."""
        wanted = self.request.GET.get("revision", "")
        if not wanted:
            return self.revisions[0]
        for revision in self.revisions:
            if str(revision.number) == wanted:
                return revision
        raise Http404

    @cached_property
    def task(self) -> CaseTask | None:
        """The open task in which the person may change the plan."""
        mine = policies.drafting_tasks(self.asker.hats, self.asker.user).filter(
            process__assignment=self.plan.assignment
        )
        chosen = Participation.objects.to_be_asked().filter(assignment=OuterRef("process__assignment"))
        unsaved = FormDraft.objects.filter(
            task=OuterRef("pk"), user=self.asker.user, fields__has_key=REQUEST_VERSION
        )
        found = (
            CaseTask.objects.with_case()
            .filter(pk__in=mine)
            .annotate(
                chosen=Subquery(chosen.order_by().values("assignment").annotate(n=Count("pk")).values("n")),
                has_unsaved_request=Exists(unsaved),
            )
        )
        return cast("CaseTask | None", found.order_by("id").first())

    @property
    def chosen(self) -> int:
        """How many agencies the next request asks; 0 for who does not draft the plan."""
        return vars(self.task)["chosen"] or 0 if self.task else 0

    @property
    def has_unsaved_request(self) -> bool:
        """Tell whether the person typed into the request and did not save it, so that the head would not see it."""
        return self.task is not None and bool(vars(self.task)["has_unsaved_request"])

    @property
    def node(self) -> str:
        """Where the open task stands: draft or dispose, empty without one."""
        return self.task.flow_task.name if self.task else ""

    @property
    def is_editing(self) -> bool:
        """Tell whether the shown revision may be changed by the person now."""
        return self.task is not None and self.revision == self.revisions[0] and not self.revision.is_frozen

    @property
    def is_htmx(self) -> bool:
        """Tell whether a part of the page is asked for."""
        return bool(getattr(self.request, "htmx", False))

    def refusal(self) -> HttpResponse | None:
        """Return the answer to an edit that may not be made, or None where it may."""
        if self.is_editing:
            return None
        message = (
            HandedOnError().message
            if self.is_lead
            else _("Only the lead agency changes the plan, while it drafts it or answers the remarks.")
        )
        if self.is_htmx:
            messages.error(self.request, message)
            return self.lead_to(self.url())
        context = {"message": message, "back_url": self.url()}
        return render(self.request, "403.html", context, status=HTTPStatus.FORBIDDEN)

    def forget(self) -> None:
        """Forget what was read, because an act has changed it."""
        for name in ("revisions", "revision", "task", "opinions", "remarks", "requirements"):
            self.__dict__.pop(name, None)

    def lead_to(self, address: str) -> HttpResponse:
        """Answer a request for a part of the page with another page."""
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})

    def url(self, name: str = "plan") -> str:
        """Return the address of one of the plan's pages."""
        return reverse(name, args=[self.plan.public_id])

    # --- the remarks and what became of them -----------------------------------------------------------------------

    @cached_property
    def opinions(self) -> list[Opinion]:
        """The opinions the person may read, round by round, agencies as offices list them."""
        seen = policies.visible_opinions(
            self.asker.hats, self.asker.user, self.plan.assignment, sees_all=self.sees_all
        )
        agency = "participation__agency"
        return list(
            seen.select_related("consultation__revision", agency, "signed_by").order_by(
                "consultation__round", f"{agency}__order", f"{agency}__code", "id"
            )
        )

    @cached_property
    def remarks(self) -> Remarks:
        """The remarks of those opinions, with their answers as far as the person may know them."""
        by_pk = {opinion.pk: opinion for opinion in self.opinions}
        rows = list(
            Remark.objects.filter(opinion__in=by_pk)
            .select_related("disposition__disposed_by", "disposition__upholding")
            .order_by("opinion__consultation__round", "opinion_id", "number", "id")
        )
        for row in rows:
            row.opinion = by_pk[row.opinion_id]
            if not self.is_lead:
                hide_unpublished(row)
        agencies = {opinion.participation.agency_id for opinion in self.opinions}
        known = frozenset(opinion.pk for opinion in self.opinions if opinion.answer_known)  # type: ignore[attr-defined]
        return Remarks(rows, names_on(self.today, ids=agencies), known)

    @cached_property
    def is_lead(self) -> bool:
        """Tell whether the person reads as one of the lead's people."""
        return policies.sees_draft(self.asker.hats, self.asker.user, self.plan.assignment)

    @cached_property
    def sees_all(self) -> bool:
        """Tell whether the person may read every opinion, and every answer that the lead's head has signed."""
        return self.is_lead or policies.sees_what_was_put_forward(self.asker.hats, self.plan.assignment)

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What the last return asked for."""
        return list(dispositions.requirements(self.plan.assignment))

    @property
    def today(self) -> date:
        """The day whose names of agencies the page prints: that of the shown revision."""
        return timezone.localdate(self.revision.frozen_at or timezone.now())

    # --- the head of the page --------------------------------------------------------------------------------------

    def head(self) -> Context:
        """Return what templates/workflows/plan_head.html prints."""
        assignment = self.plan.assignment
        return {
            "tab": self.tab,
            "plan": self.plan,
            "assignment": assignment,
            "directive": assignment.directive,
            "revision": self.revision,
            "revisions": self.revisions,
            "is_editing": self.is_editing,
            "due": self._due(),
            **self._counts(),
            "remarks": self.remarks,
            "sent_back": self._sent_back(),
            "finish": self._finish(),
            "why_not": self.why_not(),
            "again": self._again(),
            "why_not_again": self.why_not_again(),
            "is_lead": self.is_lead,
            "chosen_count": self.chosen,
            "nav": "directives",
        }

    def _counts(self) -> Context:
        """Return how many tasks and annexes the revision has; one statement."""
        tasks, files = Count("action_items", distinct=True), Count("annexes", distinct=True)
        shown = PlanRevision.objects.filter(pk=self.revision.pk)
        return shown.aggregate(items_count=tasks, annexes_count=files)

    def _due(self) -> DueLabel | None:
        assignment = self.plan.assignment
        due_at = self.task.due_at if self.task else assignment.due_at
        if due_at is None:
            return None
        now = timezone.now()
        days = calendars.load_calendar().working_days_between(now, due_at)
        return due_label(due_at, now=now, days=days, started_at=self.task.created if self.task else None)

    def _sent_back(self) -> SentBack | None:
        return returns.last_return(self.plan.assignment) if self.task else None

    def _finish(self) -> Act | None:
        if self.task is None or not self.is_editing:
            return None
        if self.node == "draft":
            consequence = _("The head of the agency receives the draft and signs the request for comments.")
        elif self.chosen:
            consequence = _(
                "The head of the agency receives the plan with the answers, signs it and puts it forward. "
                "The agencies chosen for another round are not asked."
            )
        else:
            consequence = _(
                "The head of the agency receives the plan with the answers, signs it and puts it forward."
            )
        return self._hand_over(
            self.task, "finish", _("Submit to head"), consequence, icon="send", kind="primary"
        )

    def _again(self) -> Act | None:
        """Return the act of asking for comments once more; there is none before somebody was chosen for it."""
        if self.task is None or not self.is_editing or self.node != "dispose" or not self.chosen:
            return None
        consequence = ngettext(
            "The head of the agency receives the revised draft and signs the request to %(n)s agency.",
            "The head of the agency receives the revised draft and signs the request to %(n)s agencies.",
            self.chosen,
        )
        label = _("Ask for comments again")
        consequence %= {"n": self.chosen}
        return self._hand_over(self.task, "ask_again", label, consequence, icon="comment")

    def _hand_over(
        self, task: CaseTask, verb: str, label: str, consequence: str, *, icon: str, kind: str = ""
    ) -> Act:
        form = FinishForm(task=task, seen=self.revision.stamp, auto_id=f"{verb}-%s")
        url = reverse("task", args=[task.public_id])
        return Act(verb, label, form, icon=icon, kind=kind, verb=verb, consequence=consequence, url=url)

    def why_not(self) -> str:
        """Return why the plan cannot be handed on yet, empty where it can."""
        if not self.is_editing:
            return ""
        if self.node == "draft":
            return self._why_no_request() or (
                "" if self.chosen else _("No agency to consult has been chosen")
            )
        return self._why_open() or self._why_unmet()

    def why_not_again(self) -> str:
        """Return why the agencies cannot be asked again yet, empty where they can."""
        return (self._why_no_request() or self._why_open()) if self.is_editing else ""

    def _why_no_request(self) -> str:
        words = _("The request for comments has changes that are not saved")
        return words if self.has_unsaved_request else ""

    def _why_open(self) -> str:
        left = self.remarks.unanswered
        return ngettext("%(n)d remark is open", "%(n)d remarks are open", left) % {"n": left} if left else ""

    def _why_unmet(self) -> str:
        unmet = sum(not requirement.answer for requirement in self.requirements)
        words = ngettext("%(n)d requirement is open", "%(n)d requirements are open", unmet)
        return words % {"n": unmet} if unmet else ""


def hide_unpublished(remark: Remark) -> None:
    """Take an answer that the lead's head has not signed off a remark, for readers outside the lead."""
    answer: Disposition | None = getattr(remark, "disposition", None)
    if answer is not None and answer.published_at is None:
        Remark._meta.get_field("disposition").set_cached_value(remark, None)


def renewed(posted: QueryDict, name: str, version: object) -> QueryDict:
    """Return what was sent with the version there is now, so that the next try is made on what the person now sees.

    With another key it is another act.
    """
    data = posted.copy()
    data[name] = str(version)
    return data
