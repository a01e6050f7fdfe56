"""The key that seals, and the keys that are believed: from the settings, never from the database."""

import base64
import binascii
import hashlib
import logging
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

logger = logging.getLogger(__name__)

ID_LENGTH = 16
OWN_KEY = "seal-key.pem"


class BadKeyError(ValueError):
    """A key that is missing or is none."""


def signing_key() -> Ed25519PrivateKey:
    """Return the key that seals; outside production one is made where none is set, once.

    Raises:
        BadKeyError: there is none in production, or the setting is no key.
    """
    if settings.AUDIT_SEAL_KEY:
        return private_key(settings.AUDIT_SEAL_KEY)
    if settings.PRODUCTION:
        raise BadKeyError("AUDIT_SEAL_KEY is not set: this process cannot seal")
    place = own_key_place()
    if not place.exists():
        _make(place)
    return private_key(place.read_text(encoding="ascii"))


def trusted_keys() -> dict[str, Ed25519PublicKey]:
    """Return the public keys whose seals are believed, by their id: the own one and those of the settings.

    Raises:
        BadKeyError: one of them is no key.
    """
    keys = [public_key(text) for text in settings.AUDIT_SEAL_PUBLIC_KEYS]
    if settings.AUDIT_SEAL_KEY or (not settings.PRODUCTION and own_key_place().exists()):
        keys.append(signing_key().public_key())
    return {id_of(key): key for key in keys}


def own_key_place() -> Path:
    """Return where a system that was given no key keeps its own."""
    return Path(settings.VAR_DIR) / OWN_KEY


def id_of(key: Ed25519PublicKey) -> str:
    """Return the id of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:ID_LENGTH]


def printed(key: Ed25519PublicKey) -> str:
    """Return a public key as AUDIT_SEAL_PUBLIC_KEYS takes it: base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def private_key(text: str) -> Ed25519PrivateKey:
    """Read a private key: PEM (PKCS#8), or base64 of its 32 bytes.

    Raises:
        BadKeyError: it is neither, or a key of another kind.
    """
    try:
        if "-----BEGIN" not in text:
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
        found = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadKeyError("the private key of the seal cannot be read") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise BadKeyError("the private key of the seal is no Ed25519 key")
    return found


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key: base64 of its 32 bytes.

    Raises:
        BadKeyError: it is none.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadKeyError("a public key of the seal cannot be read") from error


def _make(place: Path) -> None:
    """Write a new key, readable by its owner alone; of several that try at once one wins."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=place.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, place)
        logger.warning("a key for the seals was made", extra={"place": str(place)})
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
