import gc

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from viewflow.workflow import Flow
from viewflow.workflow.lock import SelectForUpdateLock, no_lock

from config import checks
from tests.config.reading import PRODUCTION, run_python

GOOD_KEY = PRODUCTION["SECRET_KEY"]
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
PUBSUB = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
LOCAL_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS_CACHE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}


class Site:
    """Stands for the settings in checks that only read them."""

    ENVIRONMENT = "production"
    WEB_PROCESSES = 1
    DEBUG = False
    SECRET_KEY = GOOD_KEY
    ALLOWED_HOSTS = ("office.example.vn",)
    WEBSOCKET_ORIGINS = ("https://office.example.vn",)
    DATABASES = POSTGRES
    CHANNEL_LAYERS = PUBSUB
    CACHES = REDIS_CACHE
    MIDDLEWARE = ()
    VIEWFLOW = {"AUTOREGISTER": False}
    TERMS = {"draft": {"days": 1}}
    SILENCE = {"policy": "DEEMED_AGREED"}
    OPINIONS_SEEN = {"before": "OWN", "after": "ALL"}
    CONSULTATION = {"remind_days": (2, 1)}

    def __init__(self, **changes):
        vars(self).update(changes)


READ_SETTINGS = [
    checks.check_environment,
    checks.check_database,
    checks.check_layer,
    checks.check_secret_key,
    checks.check_debug,
    checks.check_hosts,
    checks.check_origins,
    checks.check_viewflow_middleware,
    checks.check_office_rules,
]


def found(monkeypatch, **changes):
    monkeypatch.setattr(checks, "settings", Site(**changes))
    return {message.id for check in READ_SETTINGS for message in check()}


def test_checks_of_this_site_find_nothing():
    assert run_checks(tags=[checks.TAG]) == []


def test_checks_of_good_production_find_nothing(monkeypatch):
    assert found(monkeypatch) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ENVIRONMENT": "staging"}, "site.E001"),
        ({"DATABASES": SQLITE}, "site.E002"),
        ({"DATABASES": SQLITE, "ENVIRONMENT": "development", "WEB_PROCESSES": 2}, "site.E002"),
        ({"CHANNEL_LAYERS": IN_MEMORY}, "site.E003"),
        ({"CACHES": LOCAL_CACHE}, "site.E003"),
        ({"CHANNEL_LAYERS": IN_MEMORY, "ENVIRONMENT": "development", "WEB_PROCESSES": 2}, "site.E003"),
        ({"SECRET_KEY": "django-insecure-development-key-never-for-production"}, "site.E004"),
        ({"SECRET_KEY": GOOD_KEY[:49]}, "site.E004"),
        ({"SECRET_KEY": "ab" * 30}, "site.E004"),
        ({"DEBUG": True}, "site.E005"),
        ({"ALLOWED_HOSTS": ["*"]}, "site.E006"),
        ({"ALLOWED_HOSTS": ["*"], "ENVIRONMENT": "development"}, "site.E006"),
        ({"ALLOWED_HOSTS": []}, "site.E006"),
        ({"WEBSOCKET_ORIGINS": []}, "site.E007"),
        ({"WEBSOCKET_ORIGINS": ["*"]}, "site.E007"),
        ({"WEBSOCKET_ORIGINS": ["https://.example.vn"]}, "site.E007"),
        ({"WEBSOCKET_ORIGINS": ["office.example.vn"]}, "site.E007"),
        ({"WEBSOCKET_ORIGINS": ["https://office.example.vn/"]}, "site.E007"),
        ({"VIEWFLOW": {}}, "site.E009"),
        ({"MIDDLEWARE": ["viewflow.middleware.SiteMiddleware"]}, "site.E009"),
        ({"TERMS": {"draft": {"days": 0}}}, "site.E012"),
        ({"SILENCE": {"policy": "NONE"}}, "site.E012"),
        ({"OPINIONS_SEEN": {"before": "SOME", "after": "ALL"}}, "site.E012"),
        ({"CONSULTATION": {"remind_days": (0,)}}, "site.E012"),
    ],
)
def test_checks_refuse_one_fault(monkeypatch, changes, expected):
    assert found(monkeypatch, **changes) == {expected}


@pytest.mark.parametrize(
    "changes",
    [
        {
            "DATABASES": SQLITE,
            "CHANNEL_LAYERS": IN_MEMORY,
            "CACHES": LOCAL_CACHE,
            "ENVIRONMENT": "development",
        },
        {"SECRET_KEY": "short", "ENVIRONMENT": "development"},
        {"DEBUG": True, "ENVIRONMENT": "test"},
        {"WEBSOCKET_ORIGINS": ["http://[::1]:8000", "http://127.0.0.1:8000", "https://office"]},
    ],
)
def test_checks_let_development_pass(monkeypatch, changes):
    assert found(monkeypatch, **changes) == set()


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (no_lock, ["site.E008"]),
        (SelectForUpdateLock(), ["site.E008"]),
        (SelectForUpdateLock(nowait=False), ["site.E008"]),
        (SelectForUpdateLock(nowait=True, attempts=1), ["site.E008"]),
        (SelectForUpdateLock(nowait=False, attempts=1), []),
    ],
)
def test_check_flow_locks_wants_one_that_waits(lock, expected):
    flow_class = type("ForeignFlow", (Flow,), {"lock_impl": lock, "__module__": __name__})

    messages = [message for message in checks.check_flow_locks() if "ForeignFlow" in message.msg]

    assert [message.id for message in messages] == expected
    del flow_class
    gc.collect()


@pytest.mark.parametrize(
    ("urlconf", "expected"),
    [
        ("tests.config.urls_without_policy", ["site.E011", "site.E011"]),
        ("tests.config.urls_of_viewflow", ["site.E010"]),
    ],
)
def test_check_urls_refuses(settings, urlconf, expected):
    settings.ROOT_URLCONF = urlconf

    ids = [message.id for message in checks.check_urls()]

    assert ids[: len(expected)] == expected


def test_refuse_to_start_names_every_fault(settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.WEBSOCKET_ORIGINS = []

    with pytest.raises(ImproperlyConfigured, match=r"(?s)site\.E00[67].*site\.E00[67]"):
        checks.refuse_to_start()


@pytest.mark.parametrize("entry", ["config.asgi", "config.wsgi"])
def test_entry_point_refuses_embedded_production(entry):
    result = run_python(f"import {entry}", environment={"ENVIRONMENT": "production"})

    assert result.returncode == 1
    for number in ("E002", "E003", "E004", "E006"):
        assert f"site.{number}" in result.stderr


@pytest.mark.parametrize("entry", ["config.asgi", "config.wsgi"])
def test_entry_point_starts_in_production(entry, tmp_path):
    result = run_python(f"import {entry}", environment=PRODUCTION | {"STATIC_ROOT": str(tmp_path)})

    assert (result.returncode, result.stderr) == (0, "")
