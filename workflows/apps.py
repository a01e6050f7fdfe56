"""Application configuration."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Directives, plans and the flows that carry them."""

    name = "workflows"

    def ready(self) -> None:
        """Say who is told of what, and let the embedded loop fire the timers."""
        from notifications import loops  # noqa: PLC0415 - models are ready only now
        from workflows import notices  # noqa: PLC0415
        from workflows.flows import plan_approval, report, rounds, timers  # noqa: F401, PLC0415 - loads the flows

        notices.register_all()
        loops.register_periodic(timers.JOB, timers.SWEEP_SECONDS, timers.fire_due_timers)
        loops.register_periodic(rounds.JOB, rounds.SWEEP_SECONDS, rounds.remind_due)
