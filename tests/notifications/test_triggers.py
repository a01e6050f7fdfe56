import pytest
from django.db import IntegrityError, connection, transaction

from notifications import triggers
from notifications.models import Event

CHANGES = {
    "id": 999_999,
    "public_id": "00000000-0000-0000-0000-000000000001",
    "chain": "other",
    "seq": 99,
    "kind": "x",
    "actor_id": None,
    "actor_label": "x",
    "on_behalf_of_id": "self",
    "subject_type": "x",
    "subject_id": "x",
    "data": {"to": []},
    "occurred_at": "2000-01-01T00:00:00Z",
    "prev_hash": "x",
    "hash": "x",
}


def test_every_column_is_either_immutable_or_for_dispatch():
    columns = {field.attname for field in Event._meta.concrete_fields}

    assert set(triggers.IMMUTABLE) | set(Event.DISPATCH_FIELDS) == columns
    assert not set(triggers.IMMUTABLE) & set(Event.DISPATCH_FIELDS)
    assert set(CHANGES) == set(triggers.IMMUTABLE)


@pytest.mark.parametrize("column", triggers.IMMUTABLE)
def test_update_of_an_event_is_refused(person, act, column):
    someone = person("a")
    event = act(by=someone, to=[someone])
    value = someone.pk if CHANGES[column] == "self" else CHANGES[column]

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Event.objects.update(**{column: value})

    assert Event.objects.filter(pk=event.pk).values(*triggers.IMMUTABLE).get() == {
        name: getattr(event, name) for name in triggers.IMMUTABLE
    }


def test_update_of_dispatch_columns_is_allowed(person, act):
    event = act(by=person("a"))

    changed = Event.objects.update(
        dispatched_at=event.occurred_at,
        claimed_until=event.occurred_at,
        attempts=3,
        dead_at=None,
        last_error="x",
    )

    assert changed == 1


def test_delete_of_an_event_is_refused(person, act):
    act(by=person("a"))

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Event.objects.all().delete()

    assert Event.objects.count() == 1


@pytest.mark.postgres
def test_truncate_of_events_is_refused(on_postgresql, person, act):
    act(by=person("a"))
    connection.check_constraints()  # nothing deferred may stand in TRUNCATE's way

    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE notifications_event CASCADE")

    assert Event.objects.count() == 1


def test_lifted_takes_triggers_away_and_puts_them_back(db):
    assert triggers.missing(connection) == []
    with triggers.lifted(connection):
        assert triggers.missing(connection) == list(triggers.TRIGGERS[connection.vendor])
    assert triggers.missing(connection) == []
