"""Nudges to open pages: a hint carries a number and no content, and may be lost, as the page asks every minute too."""

import asyncio
import logging
from collections.abc import Mapping

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

SEND_SECONDS = 5.0


def group_of(user_id: int) -> str:
    """Name the group that a person's open pages are in."""
    return f"user.{user_id}"


def push_hint(user_id: int, seq: int) -> None:
    """Tell a person's open pages that her feed has reached `seq`; never raises."""
    push_hints({user_id: seq})


def push_hints(heads: Mapping[int, int]) -> None:
    """Tell many people, by key, how far each one's feed has come; never raises."""
    _send({user_id: {"type": "hint", "seq": seq} for user_id, seq in heads.items()})


def push_kick(user_id: int) -> None:
    """Close every open socket of a person who may no longer be signed in; never raises."""
    _send({user_id: {"type": "kick"}})


def push_renew(user_id: int) -> None:
    """Have every open page of a person connect anew, so that it shows whose session has ended; never raises."""
    _send({user_id: {"type": "renew"}})


def _send(messages: Mapping[int, Mapping[str, object]]) -> None:
    if not messages:
        return
    try:
        async_to_sync(_send_within_seconds)(messages)
    except Exception:  # whatever the layer's trouble is, the feed still tells the truth
        logger.warning("hints not sent", extra={"users": len(messages)}, exc_info=True)


async def _send_within_seconds(messages: Mapping[int, Mapping[str, object]]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(SEND_SECONDS):
        for user_id, message in messages.items():
            await layer.group_send(group_of(user_id), message)
