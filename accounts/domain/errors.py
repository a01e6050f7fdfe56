"""Refusals a person can act on: each carries a translated sentence."""

from django.utils.functional import Promise


class DomainError(Exception):
    """An act was refused; nothing changed. `field` names the input at fault where there is one."""

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.field = field


class NotAllowedError(DomainError):
    """The actor does not hold the right the act needs."""
