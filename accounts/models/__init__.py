"""The tables of the accounts application."""

from .agency import Agency, AgencyKind, AgencyName, AgencyPosition, Position
from .delegation import AbsenceProposal, Delegation, DelegationForm, DocumentKind
from .field import Field, Responsibility
from .membership import Membership
from .sign_in import SignInAttempt
from .user import User

__all__ = [
    "AbsenceProposal",
    "Agency",
    "AgencyKind",
    "AgencyName",
    "AgencyPosition",
    "Delegation",
    "DelegationForm",
    "DocumentKind",
    "Field",
    "Membership",
    "Position",
    "Responsibility",
    "SignInAttempt",
    "User",
]
