"""Application configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The `notifications` application."""

    name = "notifications"

    def ready(self) -> None:
        """Let the embedded loop sweep the outbox and seal the chains."""
        from notifications import loops, relay  # noqa: PLC0415 -- models are ready only now
        from notifications.sealing import acts  # noqa: PLC0415

        loops.register_periodic(relay.JOB, relay.SWEEP_SECONDS, relay.sweep, task=relay.TASK)
        loops.register_periodic(acts.JOB, acts.SWEEP_SECONDS, acts.sweep)
