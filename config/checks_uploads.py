"""Checks of what is handed in; asked by `check --deploy`, and no reason not to start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - its name


@register("uploads", deploy=True)
def check_scanner(**_kwargs: Any) -> list[CheckMessage]:
    """W019: production has its uploads scanned for viruses."""
    if settings.ENVIRONMENT != "production" or settings.CLAMD:
        return []
    hint = "Set CLAMD to host:port or to the path of clamd's socket (docs/deploy.md)."
    message = (
        "CLAMD is not set: uploads are told by content and structure and served at once, but nobody scans them for "
        "viruses."
    )
    return [Warning(message, hint=hint, id="site.W019")]
