"""Who hears of a bulk act: each reader once, of the cases she may read at that moment."""

import pytest
from django.urls import reverse

from notifications import relay
from notifications.models import Event, Notification, NotificationCursor
from tests.factories import actor, make_world
from tests.workflows.bulk_desk import BulkDesk, fit_case
from workflows.flows import bulk
from workflows.models import BulkAct, Participation, ParticipationGroupGrant, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(2)


@pytest.fixture
def desk(world):
    return BulkDesk(world.who("ubnd.chair"))


def told():
    """Dispatch whatever is due."""
    while relay.dispatch_pending():
        pass


def approve(desk, *cases):
    """Approve cases in one go, on silence before; return the act."""
    told()
    desk.go(desk.look(*map(desk.task, cases)))
    told()
    return BulkAct.objects.get()


def notices(user, act):
    """Return what a person's feed says of the act: (text, address)."""
    client = BulkDesk(user).client
    seqs = Notification.objects.filter(user=user, batch=act.public_id).values_list("seq", flat=True)
    items = {item["seq"]: item for item in client.get(reverse("feed")).json()["items"]}
    return [(items[seq].get("text"), items[seq].get("url")) for seq in seqs]


def put_out_of_sight(case, agency):
    """End an agency's rights on its part in a case."""
    part = Participation.objects.get(assignment=case, agency=agency, role=Role.COORDINATE)
    ParticipationGroupGrant.objects.filter(content_object=part).delete()


def chair(world):
    """Return the one who acts, as the record names her."""
    return actor(world.who("ubnd.chair")).label


def test_readers_hear_of_the_cases_each_may_read(world, desk):
    cases = [fit_case(world) for _number in range(3)]
    put_out_of_sight(cases[0], world.others[0])

    act = approve(desk, *cases)

    address = reverse("notifications-batch", args=[act.public_id])
    assert notices(world.who("vp.clerk"), act) == [(f"{chair(world)} approved 3 plans", address)]
    assert notices(world.who("s01.head"), act) == [(f"{chair(world)} approved 2 plans", address)]


def test_right_lost_after_the_notice_lowers_the_count(world, desk):
    cases = [fit_case(world) for _number in range(3)]
    act = approve(desk, *cases)
    reader = world.who("s01.head")

    put_out_of_sight(cases[0], world.others[0])
    assert notices(reader, act)[0][0] == f"{chair(world)} approved 2 plans"
    put_out_of_sight(cases[1], world.others[0])
    one = notices(reader, act)
    put_out_of_sight(cases[2], world.others[0])

    assert one == [
        (f"{chair(world)} approved: {cases[2].title}", reverse("assignment", args=[cases[2].public_id]))
    ]
    assert notices(reader, act) == [(None, None)]


def test_unreadable_case_is_nowhere_on_the_page_of_the_act(world, desk):
    cases = [fit_case(world) for _number in range(2)]
    put_out_of_sight(cases[0], world.others[0])
    act = approve(desk, *cases)
    client = BulkDesk(world.who("s01.head")).client

    html = client.get(reverse("notifications-batch", args=[act.public_id])).content.decode()

    assert str(cases[1].public_id) in html
    assert str(cases[0].public_id) not in html
    assert cases[0].directive.code not in html


def test_page_of_the_act_is_for_those_who_were_told(world, desk):
    act = approve(desk, fit_case(world))
    url = reverse("notifications-batch", args=[act.public_id])

    statuses = {
        username: BulkDesk(world.who(username)).client.get(url).status_code
        for username in ("vp.clerk", "skhdt.head", "s01.head", "ubnd.vice_chair", "s01.clerk")
    }

    assert statuses == {
        "vp.clerk": 200,
        "skhdt.head": 200,
        "s01.head": 200,
        "ubnd.vice_chair": 404,
        "s01.clerk": 404,
    }


def test_each_reader_gets_one_notification_and_no_gap(world, desk):
    act = approve(desk, *(fit_case(world) for _number in range(3)))

    for username in ("vp.clerk", "vp.head", "skhdt.head", "skhdt.specialist", "s01.head"):
        user = world.who(username)
        rows = Notification.objects.filter(user=user).order_by("seq")
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert rows.filter(batch=act.public_id).count() == 1
        assert NotificationCursor.objects.get(user=user).last_seq == len(rows)
    assert Event.objects.filter(batch=act.public_id, kind="plan.approved").count() == 3
    assert not Event.objects.pending().exists()


def test_one_who_acts_hears_nothing_of_it(world, desk):
    act = approve(desk, fit_case(world))

    assert not Notification.objects.filter(user=desk.user, batch=act.public_id).exists()


def test_event_names_its_act_on_record(world, desk):
    act = approve(desk, fit_case(world))

    event = Event.objects.get(kind="plan.approved")

    assert (event.batch, event.data["batch"]) == (act.public_id, str(act.public_id))


def test_nobody_hears_of_a_half_done_act_at_once(world, desk, monkeypatch):
    cases = [fit_case(world) for _number in range(2)]
    monkeypatch.setattr(bulk.proceed, "__kwdefaults__", {"size": 1})
    told()
    answer = desk.go(desk.look(*map(desk.task, cases)))
    told()
    act = BulkAct.objects.get()
    assert not Notification.objects.filter(batch=act.public_id).exists()

    desk.client.post(answer.url)
    told()

    assert notices(world.who("vp.clerk"), act)[0][0] == f"{chair(world)} approved 2 plans"
