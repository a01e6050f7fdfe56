"""The tables of the workflows application, one module a noun."""

from .act import FormDraft, IdempotencyKey
from .assignment import Assignment, Modality, Participation, Phase, Product, Role
from .calendar import CalendarDay, DayKind
from .consultation import Closing, Consultation, Question, RequestDraft, SilencePolicy
from .decision import Decision, DecisionVerb, Requirement, ReturnGround, Review, Submission, Verdict
from .directive import Directive, DirectiveState, Urgency
from .grant import GrantSource, ParticipationGroupGrant, ParticipationUserGrant
from .inbox import InboxEntry
from .opinion import (
    GIVEN_STANCES,
    SILENT_STANCES,
    EarlierAnswer,
    Extension,
    ExtensionState,
    Opinion,
    OpinionFile,
    OpinionState,
    PreparedAnswer,
    QuestionAnswer,
    Reminder,
    ReminderKind,
    Stance,
)
from .plan import ActionItem, Level, Paragraph, ParagraphDraft, Plan, PlanRevision
from .process import OPEN_STATUSES, CaseProcess, CaseTask
from .register import IssuedDocument, Register
from .remark import TAKEN, Anchor, Disposition, Remark, Treatment, Upholding
from .report import Report, StoredFile

__all__ = [
    "GIVEN_STANCES",
    "OPEN_STATUSES",
    "SILENT_STANCES",
    "TAKEN",
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
    "EarlierAnswer",
    "Extension",
    "ExtensionState",
    "FormDraft",
    "GrantSource",
    "IdempotencyKey",
    "InboxEntry",
    "IssuedDocument",
    "Level",
    "Modality",
    "Opinion",
    "OpinionFile",
    "OpinionState",
    "Paragraph",
    "ParagraphDraft",
    "Participation",
    "ParticipationGroupGrant",
    "ParticipationUserGrant",
    "Phase",
    "Plan",
    "PlanRevision",
    "PreparedAnswer",
    "Product",
    "Question",
    "QuestionAnswer",
    "Register",
    "Remark",
    "Reminder",
    "ReminderKind",
    "Report",
    "RequestDraft",
    "Requirement",
    "ReturnGround",
    "Review",
    "Role",
    "SilencePolicy",
    "Stance",
    "StoredFile",
    "Submission",
    "Treatment",
    "Upholding",
    "Urgency",
    "Verdict",
]
