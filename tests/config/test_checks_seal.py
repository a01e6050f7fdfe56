"""E030: the keys of the seals."""

import pytest

from config import checks
from notifications.sealing import keys
from tests.config.reading import PRODUCTION, run_python

KEY = PRODUCTION["AUDIT_SEAL_KEY"]
PUBLIC = keys.printed(keys.private_key(KEY).public_key())


@pytest.fixture
def production(settings, seals):
    settings.ENVIRONMENT, settings.PRODUCTION = "production", True
    return settings


def found():
    return [message.id for message in checks.check_seal_keys()]


@pytest.mark.parametrize(("key", "public"), [(KEY, ()), ("", (PUBLIC,)), (KEY, (PUBLIC,))])
def test_production_with_a_key_to_seal_or_to_check_passes(production, key, public):
    production.AUDIT_SEAL_KEY, production.AUDIT_SEAL_PUBLIC_KEYS = key, public

    assert found() == []


@pytest.mark.parametrize(("key", "public"), [("", ()), ("no key", ()), (KEY, ("no key",)), (KEY, ("",))])
def test_production_without_a_key_or_with_one_that_is_none_is_refused(production, key, public):
    production.AUDIT_SEAL_KEY, production.AUDIT_SEAL_PUBLIC_KEYS = key, public

    assert found() == ["site.E030"]


def test_development_makes_its_own_key_and_passes(settings, seals):
    settings.AUDIT_SEAL_KEY = ""

    assert found() == []


def test_production_does_not_start_without_a_key(tmp_path):
    environment = PRODUCTION | {"STATIC_ROOT": str(tmp_path), "VAR_DIR": str(tmp_path)}
    del environment["AUDIT_SEAL_KEY"]

    result = run_python("import config.wsgi", environment=environment)

    assert result.returncode == 1
    assert "site.E030" in result.stderr


def test_key_may_stand_in_a_file(tmp_path):
    place = tmp_path / "seal-key"
    place.write_text(f"{KEY}\n")
    environment = PRODUCTION | {
        "STATIC_ROOT": str(tmp_path),
        "VAR_DIR": str(tmp_path),
        "AUDIT_SEAL_KEY_FILE": str(place),
    }
    del environment["AUDIT_SEAL_KEY"]

    result = run_python(
        "import config.wsgi; from notifications.sealing import keys; print(*keys.trusted_keys())",
        environment=environment,
    )

    assert result.stdout.split() == [keys.id_of(keys.public_key(PUBLIC))]
