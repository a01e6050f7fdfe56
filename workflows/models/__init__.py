"""The tables of the workflows application, one module a noun."""

from .act import FormDraft, IdempotencyKey
from .assignment import Assignment, Modality, Participation, Phase, Product, Role
from .ballot import Ballot, BallotSilence, BallotSlip, Outcome, Vote
from .bulk import BulkAct
from .calendar import CalendarDay, DayKind
from .consultation import Closing, Consultation, Question, RequestDraft, SilencePolicy
from .decision import (
    Bound,
    Decision,
    DecisionEnd,
    DecisionVerb,
    Requirement,
    ReturnGround,
    Review,
    Submission,
    Verdict,
)
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
from .pause import Handover, Inquiry, Suspension
from .plan import ActionItem, Annex, Level, Paragraph, ParagraphDraft, Plan, PlanRevision
from .process import OPEN_STATUSES, CaseProcess, CaseTask
from .register import IssuedDocument, Register
from .remark import TAKEN, Anchor, Disposition, Remark, Treatment, Upholding
from .report import PDF, Report, Scan, StoredFile
from .signature import PaperSignature, SigningState

__all__ = [
    "GIVEN_STANCES",
    "OPEN_STATUSES",
    "PDF",
    "SILENT_STANCES",
    "TAKEN",
    "ActionItem",
    "Anchor",
    "Annex",
    "Assignment",
    "Ballot",
    "BallotSilence",
    "BallotSlip",
    "Bound",
    "BulkAct",
    "CalendarDay",
    "CaseProcess",
    "CaseTask",
    "Closing",
    "Consultation",
    "DayKind",
    "Decision",
    "DecisionEnd",
    "DecisionVerb",
    "Directive",
    "DirectiveState",
    "Disposition",
    "EarlierAnswer",
    "Extension",
    "ExtensionState",
    "FormDraft",
    "GrantSource",
    "Handover",
    "IdempotencyKey",
    "InboxEntry",
    "Inquiry",
    "IssuedDocument",
    "Level",
    "Modality",
    "Opinion",
    "OpinionFile",
    "OpinionState",
    "Outcome",
    "PaperSignature",
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
    "Scan",
    "SigningState",
    "SilencePolicy",
    "Stance",
    "StoredFile",
    "Submission",
    "Suspension",
    "Treatment",
    "Upholding",
    "Urgency",
    "Verdict",
    "Vote",
]
