"""A Committee that is asked by ballot: members, a case before the Chair, slips handed in through the real door."""

from accounts.models import Position, User
from tests.factories import World, act, advance, attempt, make_agency, make_member, make_world, stamp, start
from workflows.flows import steps
from workflows.flows.steps import Answer
from workflows.models import Assignment, Ballot, CaseTask, Vote

QUESTION = "Đồng chí có tán thành dự thảo Kế hoạch không?"


def make_committee(members: int = 3) -> World:
    """Return a world whose Committee has a Chair, a Vice-Chair and so many further members, `ubnd.uv1` and so on."""
    world = make_world(1)
    for number in range(1, members + 1):
        user = make_member(world.committee, Position.MEMBER, f"ubnd.uv{number}")
        world.people[user.username] = user
    outside = make_member(make_agency("ngoai"), Position.HEAD)
    world.people["outsider"] = outside
    return world


def before_the_chair(world: World) -> Assignment:
    """Return a case that waits for the Committee's decision."""
    assignment = start(world)
    advance(world, assignment, "decide")
    return assignment


def call(world: World, assignment: Assignment, **given: object) -> Ballot:
    """Let the Chair call a ballot and return it."""
    act(world.who("ubnd.chair"), assignment, "decide", "ballot", **({"question": QUESTION} | given))
    return Ballot.objects.get(submission__assignment=assignment, closed_at=None)


def voting(world: World) -> Assignment:
    """Return a case whose members are being asked."""
    assignment = before_the_chair(world)
    call(world, assignment)
    return assignment


def slip_task(assignment: Assignment, user: User) -> CaseTask:
    """Return the task of one member's slip, open or not."""
    tasks = CaseTask.objects.human().with_case().filter(process__assignment=assignment, membership__user=user)
    return tasks.order_by("-id")[0]


def cast(user: User, assignment: Assignment, vote: str = Vote.FOR, **given: object) -> Answer:
    """Hand in a member's slip on the page as it is now."""
    task = slip_task(assignment, user)
    given = {
        "vote": vote,
        "reason": "Chưa rõ nguồn vốn." if vote == Vote.AGAINST else "",
        "amendment": "",
    } | given
    return steps.perform(task, "vote", attempt(user, stamp(assignment)), given)


def cast_all(world: World, assignment: Assignment, **votes: str) -> Ballot:
    """Hand in the slips of these people (`ubnd.` left out) in order, and return the newest ballot."""
    for name, vote in votes.items():
        cast(world.who(f"ubnd.{name}"), assignment, vote)
    return Ballot.objects.filter(submission__assignment=assignment).order_by("-id")[0]
