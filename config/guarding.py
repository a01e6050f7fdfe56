"""Middleware that keeps one visitor from using up the service, and tells browsers what pages of ours may do."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from accounts.models import User
from accounts.policy import PUBLIC, policy_of
from config import errors, limits

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# URLs whose documents are made anew at each request, by the endings of their names; and the one of stored files.
EXPORTS = ("-docx", "-xlsx", "-pdf", "-csv")
DOWNLOAD = "file"
SIGN_OUT = {"sign-out", "account_logout"}

PERMISSIONS = ", ".join(
    [
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "bluetooth",
                "browsing-topics",
                "camera",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "hid",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "screen-wake-lock",
                "serial",
                "usb",
                "xr-spatial-tracking",
            )
        ),
    ]
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Permitted-Cross-Domain-Policies": "none",
}
# What pages have left in the browser of a computer that others use as well. Cookies are ended one by one instead: the
# language stays.
CLEARED = '"cache", "storage"'


class HeadersMiddleware(MiddlewareMixin):
    """Say on every answer, whoever made it, what other sites and the page itself may do with it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the headers; after signing out, have the browser forget."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        match = request.resolver_match
        if match is not None and match.url_name in SIGN_OUT and request.method == "POST":
            response.headers.setdefault("Clear-Site-Data", CLEARED)
        return response


class LimitMiddleware(MiddlewareMixin):
    """Count acts, uploads, exports and downloads by account, and strangers' posts by address; asks no database.

    Stands behind the middleware that knows who asks: by then the account has been read.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """Let the request through, or answer 429 with the moment to try again."""
        is_known = policy_of(view) != PUBLIC and isinstance(request.user, User)
        who = f"u{request.user.pk}" if is_known else f"a{request.META.get('REMOTE_ADDR', '')}"
        for rule, amount in _due(request, is_known=is_known):
            wait = limits.spend(rule, who, amount)
            if wait:
                return errors.too_many(request, wait)
        return None


def _due(request: HttpRequest, *, is_known: bool) -> Iterator[tuple[str, int]]:
    """Yield the limits a request counts against, and how much."""
    if request.method not in SAFE_METHODS:
        yield ("post" if is_known else "stranger_post"), 1
        count = sum(len(found) for _name, found in request.FILES.lists())
        if count:
            yield "upload", count
        return
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    if name.endswith(EXPORTS):
        yield "export", 1
    elif name == DOWNLOAD:
        yield "download", 1
