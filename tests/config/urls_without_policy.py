"""A site with two views that forgot to say who may use them, one of them behind an include."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from accounts.policy import public


class Open(View):
    """Answer everybody."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse("open")


@public
def marked(_request: HttpRequest) -> HttpResponse:
    """Answer everybody, on purpose."""
    return HttpResponse("open on purpose")


def unmarked(_request: HttpRequest) -> HttpResponse:
    """Answer everybody."""
    return HttpResponse("open")


urlpatterns = [
    path("marked/", marked),
    path("open/", Open.as_view()),
    path("deep/", include([path("open/", unmarked)])),
]
