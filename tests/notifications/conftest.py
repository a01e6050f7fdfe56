"""People, acts and a notice for the tests of this app."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from notifications import notices, push
from notifications.models import Event
from notifications.outbox import emit


@dataclass(frozen=True)
class By:
    """An actor, as `outbox.Actor` describes it."""

    user_id: int | None
    label: str = "Trần Thị B, Giám đốc Sở Tài chính"
    on_behalf_of_id: int | None = None


@pytest.fixture
def person(db):
    """Make people by name."""
    return lambda name: get_user_model().objects.create(username=name)


@pytest.fixture
def chain() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def act(chain) -> Callable[..., Event]:
    """Commit one act on the test's chain, or on another one: `act(to=[user], by=user)`."""

    def commit(*, to=(), by=None, kind="test.told", chain=chain, **data) -> Event:
        subject = by or get_user_model()(pk=7)
        with transaction.atomic():
            return emit(
                kind,
                chain=chain,
                subject=subject,
                actor=By(by.pk if by else None),
                data={"to": [user.pk for user in to]} | data,
            )

    return commit


@dataclass
class Told:
    """What the notice under test says, and from whom it has been taken away."""

    revoked: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    failing: bool = False

    def recipients(self, event: Event) -> list[int]:
        if self.failing:
            msg = "no such committee"
            raise LookupError(msg)
        return event.data["to"]

    def visible(self, user, events) -> set[int]:
        self.asked.append(len(events))
        return {event.pk for event in events} - self.revoked


@pytest.fixture
def told() -> Iterator[Told]:
    """Register a notice for events of the kind `test.told`, addressed by their own data."""
    state = Told()
    notices.register(
        notices.Notice(
            kind="test.told",
            recipients=state.recipients,
            text=lambda event: f"{event.actor_label}: lần {event.seq}",
            detail=lambda event: event.data.get("detail", ""),
            url=lambda event: f"/about/{event.seq}/",
            visible=state.visible,
            icon="send",
        )
    )
    yield state
    notices.unregister("test.told")


@pytest.fixture
def hints(monkeypatch):
    """Collect the hints that would go to open pages."""
    sent = []
    monkeypatch.setattr(push, "push_hints", lambda heads: sent.append(dict(heads)))
    return sent


@pytest.fixture
def on_postgresql(db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row locks are PostgreSQL's; SQLite has one writer at a time")
