"""Logs: one JSON object a line on standard output, without secrets."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

REDACTED = "[redacted]"
RECORD_FIELDS = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
SECRET_NAME = re.compile(
    r"passw|secret|token|cookie|authori[sz]ation|csrf|session|credential|(^|[_-])key$|api[_-]?key",
    re.IGNORECASE,
)
SECRET_IN_TEXT = (
    (re.compile(r"(\w+://[^\s/:@]*:)[^\s/@]+@"), rf"\1{REDACTED}@"),
    (
        re.compile(
            r"((?:[\w-]*(?:passw|secret|token|cookie|csrf|sessionid)[\w-]*|authorization|api[_-]?key)"
            r"[\"']?\s*[=:]\s*[\"']?(?:(?:Bearer|Basic)\s+)?)[^\s\"'&;,}]+",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
)


def redact(value: Any) -> Any:
    """Return `value` with secrets masked: by name in mappings, by pattern in text."""
    if isinstance(value, Mapping):
        return {
            name: REDACTED if isinstance(name, str) and SECRET_NAME.search(name) else redact(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, str):
        for pattern, replacement in SECRET_IN_TEXT:
            value = pattern.sub(replacement, value)
    return value


def redact_event(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask secrets in a whole log line (a structlog processor)."""
    return dict(redact(event))


def add_plain_extras(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Add what a standard log call gave as `extra`, but only plain values: Django attaches whole requests."""
    for name, value in vars(event["_record"]).items():
        if name not in RECORD_FIELDS and isinstance(value, str | int | float | bool | None):
            event.setdefault(name, value)
    return event


class StdoutHandler(logging.StreamHandler[TextIO]):
    """Write to whatever standard output is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """The standard output of now, which a test or a supervisor may have replaced."""
        return sys.stdout


CHATTY = ("asyncio", "celery.app.trace", "celery.beat", "celery.worker.strategy", "daphne", "uvicorn.access")
SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_plain_extras,
]
RENDER: list[structlog.typing.Processor] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    redact_event,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]


def configure_structlog() -> None:
    """Send `structlog.get_logger()` through the standard library, so that there is one stream of lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED[:-1],
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_config(level: str) -> dict[str, Any]:
    """Return the value of Django's LOGGING at `level`, a name such as `INFO`."""
    configure_structlog()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": RENDER,
            }
        },
        "handlers": {"stdout": {"()": "config.logs.StdoutHandler", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "uvicorn": {"handlers": [], "level": level, "propagate": True},
            # Django gives this one a handler of its own.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # A line for every page, every sweep and every turn of the clock says nothing.
            **{name: {"level": "WARNING"} for name in CHATTY},
        },
    }
