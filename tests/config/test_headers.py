import pytest
from django.urls import reverse


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_says(client, name, value):
    assert client.get(reverse("healthz-live"))[name] == value


def test_every_answer_has_the_content_security_policy(client):
    header = client.get(reverse("healthz-live"))["Content-Security-Policy"]

    assert sorted(header.split("; ")) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]


@pytest.mark.django_db
def test_static_file_is_served_without_collectstatic(client):
    response = client.get("/static/css/tokens.css")

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")
    response.close()
