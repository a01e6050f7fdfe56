"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The `accounts` application."""

    name = "accounts"

    def ready(self) -> None:
        """Say who is told of delegations."""
        from accounts import notices  # noqa: PLC0415 - models are ready only now

        notices.register_all()
