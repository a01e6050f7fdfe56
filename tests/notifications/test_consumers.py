import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from notifications import consumers, push
from notifications.consumers import FeedConsumer


@pytest.fixture(autouse=True)
def layer(settings):
    """Have an in-memory layer of our own, in which we can look whether anything is left behind."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return get_channel_layer()


def page_of(user) -> WebsocketCommunicator:
    """Open a socket as the sign-in middleware would hand it over."""
    socket = WebsocketCommunicator(FeedConsumer.as_asgi(), "/ws/")
    socket.scope["user"] = user
    return socket


async def connected(user) -> WebsocketCommunicator:
    socket = page_of(user)
    assert (await socket.connect())[0]
    return socket


@pytest.fixture
def user():
    return get_user_model()(pk=5)


@pytest.mark.parametrize("stranger", [AnonymousUser(), None])
async def test_anonymous_is_closed_with_a_code_the_page_can_read(layer, stranger):
    socket = page_of(stranger)

    assert (await socket.connect())[0]

    assert await socket.receive_output() == {"type": "websocket.close", "code": 4401}
    assert layer.groups == {}
    await socket.disconnect()


async def test_account_holds_so_many_sockets_and_a_closed_one_makes_room(user, settings):
    settings.SOCKETS_MOST = 2
    held = [await connected(user) for _ in range(2)]
    other = await connected(get_user_model()(pk=55))
    third = await connected(user)

    assert await third.receive_output() == {"type": "websocket.close", "code": 4429}
    await third.disconnect()
    await held.pop().disconnect()
    fourth = await connected(user)
    assert await fourth.receive_nothing()
    for socket in (*held, other, fourth):
        await socket.disconnect()
    assert not FeedConsumer.open_by


async def test_hint_carries_the_number_and_nothing_else(user):
    socket = await connected(user)

    await sync_to_async(push.push_hint)(user.pk, 7)

    assert await socket.receive_json_from() == {"seq": 7}
    await socket.disconnect()


async def test_hint_reaches_every_page_of_the_person_and_no_other(user):
    mine, also_mine = await connected(user), await connected(user)
    other = await connected(get_user_model()(pk=55))

    await sync_to_async(push.push_hints)({5: 1})

    assert await mine.receive_json_from() == {"seq": 1}
    assert await also_mine.receive_json_from() == {"seq": 1}
    assert await other.receive_nothing()
    for socket in (mine, also_mine, other):
        await socket.disconnect()


async def test_burst_of_hints_becomes_two_messages_with_the_newest_number(user, layer):
    socket = await connected(user)
    await layer.group_send("user.5", {"type": "hint", "seq": 1})
    assert await socket.receive_json_from() == {"seq": 1}

    for seq in (2, 4, 3):
        await layer.group_send("user.5", {"type": "hint", "seq": seq})

    assert await socket.receive_json_from() == {"seq": 4}
    assert await socket.receive_nothing(timeout=consumers.HINT_SECONDS * 1.5)
    await socket.disconnect()


async def test_leaving_page_leaves_nothing_behind(user, layer):
    before = asyncio.all_tasks()
    socket = await connected(user)
    await layer.group_send("user.5", {"type": "hint", "seq": 1})
    await layer.group_send("user.5", {"type": "hint", "seq": 2})
    await socket.receive_json_from()

    await socket.disconnect()

    assert layer.groups == {}
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_what_a_page_says_is_ignored(user):
    socket = await connected(user)

    await socket.send_to(text_data="{not json")
    await socket.send_to(bytes_data=b"\x00")
    await socket.send_json_to({"type": "hint", "seq": 99})

    assert await socket.receive_nothing()
    await socket.disconnect()


async def test_page_that_says_too_much_is_closed(user):
    socket = await connected(user)

    for _ in range(11):
        await socket.send_to(text_data="x")

    assert await socket.receive_output() == {"type": "websocket.close", "code": 4429}
    await socket.disconnect()


async def test_page_that_speaks_now_and_then_stays(user, monkeypatch):
    monkeypatch.setattr(consumers, "PER_SECONDS", 0.0)
    socket = await connected(user)

    for _ in range(30):
        await socket.send_to(text_data="x")

    assert await socket.receive_nothing()
    await socket.disconnect()


async def test_kick_closes_every_page_of_the_person(user):
    socket = await connected(user)

    await sync_to_async(push.push_kick)(user.pk)

    assert await socket.receive_output() == {"type": "websocket.close", "code": 4401}
    await socket.disconnect()


async def test_renewal_has_every_page_of_the_person_connect_anew(user):
    socket = await connected(user)

    await sync_to_async(push.push_renew)(user.pk)

    assert await socket.receive_output() == {"type": "websocket.close", "code": 4012}
    await socket.disconnect()


async def test_old_socket_is_closed_for_the_page_to_come_back(user, monkeypatch):
    monkeypatch.setattr(consumers, "LONGEST_LIFE", 0.01)
    socket = await connected(user)

    assert await socket.receive_output() == {"type": "websocket.close", "code": 4012}
    await socket.disconnect()


async def test_layer_in_trouble_stops_nobody(settings, caplog):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }

    await sync_to_async(push.push_hint)(5, 1)

    assert [record.message for record in caplog.records if record.name == "notifications.push"] == [
        "hints not sent"
    ]


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example:8000",
        b"https://testserver.example:8000",
        b"http://testserver.example",
        b"http://testserver.example:8001",
        b"http://testserver.example.evil:8000",
        b"http://atestserver.example:8000",
        b"null",
        b"http://testserver.example:x",
        None,
    ],
)
async def test_page_of_another_origin_is_refused(settings, layer, origin):
    settings.WEBSOCKET_ORIGINS = ["http://testserver.example:8000"]
    from config.asgi import application

    headers = [] if origin is None else [(b"origin", origin)]
    socket = WebsocketCommunicator(application, "/ws/", headers=headers)

    assert (await socket.connect())[0] is False
    assert layer.groups == {}


@pytest.mark.django_db(transaction=True)
async def test_page_of_our_origin_without_sign_in_is_told_so(settings):
    settings.WEBSOCKET_ORIGINS = ["http://testserver.example:8000"]
    from config.asgi import application

    socket = WebsocketCommunicator(
        application, "/ws/", headers=[(b"origin", b"http://testserver.example:8000")]
    )

    assert (await socket.connect())[0]
    assert await socket.receive_output() == {"type": "websocket.close", "code": 4401}
    await socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_signed_in_page_of_our_origin_hears_of_her_own_events(settings, client):
    settings.WEBSOCKET_ORIGINS = ["http://testserver.example:8000"]
    from config.asgi import application

    user = await get_user_model().objects.acreate(username="a")
    await client.aforce_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()
    socket = WebsocketCommunicator(
        application, "/ws/", headers=[(b"origin", b"http://testserver.example:8000"), (b"cookie", cookie)]
    )
    assert (await socket.connect())[0]

    await sync_to_async(push.push_hint)(user.pk, 3)

    assert await socket.receive_json_from() == {"seq": 3}
    await socket.disconnect()
