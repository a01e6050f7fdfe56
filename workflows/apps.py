"""Application configuration."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Directives, plans and the flows that carry them."""

    name = "workflows"

    def ready(self) -> None:
        """Say who is told of what, and let the embedded loop fire the timers."""
        from notifications import loops  # noqa: PLC0415 - models are ready only now
        from workflows import notices  # noqa: PLC0415
        from workflows.domain import absent_leaders  # noqa: PLC0415
        from workflows.flows import (  # noqa: PLC0415 - loads the flows
            balloting,
            leaving,
            plan_approval,  # noqa: F401
            report,  # noqa: F401
            rounds,
            suspending,
            timers,
        )
        from workflows.signing import jobs  # noqa: PLC0415
        from workflows.uploads import jobs as scanning  # noqa: PLC0415

        notices.register_all()
        loops.register_periodic(timers.JOB, timers.SWEEP_SECONDS, timers.fire_due_timers)
        loops.register_periodic(rounds.JOB, rounds.SWEEP_SECONDS, rounds.remind_due)
        loops.register_periodic(balloting.JOB, balloting.SWEEP_SECONDS, balloting.remind_due)
        loops.register_periodic(
            leaving.JOB, leaving.SWEEP_SECONDS, leaving.hand_back_ended, task=leaving.TASK
        )
        loops.register_periodic(jobs.JOB, jobs.SWEEP_SECONDS, jobs.sweep, task=jobs.TASK)
        loops.register_periodic(scanning.JOB, scanning.SWEEP_SECONDS, scanning.sweep, task=scanning.TASK)
        loops.register_periodic(absent_leaders.JOB, absent_leaders.SWEEP_SECONDS, absent_leaders.propose_due)
        loops.register_periodic(suspending.JOB, suspending.SWEEP_SECONDS, suspending.remind_to_look_again)
