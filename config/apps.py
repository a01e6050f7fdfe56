"""Application configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site itself: only system checks."""

    name = "config"
    verbose_name = "site"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks  # noqa: F401, PLC0415 - importing it registers them; models are ready only now
