"""The tables of the accounts application."""

from .agency import Agency, AgencyKind, AgencyName, AgencyPosition, Position
from .membership import Membership
from .sign_in import SignInAttempt
from .user import User

__all__ = [
    "Agency",
    "AgencyKind",
    "AgencyName",
    "AgencyPosition",
    "Membership",
    "Position",
    "SignInAttempt",
    "User",
]
