"""The page of every node; importing this package registers them with `TaskView`."""

from . import assignments, decisions, opinions, plans, reports, reviews

__all__ = ["assignments", "decisions", "opinions", "plans", "reports", "reviews"]
