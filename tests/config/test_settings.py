import pytest
from django.db import connection

from config.databases import POSTGRES_POOL, POSTGRES_SESSION, database
from tests.config.reading import PRODUCTION, read_settings


def test_settings_without_environment_are_embedded(tmp_path):
    settings = read_settings(
        "ENVIRONMENT",
        "EMBEDDED",
        "DATABASES",
        "CHANNEL_LAYERS",
        "CELERY_BROKER_URL",
        "STATIC_ROOT",
        "DEBUG",
        environment={"VAR_DIR": str(tmp_path / "new" / "var")},
    )

    assert settings["ENVIRONMENT"] == "development"
    assert settings["EMBEDDED"] is True
    assert settings["DEBUG"] is False
    assert settings["CHANNEL_LAYERS"] == {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    assert settings["CELERY_BROKER_URL"] is None
    assert settings["STATIC_ROOT"] is None
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "new" / "var" / "dieu-hanh.sqlite3")
    assert (tmp_path / "new" / "var").is_dir()


def test_settings_with_redis_use_it_for_layer_cache_and_broker():
    settings = read_settings(
        "EMBEDDED",
        "CHANNEL_LAYERS",
        "CACHES",
        "CELERY_BROKER_URL",
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        environment={"REDIS_URL": "redis://cache:6379/3", "REDIS_PREFIX": "office"},
    )

    layer = settings["CHANNEL_LAYERS"]["default"]
    assert settings["EMBEDDED"] is False
    assert layer["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert layer["CONFIG"]["prefix"] == "office"
    assert layer["CONFIG"]["hosts"][0]["address"] == "redis://cache:6379/3"
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://cache:6379/3"
    assert settings["CELERY_BROKER_URL"] == "redis://cache:6379/3"
    assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["global_keyprefix"] == "office:"


def test_settings_in_production_are_secure():
    settings = read_settings(
        "DEBUG",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "WEBSOCKET_ORIGINS",
        "CSRF_TRUSTED_ORIGINS",
        "PASSWORD_HASHERS",
        "WHITENOISE_USE_FINDERS",
        environment=PRODUCTION,
    )

    assert settings.pop("PASSWORD_HASHERS")[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert settings == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "WEBSOCKET_ORIGINS": ["https://office.example.vn"],
        "CSRF_TRUSTED_ORIGINS": ["https://office.example.vn"],
        "WHITENOISE_USE_FINDERS": False,
    }


def test_settings_name_file_wins_and_is_trimmed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("from the file\n", encoding="utf-8")

    settings = read_settings(
        "SECRET_KEY", environment={"SECRET_KEY": "plain", "SECRET_KEY_FILE": str(secret)}
    )

    assert settings == {"SECRET_KEY": "from the file"}


def test_settings_host_and_port_give_hosts_and_origins():
    settings = read_settings(
        "ALLOWED_HOSTS", "WEBSOCKET_ORIGINS", environment={"HOST": "office.lan", "PORT": "8123"}
    )

    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]", "office.lan"]
    assert settings["WEBSOCKET_ORIGINS"] == [
        "http://127.0.0.1:8123",
        "http://localhost:8123",
        "http://[::1]:8123",
        "http://office.lan:8123",
    ]


def test_settings_wildcard_host_is_no_allowed_host():
    settings = read_settings("ALLOWED_HOSTS", environment={"HOST": "0.0.0.0"})

    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]


def test_settings_content_security_policy_has_no_unsafe_source(settings):
    sources = [
        source for values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in values
    ]

    assert set(sources) == {"'self'", "'none'"}


@pytest.mark.parametrize("pool", [True, False])
def test_database_postgres_bounds_every_wait(pool):
    made = database("postgres://app:pw@db:5433/app?sslmode=require", pool=pool)

    assert made["ENGINE"] == "django.db.backends.postgresql"
    assert (made["NAME"], made["HOST"], made["PORT"], made["USER"], made["PASSWORD"]) == (
        "app",
        "db",
        5433,
        "app",
        "pw",
    )
    assert (made["CONN_MAX_AGE"], made["CONN_HEALTH_CHECKS"], made["ATOMIC_REQUESTS"]) == (0, True, False)
    expected = {"sslmode": "require", "options": POSTGRES_SESSION} | ({"pool": POSTGRES_POOL} if pool else {})
    assert made["OPTIONS"] == expected


def test_database_postgres_over_a_unix_socket():
    made = database("postgres://dieu-hanh@/dieu-hanh?host=/run/postgresql", pool=False)

    assert (made["NAME"], made["USER"], made["HOST"]) == ("dieu-hanh", "dieu-hanh", "")
    assert made["OPTIONS"]["host"] == "/run/postgresql"


def test_database_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database("mysql://root@127.0.0.1/app", pool=False)


@pytest.mark.django_db
def test_database_connection_has_the_settings_that_matter():
    if connection.vendor == "sqlite":
        assert sqlite_pragmas() == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 20_000,
        }
        assert connection.transaction_mode == "IMMEDIATE"
    else:
        assert postgres_timeouts() == {
            "lock_timeout": "5s",
            "statement_timeout": "15s",
            "idle_in_transaction_session_timeout": "30s",
        }


def sqlite_pragmas():
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with connection.cursor() as cursor:
        return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


def postgres_timeouts():
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        return {name: cursor.execute(f"SHOW {name}").fetchone()[0] for name in names}


def test_file_of_seals_is_a_path_and_not_the_name_of_a_secret_s_file(tmp_path):
    place = tmp_path / "away" / "seals.jsonl"

    settings = read_settings("AUDIT_SEAL_FILE", environment={"AUDIT_SEAL_FILE": str(place)})

    assert settings == {"AUDIT_SEAL_FILE": str(place)}
