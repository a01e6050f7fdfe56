"""The lock every flow uses."""

from viewflow.workflow.lock import SelectForUpdateLock

# Waits for its turn instead of sleeping and retrying inside a transaction; PostgreSQL's lock_timeout bounds the wait.
CASE_LOCK = SelectForUpdateLock(nowait=False, attempts=1)
