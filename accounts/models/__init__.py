"""The tables of the accounts application."""

from .agency import Agency, AgencyKind, AgencyName, AgencyPosition, Position
from .delegation import AbsenceProposal, Delegation, DelegationForm, DocumentKind
from .field import Field, Responsibility
from .membership import Membership
from .regulation import RegulationRule
from .sheet import ImportSheet, SheetKind
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
    "ImportSheet",
    "Membership",
    "Position",
    "RegulationRule",
    "Responsibility",
    "SheetKind",
    "SignInAttempt",
    "User",
]
