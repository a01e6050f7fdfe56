"""URLs of the whole site. Every view carries a policy (config.checks); no viewflow URL is mounted."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from accounts.policy import public
from config import health
from config.admin import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("workflows.urls")),
    path("language/", public(set_language), name="set_language"),
    path("operation/", site.urls),
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
