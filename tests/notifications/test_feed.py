from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from notifications import feed, relay
from notifications.models import Notification, NotificationCursor

URL = "/feed"


@pytest.fixture
def reader(person, client):
    """Sign a reader in."""
    user = person("reader")
    client.force_login(user)
    return user


@pytest.fixture
def tell(act, told):
    """Tell people of so many acts."""

    def acts(*people, times=1) -> None:
        for _ in range(times):
            act(to=people)
        while relay.dispatch_pending():
            pass

    return acts


def seqs(response) -> list[int]:
    return [item["seq"] for item in response.json()["items"]]


def test_feed_of_one_who_was_never_told_is_empty(reader, client):
    assert client.get(URL).json() == {"head": 0, "unread": 0, "items": [], "reset": False}


def test_feed_gives_what_came_after(reader, client, tell):
    tell(reader, times=3)

    answer = client.get(URL, {"after": 1}).json()

    at = Notification.objects.get(seq=2).event.occurred_at
    assert (answer["head"], answer["unread"], answer["reset"]) == (3, 3, False)
    assert answer["items"][0] == {
        "seq": 2,
        "kind": "test.told",
        "text": "Trần Thị B, Giám đốc Sở Tài chính: lần 2",
        "detail": "",
        "url": "/about/2/",
        "icon": "send",
        "at": at.isoformat(),
    }
    assert [item["seq"] for item in answer["items"]] == [2, 3]


def test_feed_never_holds_rows_of_another_person(reader, client, tell, person):
    other = person("other")
    tell(other, times=2)
    tell(reader)
    tell(other)

    answer = client.get(URL).json()

    assert (answer["head"], [item["url"] for item in answer["items"]]) == (1, ["/about/3/"])


def test_feed_gives_at_most_two_hundred_and_goes_on_from_there(reader, client, tell, monkeypatch):
    monkeypatch.setattr(feed, "FEED_ITEMS", 4)
    tell(reader, times=10)

    first = client.get(URL, {"after": 0})
    second = client.get(URL, {"after": seqs(first)[-1]})

    assert (seqs(first), seqs(second)) == ([1, 2, 3, 4], [5, 6, 7, 8])
    assert first.json()["reset"] is second.json()["reset"] is False


def test_feed_ahead_of_the_truth_starts_anew(reader, client, tell):
    """A page that saw a database which was restored from an older backup."""
    tell(reader, times=3)

    response = client.get(URL, {"after": 90})

    assert (response.json()["reset"], response.json()["head"], seqs(response)) == (True, 3, [1, 2, 3])


def test_feed_whose_continuation_is_gone_starts_anew_with_the_newest(reader, client, tell, monkeypatch):
    monkeypatch.setattr(feed, "FEED_ITEMS", 2)
    tell(reader, times=5)
    Notification.objects.filter(seq__lte=2).delete()

    response = client.get(URL, {"after": 1})

    assert (response.json()["reset"], seqs(response)) == (True, [4, 5])


def test_revoked_item_is_withdrawn_without_a_word(reader, client, tell, told):
    tell(reader, times=2)
    told.revoked = {Notification.objects.get(seq=1).event_id}

    response = client.get(URL)

    assert response.json()["items"][0] == {"seq": 1, "withdrawn": True}
    assert "lần 1" not in response.content.decode()
    assert response.json()["items"][1]["url"] == "/about/2/"


def test_item_of_a_kind_without_notice_is_withdrawn(reader, client, tell, told, act):
    tell(reader)
    from notifications import notices

    notices.unregister("test.told")

    assert client.get(URL).json()["items"] == [{"seq": 1, "withdrawn": True}]


def test_policy_is_asked_once_for_all_items(reader, client, tell, told):
    tell(reader, times=5)

    client.get(URL)

    assert told.asked == [5]


