"""Settings of every environment, read from environment variables (docs/deploy.md lists them).

Any variable may be given as `NAME_FILE`, the path of a file that holds the value.
Without DATABASE_URL and REDIS_URL everything runs embedded: SQLite, in-memory layer, one process.
"""

import os
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.databases import database
from config.environment import Environment
from config.logs import logging_config
from config.rates import rates

BASE_DIR = Path(__file__).resolve().parent.parent
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "viewflow",
    "viewflow.workflow",
    "guardian",
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
    "accounts.middleware.HatMiddleware",
    "accounts.middleware.DefaultDenyMiddleware",
    "config.guarding.LimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["workflows.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
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
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
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
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
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
STATICFILES_DIRS = [BASE_DIR / "static"]
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

# --- the office's rules -------------------------------------------------------------------------------------
# Terms count in working days. They are each province's own working regulation; where it is silent the national
# figures serve as the model. Citations are printed in requests, so they stay in the language of the documents.
TERMS = {
    "receive": {
        "days": env.int("TERM_RECEIVE_DAYS", default=1),
        "citation": "NĐ 30/2020/NĐ-CP Điều 22, 23: chuyển, xử lý trong ngày hoặc ngày làm việc tiếp theo",
    },
    "draft": {
        "days": env.int("TERM_DRAFT_DAYS", default=10),
        "citation": "Thời hạn nêu tại văn bản giao nhiệm vụ; nếu không nêu thì theo Quy chế làm việc của UBND",
    },
    "opinion": {
        "days": env.int("TERM_OPINION_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND (Quy chế mẫu: QĐ 53/2006/QĐ-TTg; NĐ 191/2026/NĐ-CP Điều 12.2)",
    },
    "dispose": {
        "days": env.int("TERM_DISPOSE_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND: tổng hợp, tiếp thu, giải trình ý kiến",
    },
    "review": {
        "days": env.int("TERM_REVIEW_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND (tham chiếu NĐ 191/2026/NĐ-CP Điều 15)",
    },
    "decision": {
        "days": env.int("TERM_DECISION_DAYS", default=3),
        "citation": "Quy chế làm việc của UBND (tham chiếu NĐ 191/2026/NĐ-CP Điều 16)",
    },
    "inquiry": {
        "days": env.int("TERM_INQUIRY_DAYS", default=1),
        "citation": "Quy chế làm việc của UBND: cơ quan trình giải trình, bổ sung theo yêu cầu của người ký; nếu không "
        "nêu thời hạn thì trong ngày làm việc tiếp theo (NĐ 30/2020/NĐ-CP Điều 23)",
    },
    "issue": {
        "days": env.int("TERM_ISSUE_DAYS", default=1),
        "citation": "NĐ 30/2020/NĐ-CP Điều 18.1: phát hành trong ngày ký, chậm nhất ngày làm việc tiếp theo",
    },
    "report": {
        "days": env.int("TERM_REPORT_DAYS", default=20),
        "citation": "Thời hạn nêu tại văn bản giao nhiệm vụ; nếu không nêu thì theo Quy chế làm việc của UBND",
    },
}
# What the clock records when a term for opinions ends in silence, unless the request says otherwise: DEEMED_AGREED or
# NO_REPLY. The citation is printed in the request and beside every silence.
SILENCE = {
    "policy": env.str("SILENCE_POLICY", default="DEEMED_AGREED"),
    "citations": {
        "DEEMED_AGREED": "Quy chế làm việc của UBND: quá thời hạn không trả lời thì coi như đồng ý và phải chịu trách "
        "nhiệm (NĐ 191/2026/NĐ-CP Điều 7.2d)",
        "NO_REPLY": "Quy chế làm việc của UBND: cơ quan được hỏi phải trả lời trong thời hạn; không trả lời được "
        "ghi nhận là không có ý kiến",
    },
}
# A case that waits for an outside event stops its clock by decision. Where no day is named, whoever stopped it looks at
# it again after so many working days, and every working day from then on.
SUSPENSION = {
    "look_again_days": env.int("SUSPENSION_LOOK_AGAIN_DAYS", default=10),
    "citation": "Quy chế làm việc của UBND: hồ sơ chờ văn bản của cấp trên hoặc sự kiện khách quan được tạm dừng, thời "
    "gian chờ không tính vào thời hạn xử lý",
}
# Questions the Office or the leader may put to the submitting agency on one submission.
INQUIRIES_MOST = env.int("INQUIRIES_MOST", default=20)
CONSULTATION = {
    # Working days kept between the agencies' due moment and the assignment's own term, for answers and synthesis.
    "reserve_days": env.int("CONSULTATION_RESERVE_DAYS", default=3),
    # How many working days before the due moment silent agencies are reminded.
    "remind_days": tuple(env.list("CONSULTATION_REMIND_DAYS", cast=int, default=[2, 1])),
    # Hours between two reminders that the lead sends.
    "remind_gap_hours": env.int("CONSULTATION_REMIND_GAP_HOURS", default=12),
}
# Asking the members of the Committee by ballot slip (phiếu lấy ý kiến): what they may choose (some local forms have two
# boxes, FOR and AGAINST), how many working days they have unless the Chair names a day, how many working days before it
# those are reminded whose slips are missing (0: never), and what a missing slip counts as: NOT_COUNTED or FOR. The
# citations are printed on slips and tally sheets.
BALLOT = {
    "choices": tuple(env.list("BALLOT_CHOICES", default=["FOR", "AGAINST", "ABSTAIN"])),
    "days": env.int("BALLOT_DAYS", default=3),
    "remind_days": env.int("BALLOT_REMIND_DAYS", default=1),
    "silence": env.str("BALLOT_SILENCE", default="NOT_COUNTED"),
    "citations": {
        "NOT_COUNTED": "Luật Tổ chức chính quyền địa phương 77/2015/QH13 Điều 117, 118: quá nửa tổng số thành viên "
        "UBND biểu quyết tán thành; phiếu không gửi lại không tính cho bên nào",
        "FOR": "Quy chế làm việc của UBND: thành viên không gửi lại phiếu đúng hạn thì coi như tán thành (tham chiếu "
        "NĐ 191/2026/NĐ-CP Điều 7.2d)",
    },
    "report": "Luật Tổ chức chính quyền địa phương 77/2015/QH13 Điều 117: Chủ tịch UBND thông báo kết quả biểu quyết "
    "bằng phiếu tại phiên họp UBND gần nhất",
}
# A leader lends her position for a time, named in a document, to somebody who may sign in that form; never lent on.
DELEGATION = {
    "max_days": env.int("DELEGATION_MAX_DAYS", default=90),
    "citation": "NĐ 30/2020/NĐ-CP Điều 13: ký thay, ký thừa ủy quyền bằng văn bản, giới hạn thời gian và nội dung, "
    "không ủy quyền lại",
}
# After how many working days without a sign of a leader in whose inbox work waits a delegation is proposed.
ABSENCE = {
    "days": env.int("ABSENCE_DAYS", default=3),
    "citation": "Quy chế làm việc của UBND: lãnh đạo vắng mặt thì ủy nhiệm cho cấp phó (NĐ 30/2020/NĐ-CP Điều 13.1)",
}
# Which opinions a coordinating agency reads, before and after its round closes: OWN or ALL. The lead reads all.
OPINIONS_SEEN = {
    "before": env.str("OPINIONS_SEEN_BEFORE", default="OWN"),
    "after": env.str("OPINIONS_SEEN_AFTER", default="ALL"),
}
# How papers are signed. Signing itself goes through an adapter: "record" notes the approval and never claims legal
# effect; "pades" signs the PDF with a PKCS#12 file, for demonstration and tests.
SIGNING = {
    "adapter": env.str("SIGNING_ADAPTER", default="record"),
    "pkcs12": env.str("SIGNING_PKCS12", default=""),
    "password": env.str("SIGNING_PKCS12_PASSWORD", default=""),
    # A folder of PEM certificates: who signs with one of theirs, or one they issued, is trusted. Empty: nobody is.
    "trust_roots": env.str("SIGNING_TRUST_ROOTS", default=""),
    # Papers that may be signed by order (TL.): codes of `workflows.domain.signing.Paper`.
    "by_order": {
        "papers": env.list("SIGNING_BY_ORDER", default=["CV", "GM", "BC", "TB"]),
        "citation": "NĐ 30/2020/NĐ-CP Điều 13.4: loại văn bản ký thừa lệnh do quy chế làm việc hoặc quy chế công tác "
        "văn thư quy định",
    },
    # Kinds of agencies that work as a collective, whose papers are signed on its behalf (TM.).
    "collective": {
        "kinds": env.list("SIGNING_COLLECTIVE", default=["COMMITTEE", "DISTRICT"]),
        "citation": "NĐ 30/2020/NĐ-CP Điều 13.2: cơ quan, tổ chức làm việc theo chế độ tập thể",
    },
}
