"""One case, several hands at once: approve, return, recall of the submission, hand-over, the end of a delegation.

Each race is on a case of its own; two to five of them meet at the same instant. The approval is a delegate's, whose
delegation may end in the middle of it: then its end has won, unless somebody else moved the case. Exactly one of them
may win; the others are told why.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from accounts.authority import Actor, hats
from accounts.models import Delegation, DocumentKind, Membership, Position, User
from notifications import relay
from tests import factories
from tests.factories import World
from tests.workflows.bulk_desk import fit_case
from workflows.domain import routing
from workflows.domain.errors import DomainError
from workflows.flows import recalls, steps
from workflows.flows.steps import Attempt
from workflows.models import Assignment, CaseTask, GrantSource, Phase

from .cases import copies

RACES = 2_000
KINDS = ("approve", "return", "recall", "hand_over", "expiry")
# They do not start at quite the same moment, so that each is first now and then; the delegation ends meanwhile.
HEAD_START = 0.02
LONGEST_LEFT = timedelta(milliseconds=25)
FAR_AWAY = timedelta(days=1)
# Where a case is after one of them has won: phase, and the node that waits.
AFTER = {
    "approve": (Phase.ISSUING, "issue"),
    "return": (Phase.DISPOSING, "dispose"),
    "recall": (Phase.DISPOSING, "dispose"),
    "hand_over": (Phase.DECIDING, "decide"),
    "expiry": (Phase.DECIDING, "decide"),
}


def lines(count: int = RACES, *, seed: int = 84) -> Iterator[str]:
    """Yield `name: value` of so many races; which meet is drawn with `seed`."""
    track = Track.laid()
    seen = Counter(track.run(count, random.Random(seed)))
    yield f"races: {count}"
    yield f"races_with_exactly_one_winner: {sum(seen[f'won_by_{kind}'] for kind in KINDS)}"
    for kind in KINDS:
        yield f"races_won_by_{kind}: {seen[f'won_by_{kind}']}"
    for name in ("no_winner", "several_winners"):
        yield f"races_{name}: {seen[name]}"
    yield f"races_losers: {seen['told'] + seen['untold']}"
    yield f"races_losers_told_why: {seen['told']}"
    yield f"races_errors: {seen['error']}"
    yield f"races_stuck: {seen['stuck']}"


@dataclass(frozen=True)
class Track:
    """The people of the races, the case they are copied from, and the stamp every copy's page carries."""

    world: World
    template: Assignment
    stamp: str
    delegation: Delegation
    taker: Membership

    @classmethod
    def laid(cls) -> "Track":
        """Make the world and the first case."""
        world = factories.make_world(2)
        template = fit_case(world)
        second = factories.make_member(world.committee, Position.VICE_CHAIR, "ubnd.second")
        delegate = factories.make_member(world.committee, Position.VICE_CHAIR, "ubnd.delegate")
        leader = world.who("ubnd.vice_chair").memberships.get()
        part = factories.open_task(template, "decide").participation
        routing.entrust(part, leader, source=GrantSource.FIELD)
        while relay.dispatch_pending():
            pass
        return cls(
            world,
            template,
            factories.stamp(template),
            lent(world.who("ubnd.vice_chair"), delegate),
            second.memberships.get(),
        )

    def run(self, count: int, luck: random.Random) -> Iterator[str]:
        """Run the races, one after the other; yield what is to be counted."""
        kinds_here = self._kinds()
        with ThreadPoolExecutor(len(KINDS)) as pool:
            for case in copies(self.template, count):
                kinds = luck.sample(kinds_here, luck.randint(2, len(kinds_here)))
                if "expiry" in kinds and "approve" not in kinds:
                    kinds.append("approve")
                yield from self._race(pool, case, kinds, luck)
            closing = threading.Barrier(len(KINDS))
            list(pool.map(lambda _number: (closing.wait(), connections.close_all()), KINDS))

    def _kinds(self) -> list[str]:
        """Return who can meet: a hand-over only where the flow knows it."""
        verbs = {verb.name for verb in factories.open_task(self.template, "decide").flow_task.verbs}
        return [kind for kind in KINDS if kind != "hand_over" or kind in verbs]

    def _race(
        self, pool: ThreadPoolExecutor, case: Assignment, kinds: list[str], luck: random.Random
    ) -> Iterator[str]:
        task = factories.open_task(case, "decide")
        acts = {kind: self._act(kind, task) for kind in kinds if kind != "expiry"}
        left = LONGEST_LEFT * luck.random() if "expiry" in kinds else FAR_AWAY
        Delegation.objects.filter(pk=self.delegation.pk).update(ends_at=timezone.now() + left)
        start = threading.Barrier(len(acts))
        waits = [HEAD_START * luck.random() for _act in acts]
        done = pool.map(lambda act, wait: _outcome(act, start, wait), acts.values(), waits)
        outcomes = dict(zip(acts, done, strict=True))
        winners = [kind for kind, outcome in outcomes.items() if outcome is None]
        if not winners and "expiry" in kinds and set(acts) == {"approve"}:
            winners = ["expiry"]
        yield from _counted(winners, outcomes)
        if len(winners) == 1 and not _is_where_it_belongs(case, winners[0]):
            yield "stuck"

    def _act(self, kind: str, task: CaseTask) -> Callable[[], object]:
        """Return the act of one kind, on a page drawn before the race."""
        attempts: dict[str, Callable[[], object]] = {
            "approve": lambda: self._decide(task, "approve", self.delegation.delegate, {}),
            "return": lambda: self._decide(
                task, "return", self.world.who("ubnd.vice_chair"), {"requirements": "Bổ sung nguồn vốn."}
            ),
            "hand_over": lambda: self._decide(
                task,
                "hand_over",
                self.world.who("ubnd.vice_chair"),
                {"to": self.taker.pk, "note": "Nhờ đồng chí xem giúp."},
            ),
            "recall": lambda: recalls.recall_submission(
                task.process.assignment, _attempt(self.world.who("skhdt.head")), reason="Cần rà soát lại."
            ),
        }
        return attempts[kind]

    def _decide(self, task: CaseTask, verb: str, user: User, given: dict[str, Any]) -> object:
        return steps.perform(task, verb, _attempt(user, self.stamp), given)


