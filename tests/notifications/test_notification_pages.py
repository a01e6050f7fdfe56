import pytest
from django.urls import resolve, reverse

from notifications import relay
from notifications.models import Notification, NotificationCursor

LIST, DRAWER, READ, BELL = "/notifications/", "/notifications/drawer/", "/notifications/read/", "/bell/"


@pytest.fixture
def reader(person, client):
    """Sign a reader in."""
    user = person("reader")
    client.force_login(user)
    return user


@pytest.fixture
def tell(act, told):
    """Tell people of so many acts."""

    def acts(*people, times=1, **data) -> None:
        for _ in range(times):
            act(to=people, **data)
        while relay.dispatch_pending():
            pass

    return acts


def sentences(response) -> list[str]:
    return [item.text for item in response.context["items"]]


@pytest.mark.parametrize("url", ["/feed", LIST, DRAWER, READ, BELL])
def test_every_view_carries_the_mark_that_the_policy_reads(url):
    assert resolve(url).func.policy_mark == "authenticated"


@pytest.mark.parametrize("url", [LIST, DRAWER, BELL])
def test_anonymous_is_sent_to_sign_in(db, client, url):
    response = client.get(url)

    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("sign-in"))


def test_empty_page_says_what_comes(reader, client):
    response = client.get(LIST)

    assert response.status_code == 200
    assert sentences(response) == []
    assert 'class="empty"' in response.content.decode()


def test_page_shows_newest_first_and_what_is_unread(reader, client, tell):
    tell(reader, times=2, detail="3983/UBND-TKTH")

    response = client.get(LIST)

    text = "Trần Thị B, Giám đốc Sở Tài chính: lần"
    assert sentences(response) == [f"{text} 2", f"{text} 1"]
    page = response.content.decode()
    assert page.count('class="note unread"') == 2
    assert 'href="/about/2/"' in page
    assert '<small><span class="nb">3983/UBND-TKTH</span></small>' in page


def test_page_never_shows_rows_of_another_person(reader, client, tell, person):
    tell(person("other"), times=2)
    tell(reader)

    response = client.get(LIST)

    assert [item.url for item in response.context["items"]] == ["/about/3/"]


def test_pages_of_thirty_go_on_by_key(reader, client, tell):
    tell(reader, times=61)

    first = client.get(LIST)
    second = client.get(first.context["next_url"])
    tell(reader)  # what arrives meanwhile moves nothing
    third = client.get(second.context["next_url"])

    seqs = [[item.seq for item in page.context["items"]] for page in (first, second, third)]
    assert seqs == [list(range(61, 31, -1)), list(range(31, 1, -1)), [1]]
    assert (third.context["next_url"], third.context["first_url"]) == ("", LIST)


@pytest.mark.parametrize("before", ["x", "-3", ""])
def test_page_before_nonsense_is_the_first_page(reader, client, tell, before):
    tell(reader)

    assert len(client.get(LIST, {"before": before}).context["items"]) == 1


def test_withdrawn_notification_shows_no_content(reader, client, tell, told):
    tell(reader, detail="mật")
    told.revoked = {Notification.objects.get().event_id}

    for url in (LIST, DRAWER):
        page = client.get(url).content.decode()
        assert "/about/1/" not in page
        assert "mật" not in page
        assert 'class="note unread"' in page


def test_text_is_escaped(reader, client, tell):
    tell(reader, detail="<script>alert(1)</script>")

    assert "<small>&lt;script&gt;alert(1)&lt;/script&gt;</small>" in client.get(LIST).content.decode()


def test_drawer_is_a_part_of_a_page(reader, client, tell):
    tell(reader)

    page = client.get(DRAWER).content.decode()

    assert "<html" not in page
    assert 'id="h-drawer"' in page
    assert f'hx-post="{READ}"' in page


def test_bell_counts_the_unread(reader, client, tell):
    tell(reader, times=3)

    response = client.get(BELL)

    assert response.context["unread"] == 3
    assert "<span data-n>3</span>" in response.content.decode()


def test_read_marks_what_was_shown_and_returns_to_the_page(reader, client, tell):
    tell(reader, times=3)

    response = client.post(READ, {"upto": "2"})

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert NotificationCursor.objects.get(user=reader).unread == 1


def test_read_from_the_drawer_answers_with_the_drawer_and_the_bell(reader, client, tell):
    tell(reader)

    page = client.post(READ, {"upto": "1"}, headers={"hx-request": "true"}).content.decode()

    assert 'class="note"' in page
    assert 'hx-partial hx-target="#bell"' in page
    assert "hx-post" not in page


@pytest.mark.parametrize("upto", ["", "x", "-1"])
def test_read_of_nonsense_is_refused_and_changes_nothing(reader, client, tell, upto):
    tell(reader)

    assert client.post(READ, {"upto": upto}).status_code == 400

    assert NotificationCursor.objects.get().unread == 1


def test_read_concerns_nobody_else(reader, client, tell, person):
    other = person("other")
    tell(reader, other)

    client.post(READ, {"upto": "1"})

    assert NotificationCursor.objects.get(user=other).unread == 1


def test_read_by_get_is_refused(reader, client):
    assert client.get(READ).status_code == 405


def test_pages_are_not_kept_by_the_browser(reader, client):
    for url in (LIST, DRAWER, BELL):
        assert client.get(url)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_page(reader, client, tell, items, django_assert_num_queries):
    tell(reader, times=items)

    # session, user, hats (the frame), cursor, rows
    with django_assert_num_queries(6):
        assert len(sentences(client.get(LIST))) == items


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_drawer(reader, client, tell, items, django_assert_num_queries):
    tell(reader, times=items)

    # session, user, hats (the frame), cursor, rows
    with django_assert_num_queries(6):
        assert len(sentences(client.get(DRAWER))) == items
