"""Guessing a password ends after a few tries, for user names that exist and for those that do not.

Three limits count within one window: what one address may try on one user name, so that nobody keeps somebody else
out from afar; what may be tried on one user name at all; what may be tried from one address at all.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt

LIMIT = 10
LIMIT_OF_A_NAME = 50
LIMIT_OF_AN_ADDRESS = 300  # a whole office may stand behind one
WINDOW = timedelta(minutes=15)
IPV6_CUSTOMER = 64  # bits: whoever has one IPv6 address has all with the same first half


def reserve_try(username: str, address: str = "", *, at: datetime | None = None) -> bool:
    """Take one of the tries that are left for a user name from an address; tell whether there was one.

    The try counts before the password is looked at, so that tries at the same moment cannot exceed the limit. Tries
    that were refused do not prolong the lock.
    """
    now = at or timezone.now()
    SignInAttempt.objects.filter(failed_at__lte=now - WINDOW).delete()
    attempt = SignInAttempt.objects.create(
        username_hash=hash_of(username), address=network_of(address), failed_at=now
    )
    if _spent(username, address, now) <= 0:
        return True
    attempt.delete()
    return False


def forget_tries(username: str, address: str = "") -> None:
    """Give back the tries of a user name from an address, after a sign-in from there."""
    SignInAttempt.objects.filter(username_hash=hash_of(username), address=network_of(address)).delete()


def is_locked(username: str, address: str = "", *, at: datetime | None = None) -> bool:
    """Tell whether no try is left for a user name from an address."""
    return _spent(username, address, at or timezone.now()) >= 0


def hash_of(username: str) -> str:
    """Return what is kept of a user name that was typed."""
    return salted_hmac("accounts.SignInAttempt", username, algorithm="sha256").hexdigest()


def network_of(address: str) -> str:
    """Return the address, or the network of an IPv6 customer; empty where it is not known."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(IPv6Network((parsed, IPV6_CUSTOMER), strict=False).network_address)


def _spent(username: str, address: str, now: datetime) -> int:
    """Return by how many the tries exceed the nearest limit: negative while some are left, zero with the last one."""
    network = network_of(address)
    of_name, of_address = Q(username_hash=hash_of(username)), Q(address=network)
    count = SignInAttempt.objects.since(now - WINDOW).aggregate(
        pair=Count("pk", filter=of_name & of_address),
        name=Count("pk", filter=of_name),
        address=Count("pk", filter=of_address),
    )
    excess: list[int] = [count["pair"] - LIMIT, count["name"] - LIMIT_OF_A_NAME]
    if network:
        excess.append(count["address"] - LIMIT_OF_AN_ADDRESS)
    return max(excess)
