"""The command that proves the inbox: silent where it is sound, loud where a row was broken."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import advance, make_world, start
from workflows.models import InboxEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    world = make_world()
    advance(world, start(world), "prepare_opinion")
    return InboxEntry.objects.open().order_by("id")[0]


def check():
    told = StringIO()
    call_command("check_inbox", stdout=StringIO(), stderr=told)
    return told.getvalue()


def test_sound_inbox_passes(entry):
    assert check() == ""


def test_entry_that_is_missing_is_found(entry):
    InboxEntry.objects.filter(pk=entry.pk).update(closed_at=timezone.now())

    with pytest.raises(CommandError, match="1 tasks"):
        check()


def test_entry_nobody_has_a_right_to_is_found(entry):
    InboxEntry.objects.filter(pk=entry.pk).update(bucket=10_000)
    told = StringIO()

    with pytest.raises(CommandError):
        call_command("check_inbox", stdout=StringIO(), stderr=told)

    assert f"missing buckets [{entry.bucket}], surplus [10000]" in told.getvalue()


def test_entry_of_a_closed_task_is_found(entry):
    closed = InboxEntry.objects.exclude(closed_at=None)[0]
    InboxEntry.objects.filter(pk=closed.pk).update(closed_at=None)

    with pytest.raises(CommandError, match="1 tasks"):
        check()
