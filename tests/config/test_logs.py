import json
import logging

import pytest
import structlog
from django.test import RequestFactory

from config.logs import REDACTED, redact

CANARY = "canary-4711"


@pytest.fixture
def lines(capsys):
    def read():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read


@pytest.fixture
def json_logger():
    """A logger with the handler that the settings put on the root."""
    handler = next(
        handler for handler in logging.getLogger().handlers if type(handler).__name__ == "StdoutHandler"
    )
    logger = logging.getLogger("tests.config.logs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password2",
        "SECRET_KEY",
        "csrfmiddlewaretoken",
        "Cookie",
        "Authorization",
        "sessionid",
        "api_key",
        "key",
    ],
)
def test_redact_masks_fields_by_name(name):
    assert redact({name: CANARY, "nested": [{name: CANARY}]}) == {
        name: REDACTED,
        "nested": [{name: REDACTED}],
    }


@pytest.mark.parametrize("name", ["keyboard", "monkey", "agency", "seq"])
def test_redact_leaves_other_fields(name):
    assert redact({name: CANARY}) == {name: CANARY}


@pytest.mark.parametrize(
    "text",
    [
        f"password={CANARY}",
        f"GET /reset?token={CANARY}&next=/",
        f"postgres://app:{CANARY}@db/app is down",
        f"redis://:{CANARY}@cache:6379",
        f"Authorization: Bearer {CANARY}",
        f"Cookie: sessionid={CANARY}; csrftoken={CANARY}",
        f'{{"password": "{CANARY}"}}',
    ],
)
def test_redact_masks_secrets_in_text(text):
    assert CANARY not in redact(text)


def test_log_line_is_one_json_object(json_logger, lines):
    json_logger.info("relay took %s ms", 12, extra={"seq": 7, "password": CANARY})

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "relay took 12 ms",
        "level": "info",
        "logger": "tests.config.logs",
        "seq": 7,
        "password": REDACTED,
    }


def test_log_line_holds_no_request(json_logger, lines):
    request = RequestFactory().get("/", {"token": CANARY})

    json_logger.warning("not found", extra={"request": request, "status_code": 404})

    (line,) = lines()
    assert "request" not in line
    assert line["status_code"] == 404


def test_log_line_of_an_exception_holds_no_locals(json_logger, lines):
    password = CANARY
    try:
        int(f"not a number, {len(password)}")
    except ValueError:
        json_logger.exception("failed")

    (line,) = lines()
    assert "not a number, 11" in line["exception"]
    assert CANARY not in json.dumps(line)


def test_structlog_goes_the_same_way(json_logger, lines):
    structlog.get_logger("tests.config.logs").warning("timer.fired", task=3, token=CANARY)

    (line,) = lines()
    assert (line["event"], line["task"], line["token"]) == ("timer.fired", 3, REDACTED)
