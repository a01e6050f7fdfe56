"""Django's own administration, for superusers who have proved a second factor; to everybody else it does not exist.

The office is administered on its own pages. This is where the operator looks at rows and opens the door to an
administrator; nothing of a case is registered, and what is on record can be looked at and not changed.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from accounts import proof
from accounts.domain import administering
from accounts.domain.chain import CHAIN
from accounts.middleware import HattedRequest
from accounts.models import User
from accounts.policy import policy
from notifications.models import Event

if TYPE_CHECKING:
    RowsAdmin = ModelAdmin[Any]
else:
    RowsAdmin = ModelAdmin  # no subscript at run time

View = Callable[..., HttpResponseBase]


class OperatorsSite(AdminSite):
    """The site: every page of it is marked, and not found without the right and the second factor."""

    site_title = site_header = _("Operation")
    index_title = _("Rows")

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody is a superuser who has proved a second factor in this session."""
        user = request.user
        return bool(user.is_active and user.is_superuser and proof.has_second_factor(request))

    def get_urls(self) -> list[Any]:
        """Return the pages, without a sign-in of their own."""
        found = super().get_urls()
        return [self._closed(each) for each in found if getattr(each, "name", "") != "login"]

    def _closed(self, entry: URLPattern | URLResolver) -> URLPattern | URLResolver:
        for each in getattr(entry, "url_patterns", [entry]):
            if isinstance(each, URLPattern):
                each.callback = self._guard(cast("View", each.callback))
        return entry

    def _guard(self, view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404
            return view(request, *args, **kwargs)

        return policy("operation")(guarded)


class LookedAt(RowsAdmin):
    """Rows that are looked at and not touched."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Let nobody change one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Let nobody delete one."""
        return False


class UserAdmin(LookedAt):
    """Whether somebody is an administrator or a superuser: the one thing that is changed here, on record."""

    list_display = ("username", "full_name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "full_name")
    fields = ("username", "full_name", "is_active", "is_staff", "is_superuser", "last_login", "joined_at")
    readonly_fields = ("username", "full_name", "is_active", "last_login", "joined_at")
    ordering = ("username",)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Let nobody open a door to herself or close it behind herself."""
        return obj is None or obj.pk != request.user.pk

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:  # noqa: FBT001 - Django's own signature
        """Keep the change and record it."""
        actor = cast("HattedRequest", request).actor
        administering.give_powers(
            obj, is_administrator=obj.is_staff, is_superuser=obj.is_superuser, actor=actor
        )


class AuthenticatorAdmin(LookedAt):
    """Second factors: what kind and since when; their secrets are not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = ("user", "type", "created_at", "last_used_at")
    ordering = ("user__username", "pk")


class EventAdmin(LookedAt):
    """The record of people, agencies and rules; that of a case is on its pages."""

    list_display = ("occurred_at", "kind", "actor_label", "subject_type", "subject_id")
    list_filter = ("kind",)
    fields = ("chain", "seq", "kind", "actor_label", "occurred_at", "data", "prev_hash", "hash")
    ordering = ("-pk",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Event]:
        """Return the events that belong to no case."""
        return super().get_queryset(request).filter(chain=CHAIN)


site = OperatorsSite(name="operation")
site.register(User, UserAdmin)
site.register(Authenticator, AuthenticatorAdmin)
site.register(Event, EventAdmin)
