"""The engine's rows: whose turn it is. What it means is the domain's `phase`."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.managers import TaskQuerySet
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import STATUS

OPEN_STATUSES = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED, STATUS.SCHEDULED)


class CaseProcess(AbstractProcess):
    """One run of a flow for one assignment."""

    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="processes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(finished__isnull=True),
                name="one_running_process_per_assignment",
            ),
        ]


class CaseTaskQuerySet(TaskQuerySet):
    """Tasks, with the case they belong to."""

    def with_case(self) -> Self:
        """Return the tasks with process, participation, agency, assignment and directive in one statement."""
        return self.select_related(
            "process__assignment__directive",
            "process__assignment__lead",
            "participation__agency",
            "owner",
        )

    def open(self) -> Self:
        """Return the tasks that still wait for somebody or something."""
        return self.filter(status__in=OPEN_STATUSES)

    def human(self) -> Self:
        """Return the tasks that people do."""
        return self.filter(flow_task_type="HUMAN")

    def due_timers(self, *, at: Any) -> Self:
        """Return the timers whose moment has come at `at` and which were not given up."""
        return self.filter(
            flow_task_type="TIMER", status=STATUS.SCHEDULED, scheduled__lte=at, gave_up_at=None
        )


class CaseTask(AbstractTask):
    """One task of a process; a parallel one carries the participation it waits for."""

    process = models.ForeignKey(CaseProcess, models.PROTECT)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participation = models.ForeignKey(
        "workflows.Participation", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    # The one holder of a position the task waits for, where it is a matter of the person (a ballot).
    membership = models.ForeignKey(
        "accounts.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_opened_at = models.DateTimeField(null=True, blank=True)
    first_opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    verb = models.CharField(_("what was done"), max_length=40, blank=True)
    done_as = models.CharField(_("capacity"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    gave_up_at = models.DateTimeField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    # Answered with the fresh row where an act asks: does the hat the person wears carry the verb's right.
    preferred_may: bool
    # Likewise: does something that was opened aside still wait.
    has_asides: bool

    objects: ClassVar[Any] = CaseTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-finished", "-id"], name="task_done_by", condition=Q(verb__gt="")),
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether the task still waits."""
        return self.status in OPEN_STATUSES

    @contextmanager
    def activation(self, **asked: Any) -> Iterator[Any]:
        """Lock the task's own process and yield an activation on the row as it is now.

        Unlike the engine's own version it reads task, process, participation and directive in one statement; `asked`
        are annotations answered in the same one.
        """
        with self.flow_task.flow_class.lock(self.process_id):
            fresh = CaseTask.objects.with_case().annotate(**asked).get(pk=self.pk)
            if fresh.participation is not None:
                fresh.participation.assignment = fresh.process.assignment
            yield fresh.flow_task.activation_class(fresh)
