"""Application configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site itself: only system checks."""

    name = "config"
    verbose_name = "site"

    def ready(self) -> None:
        """Register the system checks."""
        from config import (  # noqa: PLC0415 - importing them registers them; models are ready only now
            checks,  # noqa: F401
            checks_uploads,  # noqa: F401
        )
