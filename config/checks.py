"""Checks that refuse to start what would lose work, let two decisions through or show what is not meant to be seen.

They run with every management command; `refuse_to_start` runs them where there is none (ASGI, WSGI, Celery).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from viewflow.workflow import Flow
from viewflow.workflow.lock import SelectForUpdateLock

from accounts.models import AgencyKind, Position
from accounts.policy import has_policy
from notifications.sealing import keys
from workflows.domain.signing import Paper
from workflows.models import BallotSilence, SilencePolicy, Vote
from workflows.signing.adapters import ADAPTERS, PadesFile

TAG = "site"
EXACT_ORIGIN = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?", re.IGNORECASE
)
SECOND_FACTOR_GROUPS = {"APPROVERS", "ADMINISTRATORS", "ALL"}
MINIMUM_KEY_LENGTH = 50
MINIMUM_KEY_CHARACTERS = 5


def _is_wide() -> bool:
    """Tell whether more than one process may serve: then only PostgreSQL and Redis connect them."""
    return bool(settings.ENVIRONMENT == "production" or settings.WEB_PROCESSES > 1)


@register(TAG)
def check_environment(**_kwargs: Any) -> list[CheckMessage]:
    """E001: ENVIRONMENT is one of the three that the settings know."""
    if settings.ENVIRONMENT in {"development", "test", "production"}:
        return []
    return [Error("ENVIRONMENT must be development, test or production.", id="site.E001")]


@register(TAG)
def check_database(**_kwargs: Any) -> list[CheckMessage]:
    """E002: SQLite serves one process."""
    if not _is_wide() or settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    hint = "Set DATABASE_URL=postgres://…"
    return [Error("SQLite cannot serve production or several processes.", hint=hint, id="site.E002")]


@register(TAG)
def check_layer(**_kwargs: Any) -> list[CheckMessage]:
    """E003: the in-memory layer and cache end at their process."""
    backends = {settings.CHANNEL_LAYERS["default"]["BACKEND"], settings.CACHES["default"]["BACKEND"]}
    in_memory = {"channels.layers.InMemoryChannelLayer", "django.core.cache.backends.locmem.LocMemCache"}
    if not _is_wide() or not backends & in_memory:
        return []
    hint = "Set REDIS_URL=redis://…"
    message = "The in-memory layer and cache cannot serve production or several processes."
    return [Error(message, hint=hint, id="site.E003")]


@register(TAG)
def check_secret_key(**_kwargs: Any) -> list[CheckMessage]:
    """E004: production has a secret of its own."""
    key = settings.SECRET_KEY
    is_weak = (
        key.startswith("django-insecure-")
        or len(key) < MINIMUM_KEY_LENGTH
        or len(set(key)) < MINIMUM_KEY_CHARACTERS
    )
    if settings.ENVIRONMENT != "production" or not is_weak:
        return []
    hint = f"Set SECRET_KEY or SECRET_KEY_FILE to at least {MINIMUM_KEY_LENGTH} random characters."
    return [Error("Production runs with the default or a weak SECRET_KEY.", hint=hint, id="site.E004")]


@register(TAG)
def check_debug(**_kwargs: Any) -> list[CheckMessage]:
    """E005: production shows no traces."""
    if settings.ENVIRONMENT != "production" or not settings.DEBUG:
        return []
    return [Error("Production runs with DEBUG.", hint="Remove DEBUG from the environment.", id="site.E005")]


@register(TAG)
def check_hosts(**_kwargs: Any) -> list[CheckMessage]:
    """E006: the names of the site are known."""
    hosts = settings.ALLOWED_HOSTS
    if "*" not in hosts and (hosts or settings.ENVIRONMENT != "production"):
        return []
    hint = "Set ALLOWED_HOSTS to the names people type, separated by commas."
    return [Error("ALLOWED_HOSTS is empty or allows every name.", hint=hint, id="site.E006")]


@register(TAG)
def check_origins(**_kwargs: Any) -> list[CheckMessage]:
    """E007: sockets open from exact origins only, for the sign-in cookie opens them."""
    loose = [origin for origin in settings.WEBSOCKET_ORIGINS if not EXACT_ORIGIN.fullmatch(origin)]
    if settings.WEBSOCKET_ORIGINS and not loose:
        return []
    hint = "Set WEBSOCKET_ORIGINS to scheme://host or scheme://host:port, separated by commas."
    return [Error(f"WEBSOCKET_ORIGINS is empty or not exact: {loose}", hint=hint, id="site.E007")]


def _flow_classes(parent: Any) -> Iterator[Any]:
    for flow_class in parent.__subclasses__():
        yield flow_class
        yield from _flow_classes(flow_class)


def _waits(lock: Any) -> bool:
    return isinstance(lock, SelectForUpdateLock) and not lock.nowait and lock.attempts == 1


@register(TAG)
def check_flow_locks(**_kwargs: Any) -> list[CheckMessage]:
    """E008: every flow waits for a lock on its process.

    The engine's default lets two approvals through and leaves joins stuck; without waiting, it sleeps in transactions.
    Source: docs/architecture.md, section 4.
    """
    get_resolver().url_patterns  # noqa: B018 - loads the views and with them every flow
    hint = "lock_impl = SelectForUpdateLock(nowait=False, attempts=1)"
    return [
        Error(f"{flow_class.__name__} has no waiting lock.", hint=hint, id="site.E008")
        for flow_class in _flow_classes(Flow)
        if not flow_class.__module__.startswith("viewflow.") and not _waits(flow_class.lock_impl)
    ]


@register(TAG)
def check_viewflow_middleware(**_kwargs: Any) -> list[CheckMessage]:
    """E009: viewflow adds no middleware by itself."""
    is_added = any(name.startswith("viewflow.") for name in settings.MIDDLEWARE)
    if settings.VIEWFLOW.get("AUTOREGISTER") is False and not is_added:
        return []
    hint = 'VIEWFLOW = {"AUTOREGISTER": False}'
    return [Error("viewflow's middleware must stay out.", hint=hint, id="site.E009")]


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern | URLResolver]]:
    """Yield every pattern and resolver below `resolver` with its whole route."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        yield route, pattern
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)


