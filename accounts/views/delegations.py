"""What a person lends and what is lent to her; lending, answering, taking back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import proof
from accounts.authority import Hat, posts
from accounts.domain import absences, delegations, lending
from accounts.domain.errors import DomainError, NotAllowedError
from accounts.forms.delegations import DeclineForm, LendForm
from accounts.middleware import HattedRequest
from accounts.models import (
    AbsenceProposal,
    Delegation,
    DelegationForm,
    DocumentKind,
    Field,
    Membership,
    User,
)
from accounts.views.addresses import key_of, link

PAGE = 30
LISTS: dict[str, Promise] = {
    "given": gettext_lazy("Given"),
    "held": gettext_lazy("Held"),
    "past": gettext_lazy("Past"),
}
OFFICE_OPENS, OFFICE_CLOSES, USUAL_DAYS = time(7, 30), time(17), 7
SAID: dict[str, Promise] = {
    "confirm": gettext_lazy("The delegation was confirmed and offered to the other side."),
    "accept": gettext_lazy("You act for the leader from the first minute of the delegation on."),
    "decline": gettext_lazy("The delegation was declined."),
    "revoke": gettext_lazy("The delegation was taken back."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A delegation as the page prints it."""

    delegation: Delegation
    principal: str
    title: str
    form: str
    kinds: list[str]
    fields: list[str]
    state: str
    mark: str
    acts: list[str]


class DelegationView(View):
    """A view of the person's own delegations."""

    @property
    def asker(self) -> HattedRequest:
        """The request with the person's hats."""
        return cast("HattedRequest", self.request)

    @property
    def user(self) -> User:
        """The person who is signed in."""
        return cast("User", self.request.user)


class DelegationListView(DelegationView):
    """What the person gives, what she holds, what is over; a page of each."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of one list."""
        now = timezone.now()
        can_lend = lending.positions_to_lend(self.user, at=now)
        name = request.GET.get("list", "")
        name = name if name in LISTS else self._first_list(now)
        found = list(self._listed(name, now)[: PAGE + 1])
        context = {
            "rows": rows_of(found[:PAGE], self.user, now),
            "tabs": [(key, label, key == name) for key, label in LISTS.items()],
            "can_lend": can_lend.exists(),
            "absences": self._absences(can_lend),
            "next_url": _address(list=name, before=found[PAGE - 1].pk) if len(found) > PAGE else "",
            "first_url": _address(list=name) if "before" in request.GET else "",
        }
        return render(request, "accounts/delegations.html", context)

    def _first_list(self, now: datetime) -> str:
        """Return the list that is shown first: what the person holds, where she holds or is offered something."""
        held = Delegation.objects.unfinished(at=now).filter(delegate=self.user, confirmed_at__isnull=False)
        return "held" if held.exists() else "given"

    def _listed(self, name: str, now: datetime) -> QuerySet[Delegation]:
        given = Q(membership__user=self.user) | Q(proposed_by=self.user)
        held = Q(delegate=self.user, confirmed_at__isnull=False)
        delegations_of = {
            "given": Delegation.objects.unfinished(at=now).filter(given),
            "held": Delegation.objects.unfinished(at=now).filter(held),
            "past": Delegation.objects.finished(at=now).filter(given | held),
        }[name]
        before = key_of(self.request.GET.get("before", ""))
        if before is not None:
            delegations_of = delegations_of.filter(pk__lt=before)
        return _with_everything(delegations_of).order_by("-pk")

    def _absences(self, can_lend: QuerySet[Membership]) -> list[dict[str, Any]]:
        """Return the absent leaders the person can provide for, newest first, as many as a page holds."""
        waiting = AbsenceProposal.objects.filter(closed_at=None, membership__in=can_lend)
        found = list(waiting.select_related("membership__user").order_by("-proposed_at", "-pk")[:PAGE])
        titles = _titles({each.membership_id for each in found})
        return [
            {
                "pk": each.pk,
                "name": str(each.membership.user),
                "title": titles[each.membership_id].title,
                "since": each.inactive_since,
                "is_mine": each.membership.user_id == self.user.pk,
                "lend_url": link(reverse("delegation-new"), position=each.membership_id),
            }
            for each in found
        ]


