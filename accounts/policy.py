"""Every URL says which question it asks; one that says nothing is not served."""

from collections.abc import Callable
from typing import TypeVar

PUBLIC = "public"
SECURITY = "security"  # what one signs in with: open to whoever is signed in, before a second factor too

View = TypeVar("View", bound=Callable[..., object])


def policy(question: str) -> Callable[[View], View]:
    """Mark a view, or the result of `as_view()`, with the question it asks of `policies`.

    The mark admits the signed-in alone; what they may do there the view asks itself.
    """

    def mark(view: View) -> View:
        view.policy_mark = question  # type: ignore[attr-defined]
        return view

    return mark


public = policy(PUBLIC)
"""Mark a view that anonymous visitors may open."""


def policy_of(view: Callable[..., object]) -> str:
    """Return a view's mark, empty where it has none."""
    return getattr(view, "policy_mark", "")


def has_policy(view: Callable[..., object]) -> bool:
    """Tell whether a view says which question it asks."""
    return bool(policy_of(view))