def _is_viewflow(pattern: URLPattern | URLResolver) -> bool:
    if isinstance(pattern, URLResolver):
        return type(pattern).__module__.startswith("viewflow.")
    view = getattr(pattern.callback, "view_class", pattern.callback)
    return str(getattr(view, "__module__", "")).startswith("viewflow.")


@register(TAG)
def check_urls(**_kwargs: Any) -> list[CheckMessage]:
    """E010: no viewflow URL is mounted. E011: every view says who may use it."""
    messages: list[CheckMessage] = []
    for route, pattern in _patterns(get_resolver()):
        if _is_viewflow(pattern):
            message = f"/{route} is viewflow's own; it locks the process named in the URL and not the task's."
            messages.append(Error(message, id="site.E010"))
        elif isinstance(pattern, URLPattern) and not has_policy(pattern.callback):
            hint = "Mark the view with accounts.policy.policy or accounts.policy.public."
            messages.append(Error(f"/{route} has no policy.", hint=hint, id="site.E011"))
    return messages


@register(TAG)
def check_office_rules(**_kwargs: Any) -> list[CheckMessage]:
    """E012: terms are at least one working day, and silence means something that the domain knows."""
    messages: list[CheckMessage] = [
        Error(f"The term of {name} is under one day.", hint=f"Set TERM_{name.upper()}_DAYS.", id="site.E012")
        for name, term in settings.TERMS.items()
        if term["days"] < 1
    ]
    if settings.SILENCE["policy"] not in SilencePolicy.values:
        hint = f"Set SILENCE_POLICY to one of {', '.join(SilencePolicy.values)}."
        messages.append(Error("SILENCE_POLICY is unknown.", hint=hint, id="site.E012"))
    messages += [
        Error(f"OPINIONS_SEEN_{when.upper()} is unknown.", hint="Set it to OWN or ALL.", id="site.E012")
        for when, seen in settings.OPINIONS_SEEN.items()
        if seen not in {"OWN", "ALL"}
    ]
    if min(settings.CONSULTATION["remind_days"], default=1) < 1:
        hint = "Set CONSULTATION_REMIND_DAYS to numbers of working days, for example 2,1."
        messages.append(Error("A reminder must come before the due moment.", hint=hint, id="site.E012"))
    return messages


@register(TAG)
def check_ballot(**_kwargs: Any) -> list[CheckMessage]:
    """E013: a ballot leaves the choice between for and against, has a term, and silence means something known."""
    rule = settings.BALLOT
    choices = set(rule["choices"])
    wrong = (
        ("BALLOT_CHOICES", not {Vote.FOR, Vote.AGAINST} <= choices <= set(Vote.values)),
        ("BALLOT_SILENCE", rule["silence"] not in BallotSilence.values),
        ("BALLOT_DAYS", rule["days"] < 1),
        ("BALLOT_REMIND_DAYS", rule["remind_days"] < 0),
    )
    hint = "docs/deploy.md lists what may stand there."
    return [
        Error(f"{name} is no rule for a ballot.", hint=hint, id="site.E013") for name, bad in wrong if bad
    ]


