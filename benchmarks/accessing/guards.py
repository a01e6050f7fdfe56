"""Take each check of a right out, one at a time, in a copy of the source: a test must go red, else it guards nothing.

`python benchmarks/accessing/guards.py [name …]` prints one `name: value` a line. Needs the development environment.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.accessing.doors import DOORS
from benchmarks.accessing.guard import Guard

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = (
    "accounts",
    "config",
    "notifications",
    "workflows",
    "templates",
    "static",
    "locale",
    "scripts",
    "tests",
)
SECONDS = 600
ENDS = "tests/workflows/test_grants_end.py"
WHY = "tests/workflows/explaining"
PAIRS = "tests/permissions/test_pairs.py"
BALLOT_PAIRS = "tests/permissions/test_pairs_ballot.py"
MATRIX = "tests/permissions/test_matrix.py"
LENT = "tests/workflows/test_delegated_work.py"
LENDING = "tests/accounts/test_delegations.py"


AUTHORITY, HOLDING, POLICIES = "accounts/authority.py", "workflows/holding.py", "workflows/policies.py"
GRANT, GRANTS = "workflows/models/grant.py", "workflows/domain/grants.py"
MIDDLEWARE, LOANS = "accounts/middleware.py", "accounts/models/delegation.py"
BASE = "workflows/views/base.py"
SEEN = "visible = policies.visible_assignments(self.asker.hats, self.asker.user)\n"
GUARDS = (
    Guard(
        "hat_validity",
        AUTHORITY,
        "held = Membership.objects.valid(on=on).filter(user=user)",
        "held = Membership.objects.filter(user=user)",
        ("tests/accounts/test_authority.py",),
    ),
    Guard("default_deny", MIDDLEWARE, "if not mark:", "if False:", ("tests/accounts/test_middleware.py",)),
    Guard(
        "sign_in_first",
        MIDDLEWARE,
        "if not isinstance(request.user, User):\n            return _sign_in_first(request)",
        "if not isinstance(request.user, User):\n            return None",
        ("tests/accounts/test_middleware.py",),
    ),
    Guard("part_ended", HOLDING, "filter(held, ended_at=None)", "filter(held)", (ENDS,)),
    Guard(
        "part_ended_by_hat", GRANT, "Q(content_object__ended_at=None) & unexpired()", "unexpired()", (ENDS,)
    ),
    Guard(
        "unexpired_in_lists",
        HOLDING,
        'Q(unexpired(), content_object=OuterRef("pk"),',
        'Q(content_object=OuterRef("pk"),',
        (ENDS,),
    ),
    Guard(
        "unexpired_by_hat",
        HOLDING,
        "Q(alive(), content_object__in=[part.pk",
        "Q(content_object__in=[part.pk",
        (ENDS,),
    ),
    Guard(
        "unexpired",
        GRANT,
        "return Q(expires_at=None) | Q(expires_at__gt=timezone.now())",
        "return Q()",
        (ENDS,),
    ),
    Guard(
        "lends",
        HOLDING,
        'return hat.lent is None or right == "view_case" or LENDABLE.get(right) in hat.lent.kinds',
        "return True",
        (LENT, "tests/workflows/test_handed_on.py"),
    ),
    Guard(
        "in_scope",
        HOLDING,
        "return [hat for hat in hats if hat.lent is None or hat.lent.covers(assignment.field_id)]",
        "return list(hats)",
        (LENT, WHY),
    ),
    Guard("scope_in_lists", HOLDING, "carried) & scope", "carried)", (LENT, WHY)),
    Guard(
        "is_hers",
        HOLDING,
        "if task.membership_id is None:\n        return True",
        "return True",
        ("tests/permissions/test_matrix_ballot.py",),
    ),
    Guard(
        "wide_by_own_hats",
        HOLDING,
        "any(_is_wide(hat) for hat in own_hats(hats))",
        "any(_is_wide(hat) for hat in hats)",
        (LENT,),
    ),
    Guard(
        "wide_without_members",
        HOLDING,
        "OFFICE_WIDE and hat.position != Position.MEMBER",
        "OFFICE_WIDE",
        (BALLOT_PAIRS,),
    ),
    Guard(
        "register",
        POLICIES,
        "    return any(\n        hat.agency_kind == AgencyKind.OFFICE and hat.position in {Position.CLERK",
        "    return True or any(\n        hat.agency_kind == AgencyKind.OFFICE and hat.position in {Position.CLERK",
        (PAIRS,),
    ),
    Guard(
        "directive_issued",
        POLICIES,
        "seen: Any = Q(state=DirectiveState.ISSUED)",
        "seen: Any = Q()",
        (PAIRS,),
    ),
    Guard(
        "case_issued",
        POLICIES,
        "issued = Assignment.objects.filter(directive__state=DirectiveState.ISSUED)",
        "issued = Assignment.objects.all()",
        (PAIRS,),
    ),
    Guard("case_by_part", POLICIES, "return issued.filter(Exists(mine))", "return issued", (PAIRS,)),
    Guard(
        "revision_frozen",
        POLICIES,
        "return revisions.filter(seen, frozen_at__isnull=False).distinct()",
        "return revisions.filter(seen).distinct()",
        (PAIRS,),
    ),
    Guard(
        "revision_put_forward", POLICIES, "seen |= Q(submission__isnull=False)", "return revisions", (WHY,)
    ),
    Guard(
        "opinions_put_forward",
        POLICIES,
        "return judges(hats, assignment) and Submission.objects.filter(assignment=assignment).exists()",
        "return judges(hats, assignment)",
        (WHY,),
    ),
    Guard(
        "slips",
        POLICIES,
        "return BallotSlip.objects.filter(own | Q(Exists(parts)))",
        "return BallotSlip.objects.all()",
        (BALLOT_PAIRS,),
    ),
    Guard(
        "ballots",
        POLICIES,
        "return Ballot.objects.filter(Exists(parts))",
        "return Ballot.objects.all()",
        (BALLOT_PAIRS,),
    ),
    Guard(
        "sheet_signed",
        POLICIES,
        "is_signed and judges(worn, assignment)",
        "judges(worn, assignment)",
        ("tests/workflows/test_review_sheet.py",),
    ),
    Guard(
        "round_by_signer",
        POLICIES,
        'RUN_ROUND = ("sign_plan",)',
        'RUN_ROUND = ("sign_plan", "draft_plan")',
        (PAIRS,),
    ),
    Guard(
        "tidying",
        POLICIES,
        " for hat in own if hat.position in TIDYING",
        " for hat in own",
        ("tests/workflows/test_leaving.py",),
    ),
    Guard(
        "who_sees",
        POLICIES,
        "    return any(\n        (hat.agency_kind == AgencyKind.OFFICE",
        "    return True or any(\n        (hat.agency_kind == AgencyKind.OFFICE",
        (f"{WHY}/test_why_pages.py",),
    ),
    Guard(
        "files",
        POLICIES,
        "return StoredFile.objects.filter(readable, assignment__in=case)",
        "return StoredFile.objects.filter(assignment__in=case)",
        ("tests/workflows/test_file_visibility.py",),
    ),
    Guard(
        "case_page",
        BASE,
        SEEN + "        return get_object_or_404(\n            visible.select",
        SEEN
        + "        visible = Assignment.objects.all()\n        return get_object_or_404(\n            visible.select",
        (f"{WHY}/test_why_pages.py",),
    ),
    Guard(
        "task_page",
        BASE,
        "with_case().filter(process__assignment__in=visible)",
        "with_case()",
        ("tests/permissions/test_half_filled.py",),
    ),
    Guard("entrust_takes", GRANTS, "    take(part, [right])\n    give(", "    give(", (ENDS,)),
    Guard(
        "loan_revoked",
        LOANS,
        "            revoked_at=None,\n            starts_at__lte",
        "            starts_at__lte",
        (LENDING, WHY),
    ),
    Guard(
        "loan_ended",
        LOANS,
        "            ends_at__gt=at,\n            membership__valid_from",
        "            membership__valid_from",
        (LENDING, WHY),
    ),
    Guard("loan_accepted", LOANS, "            accepted_at__lte=at,\n", "", (LENDING, WHY)),
    Guard(
        "loan_fits",
        LOANS,
        "            _still_fits(on),\n",
        "",
        (LENDING, "tests/accounts/test_authority.py"),
    ),
    Guard(
        "loan_lender_active",
        LOANS,
        "            membership__user__is_active=True,\n",
        "",
        (LENDING, "tests/accounts/test_authority.py"),
    ),
    Guard(
        "told_inactive",
        "workflows/explaining/answers.py",
        "case, worn) if person.is_active else []",
        "case, worn)",
        (WHY,),
    ),
    Guard(
        "readers_active",
        "workflows/explaining/answers.py",
        "filter(seen, is_active=True)",
        "filter(seen)",
        (WHY,),
    ),
    Guard(
        "day_looked_at_again",
        "workflows/domain/suspensions.py",
        "if suspension is None or suspension.look_again_at > at:",
        "if suspension is None:",
        ("tests/workflows/test_suspensions.py",),
    ),
    Guard(
        "file_unopened",
        "workflows/flows/recalls.py",
        "        _keep_unopened(assignment)\n",
        "",
        (
            "tests/workflows/test_recall_races.py::test_file_cannot_be_opened_between_the_check_and_the_recall",
        ),
        needs_postgresql=True,
    ),
)


def measure(names: Sequence[str] = ()) -> Iterator[str]:
    """Yield, for each check, the test that misses it (none where no test does), and how many there are."""
    chosen = [guard for guard in (*GUARDS, *DOORS) if not names or guard.name in names]
    caught = 0
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        copy = Path(folder)
        _copy(copy)
        for guard in chosen:
            red = _missed_by(copy, guard)
            caught += bool(red)
            yield f"guard_{guard.name}: {red or 'none'}"
    yield f"guards: {len(chosen)}"
    yield f"guards_caught: {caught}"


def _copy(to: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, to / name)


def _missed_by(copy: Path, guard: Guard) -> str:
    """Take one check out, run its tests until one is red, and put the check back; return that test."""
    path = copy / guard.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(guard.check) != 1:
        message = f"{guard.name}: its line is not there once, but {whole.count(guard.check)} times"
        raise LookupError(message)
    path.write_text(whole.replace(guard.check, guard.without), encoding="utf-8")
    try:
        return next(filter(None, (_red(copy, test, guard) for test in guard.tests)), "")
    finally:
        path.write_text(whole, encoding="utf-8")


def _red(copy: Path, test: str, guard: Guard) -> str:
    environment = os.environ | {
        "ENVIRONMENT": "test",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(copy),
    }
    if not guard.needs_postgresql:
        environment = {
            key: value for key, value in environment.items() if key not in {"DATABASE_URL", "REDIS_URL"}
        }
    marks = "not browser and not slow and not office"
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "-m", marks, test]
    run = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, timeout=SECONDS, check=False
    )
    failed = re.search(r"^FAILED (\S+)", run.stdout.decode(), re.MULTILINE)
    return failed[1] if run.returncode == 1 and failed else ""


def main() -> None:
    """Print every figure."""
    for line in measure(sys.argv[1:]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