def test_feed_without_news_answers_304(reader, client, tell):
    tell(reader)
    first = client.get(URL, {"after": 1})

    again = client.get(URL, {"after": 1}, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("news", ["told", "read"])
def test_feed_with_news_answers_200(reader, client, tell, news):
    tell(reader)
    etag = client.get(URL, {"after": 1})["ETag"]
    if news == "told":
        tell(reader)
    else:
        feed.mark_read(reader, 1, at=timezone.now())

    assert client.get(URL, {"after": 1}, headers={"if-none-match": etag}).status_code == 200


def test_feed_with_the_tag_but_an_older_number_answers_in_full(reader, client, tell):
    tell(reader)
    etag = client.get(URL, {"after": 1})["ETag"]

    assert seqs(client.get(URL, {"after": 0}, headers={"if-none-match": etag})) == [1]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 30, "٣"])
def test_feed_refuses_what_is_no_number(reader, client, after):
    assert client.get(URL, {"after": after}).status_code == 400


def test_feed_is_read_only(reader, client):
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_feed(reader, client, tell, items, django_assert_num_queries):
    tell(reader, times=items)

    # session, user, cursor, rows
    with django_assert_num_queries(5):
        assert len(seqs(client.get(URL))) == items


def test_statements_of_a_feed_without_news(reader, client, tell, django_assert_num_queries):
    tell(reader)
    etag = client.get(URL, {"after": 1})["ETag"]

    # session, user, cursor
    with django_assert_num_queries(3):
        client.get(URL, {"after": 1}, headers={"if-none-match": etag})


def test_snapshot_and_feed_add_up_to_the_later_snapshot(reader, client, tell):
    """What a page knew, and what the feed gives it, is what a fresh page sees."""
    tell(reader, times=2)
    known = client.get(URL).json()
    tell(reader, times=3)

    news = client.get(URL, {"after": known["head"]}).json()

    assert known["items"] + news["items"] == client.get(URL).json()["items"]


def test_mark_read_covers_what_was_shown_and_no_more(reader, tell):
    tell(reader, times=3)
    at = timezone.now()

    feed.mark_read(reader, 2, at=at)

    assert NotificationCursor.objects.get().unread == 1
    assert list(Notification.objects.order_by("seq").values_list("read_at", flat=True)) == [at, at, None]


def test_mark_read_never_goes_back_nor_beyond_the_head(reader, tell):
    tell(reader, times=3)
    first, second = timezone.now(), timezone.now() + timedelta(minutes=1)

    feed.mark_read(reader, 99, at=first)
    feed.mark_read(reader, 1, at=second)
    tell(reader)

    assert NotificationCursor.objects.values_list("last_seq", "read_seq").get() == (4, 3)
    assert set(Notification.objects.filter(seq__lte=3).values_list("read_at", flat=True)) == {first}


def test_mark_read_concerns_nobody_else(reader, tell, person):
    other = person("other")
    tell(reader, other)

    feed.mark_read(reader, 1, at=timezone.now())

    assert Notification.objects.get(user=other).read_at is None
    assert NotificationCursor.objects.get(user=other).unread == 1


def test_mark_read_of_one_who_was_never_told_does_nothing(reader):
    feed.mark_read(reader, 3, at=timezone.now())

    assert not NotificationCursor.objects.exists()


@pytest.mark.parametrize("items", [1, 30])
def test_statements_of_mark_read(reader, tell, items, django_assert_num_queries):
    tell(reader, times=items)

    # savepoint, lock, cursor, rows, release
    with django_assert_num_queries(5):
        feed.mark_read(reader, items, at=timezone.now())


NOW = datetime(2020, 6, 30, 2, 12, tzinfo=UTC)  # 09:12 in Đà Nẵng


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "Just now"),
        (NOW - timedelta(seconds=59), "Just now"),
        (NOW - timedelta(minutes=1), "1 minute"),
        (NOW - timedelta(minutes=59), "59 minutes"),
        (NOW - timedelta(minutes=60), "1 hour"),
        (NOW - timedelta(hours=9), "9 hours"),
        (NOW - timedelta(hours=9, minutes=13), "Yesterday"),
        (NOW - timedelta(hours=33), "Yesterday"),
        (NOW - timedelta(hours=34), "28/06"),
        (datetime(2019, 12, 31, 5, tzinfo=UTC), "31/12/2019"),
    ],
)
def test_age_in_words(at, words):
    with translation.override("en"):
        assert feed.age(at, now=NOW) == words
