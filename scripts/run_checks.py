"""What `make check` runs: everything that judges the code without running it."""

import base64
import secrets
import sys

from stages import BIN, PYTHON, Run, Stage

PACKAGES = ["config", "accounts", "notifications", "workflows"]
# Nothing is contacted: these are the settings that `check --deploy` judges.
PRODUCTION = {
    "ENVIRONMENT": "production",
    "DEBUG": None,
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "office.example.vn",
    "DATABASE_URL": "postgres://app@127.0.0.1:5432/app",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "CLAMD": "/run/clamav/clamd.ctl",
    "WEB_PROCESSES": "2",
    "AUDIT_SEAL_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
}
EMBEDDED = {"ENVIRONMENT": "test", "DATABASE_URL": None, "REDIS_URL": None}


def check_stages() -> list[Stage]:
    """Return the checks, quickest first."""
    manage = [PYTHON, "-W", "error", "manage.py"]
    return [
        Stage("format", [str(BIN / "ruff"), "format", "--check", "."], quiet=True, seconds=60),
        Stage("lint", [str(BIN / "ruff"), "check", "."], quiet=True, seconds=60),
        Stage("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"], quiet=True, seconds=120),
        Stage("contracts", [str(BIN / "lint-imports")], quiet=True, seconds=120),
        Stage("types", [str(BIN / "mypy"), *PACKAGES, "scripts"], EMBEDDED, quiet=True, seconds=300),
        Stage(
            "migrations",
            [*manage, "makemigrations", "--check", "--dry-run"],
            EMBEDDED,
            quiet=True,
            seconds=60,
        ),
        Stage(
            "deployment",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            PRODUCTION,
            quiet=True,
            seconds=60,
        ),
    ]


def main() -> int:
    """Run every check and print what failed."""
    run = Run()
    run.stages(check_stages())
    return run.finish()


if __name__ == "__main__":
    sys.exit(main())
