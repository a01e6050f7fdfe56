"""Settings of every environment, read from environment variables (docs/deploy.md lists them).

Any variable may be given as `NAME_FILE`, the path of a file that holds the value.
Without DATABASE_URL and REDIS_URL everything runs embedded: SQLite, in-memory layer, one process.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.databases import database
from config.environment import Environment
from config.logs import logging_config
from config.rates import rates
from config.rules import (  # noqa: F401 - settings like the others, kept apart for their length
    ABSENCE,
    BALLOT,
    CONSULTATION,
    DELEGATION,
    INQUIRIES_MOST,
    OPINIONS_SEEN,
    SIGNING,
    SILENCE,
    SUSPENSION,
    TERMS,
)

BASE_DIR = Path(__file__).resolve().parent.parent
ADMIN_DIR = Path(admin.__file__).resolve().parent
env = Environment()

# --- which environment --------------------------------------------------------------------------------------
ENVIRONMENT = env.str("ENVIRONMENT", default="test" if "pytest" in sys.modules else "development")
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
DEBUG = env.bool("DEBUG", default=False)
SECURE = env.bool("SECURE", default=PRODUCTION)  # HTTPS in front: secure cookies, HSTS, redirect
WEB_PROCESSES = env.int("WEB_PROCESSES", default=1)
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
INSECURE_SECRET_KEY = "django-insecure-development-key-never-for-production"  # noqa: S105 - config.checks refuses it
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WILDCARD_HOSTS = {"0.0.0.0", "::", ""}  # noqa: S104 - recognised, never bound by default
_own_hosts = LOCAL_HOSTS + [host for host in [HOST] if host not in {*LOCAL_HOSTS, *WILDCARD_HOSTS}]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else _own_hosts)
# Exact origins (scheme://host:port) from which a browser may open the socket or post a form.
WEBSOCKET_ORIGINS = env.list(
    "WEBSOCKET_ORIGINS",
    default=[f"https://{host}" for host in ALLOWED_HOSTS]
    if PRODUCTION
    else [f"http://{host}:{PORT}" for host in _own_hosts],
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=WEBSOCKET_ORIGINS)

# --- database, broker, cache --------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'dieu-hanh.sqlite3'}"
DATABASE_POOL = env.bool("DATABASE_POOL", default=not TESTING)
DATABASES = {"default": database(DATABASE_URL, pool=DATABASE_POOL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# Keeps systems apart that share a Redis; test runs are kept apart by themselves.
REDIS_PREFIX = env.str("REDIS_PREFIX", default=f"test-{os.getpid()}" if TESTING else "dieu-hanh")
EMBEDDED = not REDIS_URL  # relay and timers run in the web process; otherwise Celery worker and beat run them
# Bounded waits: only the pub/sub layer may have a socket timeout, because it never blocks on a read.
_redis_waits = {"socket_timeout": 5, "socket_connect_timeout": 2}
CHANNEL_LAYERS: dict[str, dict[str, Any]]
CACHES: dict[str, dict[str, Any]]
if EMBEDDED:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, **_redis_waits}], "prefix": REDIS_PREFIX},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
            "OPTIONS": _redis_waits,
        }
    }
CELERY_BROKER_URL = REDIS_URL or None
CELERY_BROKER_TRANSPORT_OPTIONS = {**_redis_waits, "global_keyprefix": f"{REDIS_PREFIX}:"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "dieu-hanh"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False  # a wake-up is only a hint: the sweep finds what it misses
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # our log lines go to standard output and must arrive there
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"

# --- applications -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin.apps.SimpleAdminConfig",  # own site (config/admin.py), nothing discovered
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "viewflow",
    "viewflow.workflow",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "csp",
    "django_htmx",
    "notifications",
    "accounts",
    "workflows",
    "config",
]
MIDDLEWARE = [
    "config.guarding.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.HatMiddleware",
    "accounts.middleware.DefaultDenyMiddleware",
    "config.guarding.LimitMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", ADMIN_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["workflows.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.chrome",
                "notifications.context.bell",
            ],
        },
    }
]
VIEWFLOW = {"AUTOREGISTER": False}
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LockoutBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = (
    # Tests sign in hundreds of times; what they prove does not depend on the cost of the hash.
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# --- signing in (docs/sign-in.md) ---------------------------------------------------------------------------
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
}  # counted in the database: accounts.domain.lockout
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_FORMS = {
    "authenticate": "accounts.forms.factors.CodeForm",
    "reauthenticate": "accounts.forms.factors.CodeAgainForm",
}
# Who must prove herself by a second factor: APPROVERS (who holds, or acts under, one of these positions),
# ADMINISTRATORS, or ALL.
SECOND_FACTOR = {
    "required_of": env.list(
        "SECOND_FACTOR_REQUIRED_OF", default=["APPROVERS", "ADMINISTRATORS"] if PRODUCTION else []
    ),
    "positions": env.list("SECOND_FACTOR_POSITIONS", default=["CHAIR", "VICE_CHAIR"]),
}
# A decision or a signature asks anew who is there after so many minutes without a proof; 0 never asks.
REAUTHENTICATE_MINUTES = env.int("REAUTHENTICATE_MINUTES", default=0 if TESTING else 15)
# The identity provider of the agency (OpenID Connect); without a URL there is none.
OIDC = {
    "url": env.str("OIDC_URL", default=""),
    "name": env.str("OIDC_NAME", default="OpenID Connect"),
    # Which claim holds the user name as it is kept here; nobody is let in who is not known here.
    "claim": env.str("OIDC_USERNAME_CLAIM", default="preferred_username"),
    # Whether the provider asks for a second factor itself.
    "second_factor": env.bool("OIDC_SECOND_FACTOR", default=False),
}
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "agency",
                "name": OIDC["name"],
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC["url"]},
            }
        ]
        if OIDC["url"]
        else [],
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = (
    env.int("SESSION_HOURS", default=12) * 3600
)  # from the sign-in, whatever happens meanwhile
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=30) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_AGE = 365 * 86_400
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # no SQL

# --- the browser --------------------------------------------------------------------------------------------
# A form that leads to the identity provider is redirected there, which this directive covers too.
_PROVIDER_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC["url"]))] if OIDC["url"] else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *_PROVIDER_ORIGINS],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# Only behind a proxy that always sets the header itself (deploy/nginx.conf does).
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("TRUST_PROXY", default=False) else None
)
# guardian.W001: rights on objects are asked through workflows.policies, never through user.has_perm().
# security.W021: to be on the browsers' preload list is the domain owner's decision (HSTS_PRELOAD), not a default.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W021"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a long plan posts one field a paragraph
MEDIA_ROOT = Path(
    env.str("MEDIA_ROOT", default=str(VAR_DIR / "files"))
)  # never under a URL: views serve files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("admin", ADMIN_DIR / "static" / "admin")]
# Only ours: viewflow's own files are not used, and some refer to files that are not there.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))) if PRODUCTION else None
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION  # the embedded system needs no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG

LIMITS = rates(env, wide=TESTING)  # config/rates.py says which there are
SOCKETS_MOST = env.int(
    "SOCKETS_MOST", default=20
)  # by account in one process: one for each page she has open
# Where ClamAV's daemon listens: host:port, or the path of its socket. Empty: uploads are not scanned for viruses.
CLAMD = env.str("CLAMD", default="")

# --- language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- logs ---------------------------------------------------------------------------------------------------
LOGGING = logging_config(env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO"))

# --- proof --------------------------------------------------------------------------------------------------
# The daily seal over the chains of events (docs/audit-chain.md): its file lies outside the database, best where the
# application can add and not change. The key is PEM or base64; the public ones, in base64, are those of former keys.
AUDIT_SEAL_FILE = Path(env.str("AUDIT_SEAL_FILE", default=str(VAR_DIR / "seals.jsonl")))
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", default="")
AUDIT_SEAL_PUBLIC_KEYS = tuple(env.list("AUDIT_SEAL_PUBLIC_KEYS", default=[]))
