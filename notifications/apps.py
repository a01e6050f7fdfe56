"""Application configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The `notifications` application."""

    name = "notifications"

    def ready(self) -> None:
        """Let the embedded loop sweep the outbox."""
        from notifications import loops, relay  # noqa: PLC0415 -- models are ready only now

        loops.register_periodic(relay.JOB, relay.SWEEP_SECONDS, relay.sweep)
