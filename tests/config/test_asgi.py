import pytest
from channels.testing import WebsocketCommunicator

from config.asgi import ExactOriginValidator

OURS = ["https://office.example.vn", "http://127.0.0.1:8000"]


async def accept(_scope, _receive, send):
    await send({"type": "websocket.accept"})


async def opens(origin):
    headers = [] if origin is None else [(b"origin", origin.encode("latin1"))]
    socket = WebsocketCommunicator(ExactOriginValidator(accept, []), "/ws/", headers=headers)
    connected, _ = await socket.connect()
    await socket.disconnect()
    return connected


@pytest.mark.parametrize(
    "origin", ["https://office.example.vn", "https://office.example.vn:443", "http://127.0.0.1:8000"]
)
async def test_socket_from_our_origin_opens(settings, origin):
    settings.WEBSOCKET_ORIGINS = OURS

    assert await opens(origin) is True


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://office.example.vn",
        "https://office.example.vn:8443",
        "https://evil.example.vn",
        "https://office.example.vn.evil.vn",
        "https://eviloffice.example.vn",
        "https://sub.office.example.vn",
        "http://127.0.0.1",
        "http://127.0.0.1:8001",
        "http://localhost:8000",
        "https://office.example.vn:port",
        "https://office.example.vn:99999",
        "https://office.example.vn@evil.vn",
        "office.example.vn",
        "file://",
        "chrome-extension://office.example.vn",
    ],
)
async def test_socket_from_another_origin_is_refused(settings, origin):
    settings.WEBSOCKET_ORIGINS = OURS

    assert await opens(origin) is False