@register(TAG)
def check_signing(**_kwargs: Any) -> list[CheckMessage]:
    """E018: the rules of signing name what the domain knows, and files that are there."""
    rules = settings.SIGNING
    return [
        Error(message, hint=hint, id="site.E018")
        for is_wrong, message, hint in (
            (
                rules["adapter"] not in ADAPTERS,
                "SIGNING_ADAPTER is unknown.",
                f"Set SIGNING_ADAPTER to one of {', '.join(ADAPTERS)}.",
            ),
            (
                rules["adapter"] == PadesFile.name and not Path(rules["pkcs12"]).is_file(),
                "SIGNING_PKCS12 names no file.",
                "Set SIGNING_PKCS12 to the path of a PKCS#12 file.",
            ),
            (
                bool(rules["trust_roots"]) and not Path(rules["trust_roots"]).is_dir(),
                "SIGNING_TRUST_ROOTS names no folder.",
                "Set SIGNING_TRUST_ROOTS to a folder of certificates in PEM, or to nothing.",
            ),
            (
                not set(rules["by_order"]["papers"]) <= {*Paper},
                "SIGNING_BY_ORDER has unknown entries.",
                f"Known are {', '.join(Paper)}.",
            ),
            (
                not set(rules["collective"]["kinds"]) <= {*AgencyKind.values},
                "SIGNING_COLLECTIVE has unknown entries.",
                f"Known are {', '.join(AgencyKind.values)}.",
            ),
        )
        if is_wrong
    ]


@register(TAG)
def check_sign_in(**_kwargs: Any) -> list[CheckMessage]:
    """E021: the rules of signing in are ones the system knows, and a provider is asked over HTTPS."""
    rules, provider = settings.SECOND_FACTOR, settings.OIDC["url"]
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    faults = (
        (
            not set(rules["required_of"]) <= SECOND_FACTOR_GROUPS,
            "SECOND_FACTOR_REQUIRED_OF has unknown entries.",
            f"Known are {', '.join(sorted(SECOND_FACTOR_GROUPS))}.",
        ),
        (
            not set(rules["positions"]) <= {*Position.values},
            "SECOND_FACTOR_POSITIONS has unknown entries.",
            f"Known are {', '.join(Position.values)}.",
        ),
        (
            settings.SECURE and bool(provider) and not provider.startswith("https://"),
            "OIDC_URL is not HTTPS.",
            "Set OIDC_URL to https://…",
        ),
        (
            bool(provider) and not all(app[0][name] for name in ("client_id", "secret")),
            "OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is missing.",
            "Set both as the provider gave them.",
        ),
        (
            not 0 <= settings.SESSION_IDLE_SECONDS <= settings.SESSION_COOKIE_AGE,
            "SESSION_IDLE_MINUTES is longer than SESSION_HOURS.",
            "A session ends sooner where nobody works than where somebody does.",
        ),
    )
    return [Error(message, hint=hint, id="site.E021") for is_wrong, message, hint in faults if is_wrong]


@register(TAG)
def check_seal_keys(**_kwargs: Any) -> list[CheckMessage]:
    """E030: production has a key to seal with, or public keys where it only checks seals; all can be read."""
    wrong: list[CheckMessage] = []
    if settings.ENVIRONMENT == "production" and not (
        settings.AUDIT_SEAL_KEY or settings.AUDIT_SEAL_PUBLIC_KEYS
    ):
        hint = "Set AUDIT_SEAL_KEY_FILE, or AUDIT_SEAL_PUBLIC_KEYS in processes that do not seal."
        wrong.append(
            Error("Production has no key for the seals of the audit chains.", hint=hint, id="site.E030")
        )
    try:
        keys.trusted_keys()
    except (keys.BadKeyError, OSError) as error:
        hint = "docs/deploy.md, “Seals”, says how keys are made."
        wrong.append(Error(f"AUDIT_SEAL_KEY or AUDIT_SEAL_PUBLIC_KEYS: {error}.", hint=hint, id="site.E030"))
    return wrong


def refuse_to_start() -> None:
    """Run the checks of this module.

    Raises:
        ImproperlyConfigured: at least one of them fails.
    """
    messages = run_checks(tags=[TAG])
    if messages:
        raise ImproperlyConfigured("\n".join(str(message) for message in messages))
