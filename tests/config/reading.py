"""Settings as another environment would read them, in a process of its own."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
READ = """
import json, sys
from config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "".join(chr(33 + n) for n in range(60)),
    "ALLOWED_HOSTS": "office.example.vn",
    "DATABASE_URL": "postgres://app:secret@db.example.vn:5433/app?sslmode=require",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "WEB_PROCESSES": "2",
    "AUDIT_SEAL_KEY": base64.b64encode(b"a key for nothing but the tests.").decode(),
}


def run_python(code: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python code in the project's root with nothing in the environment but PATH and `environment`."""
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=base | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read_settings(*names: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return the named settings as `environment` makes them."""
    result = run_python(READ, *names, environment=environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