def _attempt(user: User, seen: str = "") -> Attempt:
    """Return an attempt under the hats the person has at this moment."""
    own = hats(user)
    return Attempt(Actor(user, next(iter(own), None)), own, uuid4(), seen)


def lent(principal: User, delegate: User) -> Delegation:
    """Return a delegation of the principal's only position for decisions on plans, begun and accepted."""
    begun = timezone.now() - FAR_AWAY
    return Delegation.objects.create(
        membership=principal.memberships.get(),
        delegate=delegate,
        form="KT",
        basis="12/QĐ-UBND",
        kinds=[DocumentKind.PLAN],
        starts_at=begun,
        ends_at=timezone.now() + FAR_AWAY,
        proposed_by=principal,
        proposed_at=begun,
        confirmed_at=begun,
        accepted_at=begun,
    )


def _outcome(act: Callable[[], object], start: threading.Barrier, wait: float) -> Exception | None:
    """Do an act `wait` seconds after all are ready; return the refusal or the failure it met."""
    start.wait()
    time.sleep(wait)
    try:
        act()
    except Exception as error:  # noqa: BLE001 - counted
        return error
    return None


def _counted(winners: list[str], outcomes: dict[str, Exception | None]) -> Iterator[str]:
    yield f"won_by_{winners[0]}" if len(winners) == 1 else "several_winners" if winners else "no_winner"
    for outcome in outcomes.values():
        if isinstance(outcome, DomainError):
            yield "told" if outcome.message else "untold"
        elif outcome is not None:
            yield "error"


def _is_where_it_belongs(case: Assignment, winner: str) -> bool:
    """Tell whether the case waits once, at the node where the winner's act leads."""
    case.refresh_from_db()
    waiting = [task.flow_task.name for task in CaseTask.objects.open().filter(process__assignment=case)]
    phase, node = AFTER[winner]
    return (case.phase, waiting) == (phase, [node])
