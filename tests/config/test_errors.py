import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from accounts.policy import public
from config import errors


@public
def broken(_request: HttpRequest) -> HttpResponse:
    """Fail as faults of ours fail."""
    raise RuntimeError("a detail of the system")


@public
def locked_out(_request: HttpRequest) -> HttpResponse:
    """Fail as a database does that is down or locked for too long."""
    raise OperationalError("canceling statement due to lock timeout")


urlpatterns = [path("broken/", broken), path("locked-out/", locked_out)]
handler500 = "config.errors.server_error"


@pytest.fixture
def quiet_client(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_fault_of_ours_is_500_without_details(quiet_client):
    response = quiet_client.get("/broken/")

    assert response.status_code == 500
    assert "a detail of the system" not in response.content.decode()


@pytest.mark.django_db
def test_database_that_cannot_serve_is_503_with_the_moment_to_retry(quiet_client):
    response = quiet_client.get("/locked-out/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.page_not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_error_page_is_drawn_without_sql(view, status):
    with CaptureQueriesContext(connection) as queries:
        response = view(RequestFactory().get("/"))

    assert response.status_code == status
    assert len(queries) == 0
    assert "<h1>" in response.content.decode()


@pytest.mark.django_db
def test_form_without_its_key_is_403():
    response = Client(enforce_csrf_checks=True).post(reverse("sign-in"), {"username": "a", "password": "b"})

    assert response.status_code == 403
