"""The tables of the workflows application, one module a noun."""

from .act import FormDraft, IdempotencyKey
from .assignment import Assignment, Modality, Participation, Phase, Product, Role
from .calendar import CalendarDay, DayKind
from .consultation import (
    GIVEN_STANCES,
    SILENT_STANCES,
    Anchor,
    Closing,
    Consultation,
    Disposition,
    Opinion,
    OpinionState,
    Remark,
    SilencePolicy,
    Stance,
    Treatment,
)
from .decision import Decision, DecisionVerb, Requirement, ReturnGround, Review, Submission, Verdict
from .directive import Directive, DirectiveState, Urgency
from .grant import GrantSource, ParticipationGroupGrant, ParticipationUserGrant
from .inbox import InboxEntry
from .plan import ActionItem, Level, Paragraph, ParagraphDraft, Plan, PlanRevision
from .process import OPEN_STATUSES, CaseProcess, CaseTask
from .register import IssuedDocument, Register
from .report import Report, StoredFile

__all__ = [
    "GIVEN_STANCES",
    "OPEN_STATUSES",
    "SILENT_STANCES",
    "ActionItem",
    "Anchor",
    "Assignment",
    "CalendarDay",
    "CaseProcess",
    "CaseTask",
    "Closing",
    "Consultation",
    "DayKind",
    "Decision",
    "DecisionVerb",
    "Directive",
    "DirectiveState",
    "Disposition",
    "FormDraft",
    "GrantSource",
    "IdempotencyKey",
    "InboxEntry",
    "IssuedDocument",
    "Level",
    "Modality",
    "Opinion",
    "OpinionState",
    "Paragraph",
    "ParagraphDraft",
    "Participation",
    "ParticipationGroupGrant",
    "ParticipationUserGrant",
    "Phase",
    "Plan",
    "PlanRevision",
    "Product",
    "Register",
    "Remark",
    "Report",
    "Requirement",
    "ReturnGround",
    "Review",
    "Role",
    "SilencePolicy",
    "Stance",
    "StoredFile",
    "Submission",
    "Treatment",
    "Urgency",
    "Verdict",
]
