"""Asking one URL as one role: the answer, and what it wrote; everything is undone."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Origin
from django.template.loaders.base import Loader
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, reverse

# Written beside every act, whoever asks: sessions, and where somebody's own feed stands.
KEPT_APART = ('"django_session"', '"notifications_notificationcursor"')
CHANGES = ("INSERT", "UPDATE", "DELETE")


class Blank(Loader):
    """Draws every page empty: what is asked here is the answer's status, drawing is tested elsewhere."""

    def get_template_sources(self, template_name: str) -> Iterator[Any]:
        """Name the one source of every template."""
        yield Origin(name=template_name, template_name=template_name, loader=self)

    def get_contents(self, origin: Any) -> str:
        """Return nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class Got:
    """The answer to one question, and the tables it changed."""

    status: int
    wrote: tuple[str, ...]


def patterns(found: Any = None) -> Iterator[URLPattern]:
    """Yield every URL of the site but those of Django's own administration (tests/config/test_admin.py)."""
    for each in get_resolver().url_patterns if found is None else found:
        if isinstance(each, URLPattern):
            yield each
        elif each.app_name == "admin":
            continue
        else:
            yield from patterns(each.url_patterns)


def address(name: str, ids: Sequence[Any]) -> str:
    """Return the path of a URL with these ids."""
    return reverse(name, args=list(ids))


@contextmanager
def quietly() -> Iterator[None]:
    """Ask many questions at little cost: pages are drawn empty, refusals are not logged."""
    drawn = deepcopy(settings.TEMPLATES)
    drawn[0]["OPTIONS"]["loaders"] = [f"{__name__}.Blank"]
    logging.disable(logging.CRITICAL)
    try:
        with override_settings(TEMPLATES=drawn, ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False):
            yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def watched(changed: list[str]) -> Iterator[None]:
    """Note the tables that are written to."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        if sql.startswith(CHANGES) and not any(table in sql for table in KEPT_APART):
            changed.append(sql.split('"')[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def ask(client: Client, method: str, path: str, form: dict[str, Any] | None = None) -> Got:
    """Ask, look what was written, and put it back."""
    changed: list[str] = []
    with transaction.atomic():
        with watched(changed):
            answer: HttpResponse = getattr(client, method.lower())(path, form or {})
        if getattr(answer, "streaming", False):
            b"".join(answer)
        transaction.set_rollback(True)
    return Got(answer.status_code, tuple(sorted(set(changed))))
