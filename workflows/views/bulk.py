"""Acting on many tasks at once: the page before, the beginning, and what became of each."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import proof
from accounts.views.addresses import link
from workflows import policies
from workflows.flows import bulk
from workflows.forms.bulk import GoForm, check_count, read_task
from workflows.models import BulkAct
from workflows.presenting import date_and_time

from .base import CaseView, Context
from .bell import bell_of
from .bulk_rows import Preflight
from .bulk_words import WORDS
from .inbox import matching

PAGE = 50
MAX_QUERY = 1_000


class BulkView(CaseView):
    """POST with a choice shows what can go and what cannot; POST with `go` begins."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead to the list: a choice is made there, and is in no address."""
        return redirect("inbox")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Show the page before the act, or begin it."""
        name = request.POST.get("verb", "")
        if name not in bulk.KINDS:
            raise Http404
        return self._begin(name) if "go" in request.POST else self._look(name)

    def _look(self, name: str) -> HttpResponse:
        chosen, is_cut = self._chosen(name)
        try:
            check_count(len(set(chosen)))
        except ValidationError as error:
            return self._show(name, [], error=error.messages[0])
        return self._show(name, chosen, is_cut=is_cut)

    def _chosen(self, name: str) -> tuple[list[UUID], bool]:
        """Return the tasks that were ticked, or all that the list's address matches."""
        post = self.request.POST
        if "all" not in post:
            return [task for task in map(read_task, post.getlist("viec")) if task], False
        query = QueryDict(post.get("query", "")[:MAX_QUERY])
        return matching(self.asker, query, node=bulk.KINDS[name].node, limit=bulk.LIMIT)

    def _begin(self, name: str) -> HttpResponseBase:
        form = GoForm(self.request.POST)
        if not form.is_valid():
            listed = [task for task in map(read_task, self.request.POST.getlist("viec")) if task]
            problems = [str(problem) for found in form.errors.values() for problem in found]
            return self._show(name, listed[: bulk.LIMIT], error=" ".join(problems))
        proof.require_recent(self.request)
        key, user = form.cleaned_data["key"], self.asker.user
        act = BulkAct.objects.filter(user=user, key=key).first()
        if act is None:
            rows = Preflight(self.asker, name, list(form.items)).rows
            items = [row.item(form.items[row.task.public_id]) for row in rows]
            act = bulk.begin(user, key, name, items)
        bulk.proceed(act, self.asker.actor, self.asker.hats)
        return redirect("bulk-act", act.public_id)

    def _show(self, name: str, chosen: list[UUID], *, error: str = "", is_cut: bool = False) -> HttpResponse:
        found = Preflight(self.asker, name, chosen)
        able = found.able
        context = {
            "nav": "inbox",
            "error": error,
            "verb": name,
            "words": WORDS[name],
            "key": uuid4(),
            "able": able,
            "unable": found.unable,
            "missing": found.missing,
            "is_cut": is_cut,
            "limit": bulk.LIMIT,
            "submit": WORDS[name].many % {"n": len(able)},
            "capacities": list(dict.fromkeys(row.capacity for row in able)),
            **bell_of(self.asker.user),
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        return render(self.request, "workflows/bulk.html", context, status=status)


class BulkActView(CaseView):
    """What became of each task of a bulk act; POST goes on with what waits. Only the one who acted sees it."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show one page of the results, those that were refused first."""
        act = self._act_or_404(public_id)
        return render(request, "workflows/bulk_act.html", self._context(act))

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Do the next tasks; with `again` those that were busy."""
        act = self._act_or_404(public_id)
        if "again" in request.POST:
            act = bulk.try_again(act)
        bulk.proceed(act, self.asker.actor, self.asker.hats)
        return redirect("bulk-act", act.public_id)

    def _act_or_404(self, public_id: UUID) -> BulkAct:
        return get_object_or_404(BulkAct, public_id=public_id, user=self.asker.user)

    def _context(self, act: BulkAct) -> Context:
        entries = sorted(act.results, key=lambda entry: _order(entry["ok"]))
        page, pages = _page(self.request.GET.get("page", ""), len(entries))
        shown = entries[(page - 1) * PAGE : page * PAGE]
        done = sum(entry["ok"] is True for entry in entries)
        refused = sum(entry["ok"] is False for entry in entries)
        address = reverse("bulk-act", args=[act.public_id])
        return {
            "nav": "inbox",
            "act": act,
            "words": WORDS[act.verb],
            "told": WORDS[act.verb].done % {"n": done},
            "done": done,
            "refused": refused,
            "waiting": len(entries) - done - refused,
            "settled": done + refused,
            "total": len(entries),
            "busy": sum(bool(entry.get("busy")) for entry in entries),
            "rows": self._rows(shown),
            "when": date_and_time(act.started_at),
            "next_url": link(address, page=str(page + 1)) if page < pages else "",
            "first_url": address if page > 1 else "",
            **bell_of(self.asker.user),
        }

    def _rows(self, entries: list[dict[str, Any]]) -> list[Context]:
        """Give each result its link, where the case may be read; one statement."""
        wanted = [entry["assignment"] for entry in entries]
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        found = visible.filter(public_id__in=wanted).values_list("public_id", flat=True)
        readable = {str(public_id) for public_id in found}
        return [
            entry
            | {
                "url": reverse("assignment", args=[entry["assignment"]])
                if entry["assignment"] in readable
                else ""
            }
            for entry in entries
        ]


def _order(ok: bool | None) -> int:  # noqa: FBT001 - what the result says
    """Return where a result stands: refused, waiting, done."""
    return {False: 0, None: 1, True: 2}[ok]


def _page(text: str, entries: int) -> tuple[int, int]:
    """Return the number of the page asked for and of the last one."""
    last = max(1, -(-entries // PAGE))
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(bulk.LIMIT)) + 1 else 1
    return min(max(asked, 1), last), last
