"""What the administrator's pages share: 404 for everybody else, pages of rows, several acts on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views import View

from accounts import proof
from accounts.authority import Actor
from accounts.domain.administering import ChangedMeanwhileError, is_administrator
from accounts.domain.errors import DomainError
from accounts.models import User
from accounts.views.addresses import clean_text, key_of, link

PAGE = 30
MOST_PAGES = 10_000
Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of a list, and where the pages around it are; no address where there is none."""

    rows: Sequence[Any]
    next_url: str
    first_url: str


class AdministrationView(View):
    """A page of the administrator; for everybody else it does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let administrators in alone.

        Raises:
            Http404: for anybody else.
        """
        if not is_administrator(cast("User", request.user)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        """The administrator."""
        return cast("User", self.request.user)

    @property
    def actor(self) -> Actor:
        """The administrator, acting as such: under no hat."""
        return Actor(user=self.user)

    def given(self, name: str) -> str:
        """Return a part of the query without what no database takes, of bounded length."""
        return clean_text(self.request.GET.get(name, ""))

    def page_of(self, found: QuerySet[Any], **query: str) -> Paged:
        """Return the page of an ordered list that was asked for; one statement."""
        number = key_of(self.given("page")) or 1
        number = min(number, MOST_PAGES)
        first = (number - 1) * PAGE
        rows = list(found[first : first + PAGE + 1])
        return Paged(
            rows=rows[:PAGE],
            next_url=link(self.request.path, **query, page=number + 1) if len(rows) > PAGE else "",
            first_url=link(self.request.path, **query) if number > 1 else "",
        )


class ActsView(AdministrationView):
    """A page with several forms, each an act; `acts` says what is told after each."""

    template_name = ""
    acts: ClassVar[Mapping[str, str | Promise]] = {}

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page."""
        return self.show()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do the act that was chosen and lead back; on refusal show every word again.

        Raises:
            Http404: the page knows no such act.
        """
        act = request.POST.get("act", "")
        form = self.form_of(act, request.POST) if act in self.acts else None
        if form is None:
            raise Http404
        proof.require_recent(request)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                self.perform(act, form.cleaned_data)
            except ChangedMeanwhileError as error:
                form.add_error(None, error.message)
                status = HTTPStatus.CONFLICT
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, self.told(act))
                return redirect(self.done_url(act))
        return self.show({act: form}, status=status)

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form of an act, None where the page does not offer it now."""
        raise NotImplementedError

    def perform(self, act: str, data: Context) -> None:
        """Do an act with its cleaned input."""
        raise NotImplementedError

    def context(self) -> Context:
        """Return what the page shows beside its forms."""
        raise NotImplementedError

    def done_url(self, act: str) -> str:
        """Return where an act leads; back to the page itself by default."""
        return self.request.path

    def told(self, act: str) -> str:
        """Return what is said once an act is done."""
        return str(self.acts[act])

    @property
    def seen(self) -> str:
        """What the form says its page showed; something no stamp equals where it says nothing."""
        return self.request.POST.get("seen", "") or "-"

    def show(
        self, tried: Mapping[str, forms.Form] | None = None, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        """Draw the page; `tried` are the forms that were refused."""
        tried = tried or {}
        drawn = {act: tried.get(act) or self.form_of(act) for act in self.acts}
        refused = next(iter(tried.values()), None)
        context = {"forms": drawn, "form": refused, **self.context()}
        return render(self.request, self.template_name, context, status=status)


def picked(found: Sequence[Model], key: str) -> Any:
    """Return the row whose key a form names, None where there is none."""
    return next((each for each in found if str(each.pk) == key), None)
