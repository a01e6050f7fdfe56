"""URLs of the directives, plans and tasks; each carries its policy."""

from django.urls import path

from accounts.policy import policy

from .views import (
    annexes,
    assignments,
    ballots,
    bulk,
    case_export,
    directive_entry,
    directives,
    dispositions,
    files,
    inbox,
    leaving,
    opinion_files,
    opinion_table,
    pages,  # noqa: F401 - registers the page of every node
    papers,
    paragraphs,
    plan_items,
    plan_request,
    plans,
    recalls,
    review_sheet,
    revisions,
    rounds,
    tasks,
    upholding,
    why,
)
from .views.administration import calendar, regulation

urlpatterns = [
    path("", policy("inbox")(inbox.InboxView.as_view()), name="inbox"),
    path("done/", policy("inbox")(inbox.DoneView.as_view()), name="done"),
    path("bulk/", policy("inbox")(bulk.BulkView.as_view()), name="bulk"),
    path("bulk/<uuid:public_id>/", policy("inbox")(bulk.BulkActView.as_view()), name="bulk-act"),
    path("directives/", policy("directives")(directives.DirectiveListView.as_view()), name="directive-list"),
    path(
        "directives/new/",
        policy("register")(directive_entry.DirectiveNewView.as_view()),
        name="directive-new",
    ),
    path(
        "directives/<uuid:public_id>/",
        policy("directive")(directives.DirectiveView.as_view()),
        name="directive",
    ),
    path(
        "directives/<uuid:public_id>/edit/",
        policy("register")(directive_entry.DirectiveEditView.as_view()),
        name="directive-edit",
    ),
    path(
        "directives/<uuid:public_id>/export/",
        policy("export")(case_export.CaseExportView.as_view()),
        name="case-export",
    ),
    path(
        "directives/<uuid:public_id>/issue/",
        policy("register")(directive_entry.DirectiveIssueView.as_view()),
        name="directive-issue",
    ),
    path(
        "assignments/<uuid:public_id>/",
        policy("assignment")(assignments.AssignmentView.as_view()),
        name="assignment",
    ),
    path(
        "assignments/<uuid:public_id>/recall/",
        policy("assignment")(recalls.RecallSubmissionView.as_view()),
        name="recall",
    ),
    path(
        "assignments/<uuid:public_id>/recall-approval/",
        policy("assignment")(recalls.RecallApprovalView.as_view()),
        name="recall-approval",
    ),
    path(
        "assignments/<uuid:public_id>/consultation/",
        policy("assignment")(rounds.ConsultationView.as_view()),
        name="consultation",
    ),
    path(
        "assignments/<uuid:public_id>/ballots/",
        policy("assignment")(ballots.BallotsView.as_view()),
        name="ballots",
    ),
    path(
        "assignments/<uuid:public_id>/paper/",
        policy("assignment")(papers.PaperView.as_view()),
        name="case-paper",
    ),
    path(
        "assignments/<uuid:public_id>/why/",
        policy("assignment")(why.WhyView.as_view()),
        name="why",
    ),
    path("why/", policy("directives")(why.WhyNotView.as_view()), name="why-not"),
    path("plans/<uuid:public_id>/", policy("plan")(plans.PlanView.as_view()), name="plan"),
    path(
        "plans/<uuid:public_id>/items/", policy("plan")(plan_items.PlanItemsView.as_view()), name="plan-items"
    ),
    path(
        "plans/<uuid:public_id>/dispositions/",
        policy("plan")(dispositions.DispositionsView.as_view()),
        name="plan-dispositions",
    ),
    path(
        "plans/<uuid:public_id>/opinions/",
        policy("plan")(opinion_table.TableView.as_view()),
        name="plan-opinions",
    ),
    path(
        "plans/<uuid:public_id>/opinions/docx/",
        policy("plan")(opinion_table.DocxView.as_view()),
        name="plan-opinions-docx",
    ),
    path(
        "plans/<uuid:public_id>/opinions/xlsx/",
        policy("plan")(opinion_table.XlsxView.as_view()),
        name="plan-opinions-xlsx",
    ),
    path(
        "plans/<uuid:public_id>/review-sheet/",
        policy("plan")(review_sheet.SheetView.as_view()),
        name="plan-sheet",
    ),
    path(
        "plans/<uuid:public_id>/review-sheet/docx/",
        policy("plan")(review_sheet.SheetDocxView.as_view()),
        name="plan-sheet-docx",
    ),
    path(
        "plans/<uuid:public_id>/dispositions/uphold/",
        policy("plan")(upholding.UpholdView.as_view()),
        name="plan-uphold",
    ),
    path(
        "plans/<uuid:public_id>/annexes/", policy("plan")(annexes.AnnexesView.as_view()), name="plan-annexes"
    ),
    path(
        "plans/<uuid:public_id>/revisions/",
        policy("plan")(revisions.RevisionsView.as_view()),
        name="plan-revisions",
    ),
    path(
        "plans/<uuid:public_id>/paragraphs/<uuid:key>/",
        policy("plan")(paragraphs.ParagraphView.as_view()),
        name="paragraph",
    ),
    path(
        "plans/<uuid:public_id>/request/",
        policy("plan")(plan_request.PlanRequestView.as_view()),
        name="plan-request",
    ),
    path("tasks/<uuid:public_id>/", policy("task")(tasks.TaskView.as_view()), name="task"),
    path("tasks/<uuid:public_id>/draft/", policy("task")(tasks.TaskDraftView.as_view()), name="task-draft"),
    path(
        "tasks/<uuid:public_id>/files/",
        policy("task")(opinion_files.TaskFilesView.as_view()),
        name="task-files",
    ),
    path(
        "administration/calendar/",
        policy("administration")(calendar.CalendarView.as_view()),
        name="administration-calendar",
    ),
    path(
        "administration/regulation/",
        policy("administration")(regulation.RegulationView.as_view()),
        name="administration-regulation",
    ),
    path(
        "administration/regulation/<str:key>/",
        policy("administration")(regulation.RuleView.as_view()),
        name="administration-rule",
    ),
    path("leaving/", policy("leaving")(leaving.LeavingView.as_view()), name="leaving"),
    path("files/<uuid:public_id>/", policy("file")(files.FileView.as_view()), name="file"),
]
