"""What each role's socket hears: her own number, and nothing of anybody else; strangers are told to sign in."""

import pytest
from asgiref.sync import sync_to_async
from channels.auth import get_user
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from notifications import push
from notifications.consumers import SESSION_EXPIRED, FeedConsumer
from tests.factories import make_user
from tests.permissions.table import ROLES, VISITORS

USERS = {role: get_user_model()(pk=number) for number, role in enumerate(ROLES, start=100)}


@pytest.fixture(autouse=True)
def layer(settings):
    """An in-memory layer of our own."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return get_channel_layer()


async def opened(user):
    socket = WebsocketCommunicator(FeedConsumer.as_asgi(), "/ws/")
    socket.scope["user"] = user
    assert (await socket.connect())[0]
    return socket


@pytest.mark.parametrize("role", [role for role in ROLES if role not in VISITORS])
async def test_each_role_hears_her_own_number_alone(role, layer):
    socket = await opened(USERS[role])

    for other, user in USERS.items():
        if other != role:
            await sync_to_async(push.push_hint)(user.pk, 7)
    assert await socket.receive_nothing(timeout=0.01)
    await sync_to_async(push.push_hint)(USERS[role].pk, 3)

    assert await socket.receive_json_from() == {"seq": 3}
    assert set(layer.groups) == {f"user.{USERS[role].pk}"}
    await socket.disconnect()


@pytest.mark.parametrize("role", [role for role in ROLES if role not in VISITORS])
async def test_what_a_page_says_reaches_nobody(role, layer):
    """A page may say anything; no act goes through a socket, no group is joined by asking."""
    mine, other = await opened(USERS[role]), await opened(get_user_model()(pk=1))

    for said in ({"type": "hint", "seq": 9}, {"join": "user.1"}, {"type": "kick"}):
        await mine.send_json_to(said)

    assert await mine.receive_nothing(timeout=0.01)
    assert await other.receive_nothing(timeout=0.01)
    assert set(layer.groups) == {f"user.{USERS[role].pk}", "user.1"}
    for socket in (mine, other):
        await socket.disconnect()


@pytest.mark.django_db
def test_session_of_a_deactivated_person_is_nobodys():
    person = make_user("nguoi.nghi")
    client = Client()
    client.force_login(person)
    assert get_user.func({"session": client.session}) == person
    person.is_active = False
    person.save(update_fields=["is_active"])

    assert get_user.func({"session": client.session}) == AnonymousUser()


async def test_visitors_are_told_to_sign_in(layer):
    socket = await opened(AnonymousUser())

    assert await socket.receive_output() == {"type": "websocket.close", "code": SESSION_EXPIRED}
    assert layer.groups == {}
    await socket.disconnect()
