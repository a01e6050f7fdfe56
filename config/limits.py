"""How often one account, or one address of strangers, may do what costs: counted in windows, in the shared cache.

A limit protects the others' service and decides nothing: while the counters cannot be reached requests go on. What must
hold (the lock-out of guessed passwords) is counted in the database.
"""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

BLIND_SECONDS = 30.0  # after a failure the counters are left alone so long: no request waits for them


@dataclass(slots=True)
class _Reach:
    """When this process may ask the counters again, by the monotonic clock."""

    again_at: float = 0.0


_reach = _Reach()


def spend(rule: str, who: str, amount: int = 1) -> int:
    """Count something against a limit of LIMITS; return 0, or after how many seconds it may be tried again."""
    most, seconds = settings.LIMITS[rule]
    if time.monotonic() < _reach.again_at:
        return 0
    window, past = divmod(int(time.time()), seconds)
    try:
        count = _add(f"limit:{rule}:{who}:{window}", amount, seconds)
    except Exception:  # whatever a cache that is down raises
        _reach.again_at = time.monotonic() + BLIND_SECONDS
        logger.warning("limits not counted", extra={"rule": rule}, exc_info=True)
        return 0
    return seconds - past if count > most else 0


def _add(key: str, amount: int, seconds: int) -> int:
    """Add to a counter that ends with its window."""
    cache.add(key, 0, timeout=seconds + 1)
    try:
        return cache.incr(key, amount)
    except ValueError:  # it ended in between
        return amount
