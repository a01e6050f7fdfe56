"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The `accounts` application."""

    name = "accounts"

    def ready(self) -> None:
        """Say who is told of delegations, and let the embedded loop forget old sessions."""
        from accounts import notices  # noqa: PLC0415 - models are ready only now
        from accounts.domain import sessions  # noqa: PLC0415
        from notifications import loops  # noqa: PLC0415

        notices.register_all()
        loops.register_periodic(sessions.JOB, sessions.SWEEP_SECONDS, sessions.clear_expired)