class DelegationNewView(DelegationView):
    """Lending a position: one's own, or prepared for a leader. For everybody else there is nothing here."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show the form of the position that was chosen, or the positions to choose from."""
        if self.membership is None:
            return self._show(None)
        return self._show(self._form(initial=_usual_time()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose the delegation; on refusal show every word again."""
        if self.membership is None:
            raise Http404
        form = self._form(request.POST)
        if form.is_valid():
            proof.require_recent(request)
            try:
                delegations.propose(form.loan(), actor=self.asker.actor)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, self._said())
                return redirect(_address(list="given"))
        return self._show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    @cached_property
    def positions(self) -> list[Membership]:
        """The positions the person may lend or prepare to lend, her own first."""
        found = lending.positions_to_lend(self.user, at=timezone.now()).order_by("pk")
        return sorted(found, key=lambda each: each.user_id != self.user.pk)

    @cached_property
    def membership(self) -> Membership | None:
        """The position that was chosen, the only one where there is one; None where she has to choose.

        Raises:
            Http404: she may lend none, or not that one.
        """
        if not self.positions:
            raise Http404
        chosen = self.request.GET.get("position", "")
        if not chosen:
            return self.positions[0] if len(self.positions) == 1 else None
        found = [each for each in self.positions if str(each.pk) == chosen]
        if not found:
            raise Http404
        return found[0]

    def _form(self, data: Any = None, **given: Any) -> LendForm:
        membership = cast("Membership", self.membership)
        found = lending.candidates(membership, at=timezone.now())
        names = _titles({each.membership.pk for each in found})
        fields = Field.objects.in_order()
        return LendForm(data, membership=membership, candidates=found, names=names, fields=fields, **given)

    def _show(self, form: LendForm | None, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        titles = _titles({each.pk for each in self.positions})
        context = {
            "form": form,
            "membership": self.membership,
            "title": titles[self.membership.pk].title if self.membership else "",
            "is_mine": self.membership is not None and self.membership.user_id == self.user.pk,
            "positions": [(each.pk, str(each.user), titles[each.pk].title) for each in self.positions],
        }
        return render(self.request, "accounts/delegation_new.html", context, status=status)

    def _said(self) -> str:
        is_mine = self.membership is not None and self.membership.user_id == self.user.pk
        if is_mine:
            return _("The delegation was offered. It begins once the other side has accepted.")
        return _("The delegation was prepared. It waits for the leader to confirm it.")


class DelegationAnswerView(DelegationView):
    """Confirming, accepting, declining or taking back one delegation."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Do what was asked and lead back; a refusal is said on the list.

        Raises:
            Http404: the delegation does not concern the person, or the answer is none.
        """
        hers = Q(membership__user=self.user) | Q(delegate=self.user) | Q(proposed_by=self.user)
        delegation = get_object_or_404(Delegation.objects.filter(hers), public_id=public_id)
        answer = request.POST.get("answer", "")
        if answer not in SAID:
            raise Http404
        proof.require_recent(request)
        try:
            self._answer(answer)(delegation)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, str(SAID[answer]))
        return redirect("delegations")

    def _answer(self, answer: str) -> Callable[[Delegation], Delegation]:
        actor = self.asker.actor
        if answer == "decline":
            form = DeclineForm(self.request.POST)
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            return lambda each: delegations.decline(each, reason=reason, actor=actor)
        acts = {
            "confirm": delegations.confirm,
            "accept": delegations.accept,
            "revoke": delegations.revoke,
        }
        return lambda each: acts[answer](each, actor=actor)


class AbsenceDismissView(DelegationView):
    """Setting aside the proposal to lend the position of somebody who has not been seen."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the proposal and lead back.

        Raises:
            Http404: it is none of hers.
        """
        try:
            absences.dismiss(get_object_or_404(AbsenceProposal, pk=pk), actor=self.asker.actor)
        except NotAllowedError as error:
            raise Http404 from error
        messages.success(request, _("The proposal was set aside."))
        return redirect("delegations")


def rows_of(found: Sequence[Delegation], reader: User, now: datetime) -> list[Row]:
    """Return delegations as the page prints them; one statement for their titles."""
    titles = _titles({each.membership_id for each in found})
    return [_row(each, titles[each.membership_id], reader, now) for each in found]


def _row(each: Delegation, hat: Hat, reader: User, now: datetime) -> Row:
    state, mark = _state(each, now)
    return Row(
        delegation=each,
        principal=str(each.membership.user),
        title=hat.title,
        form=str(DelegationForm(each.form).label),
        kinds=[str(DocumentKind(kind).label) for kind in each.kinds],
        fields=[field.name for field in each.fields.all()],
        state=str(state),
        mark=mark,
        acts=_acts(each, reader, now),
    )


def _state(each: Delegation, now: datetime) -> tuple[str, str]:
    """Say how a delegation stands, and the mark of its tag."""
    states = (
        (each.revoked_at is not None, _("Taken back"), "line"),
        (each.declined_at is not None, _("Declined"), "line"),
        (each.ends_at <= now and each.accepted_at is None, _("Never accepted"), "line"),
        (each.ends_at <= now, _("Over"), "line"),
        (each.confirmed_at is None, _("Waits for the leader"), "soon"),
        (each.accepted_at is None, _("Waits for the other side"), "soon"),
        (each.starts_at > now, _("Accepted, begins later"), "done"),
    )
    return next(((words, mark) for holds, words, mark in states if holds), (_("In force"), "here"))


def _acts(each: Delegation, reader: User, now: datetime) -> list[str]:
    """Return what the reader may do with a delegation."""
    if each.ends_at <= now or each.revoked_at or each.declined_at:
        return []
    acts = []
    if each.membership.user_id == reader.pk:
        acts = ["confirm", "revoke"] if each.confirmed_at is None else ["revoke"]
    if each.delegate_id == reader.pk and each.confirmed_at and each.accepted_at is None:
        acts += ["accept", "decline"]
    return acts


def _with_everything(found: QuerySet[Delegation]) -> QuerySet[Delegation]:
    related = found.select_related("membership__user", "delegate", "proposed_by")
    return related.prefetch_related("fields")


def _titles(memberships: Iterable[int]) -> dict[int, Hat]:
    wanted = list(memberships)
    return posts(Membership.objects.filter(pk__in=wanted), on=timezone.localdate()) if wanted else {}


def _usual_time() -> dict[str, Any]:
    """Return what a fresh form starts with: from today for a week, in office hours."""
    today = timezone.localdate()
    return {
        "starts_on": today,
        "starts_time": OFFICE_OPENS,
        "ends_on": today + timedelta(days=USUAL_DAYS),
        "ends_time": OFFICE_CLOSES,
    }


def _address(**query: object) -> str:
    return link(reverse("delegations"), **query)
