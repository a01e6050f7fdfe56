"""The page of every node; importing this package registers them with `TaskView`."""

from . import assignments, ballots, decisions, opinions, pausing, plans, reports, reviews

__all__ = ["assignments", "ballots", "decisions", "opinions", "pausing", "plans", "reports", "reviews"]
