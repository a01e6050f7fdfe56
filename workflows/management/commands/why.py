"""Say why a person sees a case, or why not."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.authority import hats
from accounts.models import User
from workflows import policies
from workflows.explaining.answers import explain
from workflows.explaining.wording import Answer, in_words
from workflows.models import Assignment, Directive, DirectiveState


class Command(BaseCommand):
    """Explain, for one person, an assignment or every assignment of a directive."""

    help = "Say under which grant, from where and until when a person sees a case, or what stands in the way."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the person, and what it is about."""
        parser.add_argument("username", help="user name of the person")
        parser.add_argument("public_id", type=UUID, help="id in the address of the assignment or directive")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer for each assignment.

        Raises:
            CommandError: the person, or what it is about, is unknown.
        """
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"no such person: {options['username']}")
        for assignment in self._assignments(person, options["public_id"]):
            self.stdout.write(f"{assignment.directive.code}, {assignment.number}: {assignment.title}")
            self._print(in_words(explain(person, assignment)))

    def _assignments(self, person: User, public_id: UUID) -> list[Assignment]:
        loaded = Assignment.objects.select_related("directive", "field", "lead")
        directive = Directive.objects.filter(public_id=public_id).first()
        if directive is None:
            found = loaded.filter(public_id=public_id)
            if not found:
                raise CommandError(f"no such assignment or directive: {public_id}")
            return list(found)
        worn = hats(person)
        if (
            directive.state == DirectiveState.DRAFT
            and person.is_active
            and policies.can_register_directive(worn)
        ):
            self.stdout.write("yes: being entered, seen by those who may enter directives")
        return list(loaded.filter(directive=directive).in_order())

    def _print(self, answer: Answer) -> None:
        self.stdout.write(f"  {answer.person}: {'yes' if answer.sees else 'no'}")
        for line in answer.lines:
            told = [line.source, line.loan, f"({line.rights})", line.end]
            self.stdout.write(f"  + {line.capacity}: {' '.join(each for each in told if each)}")
        for sentence in [*answer.things, *answer.refusals]:
            self.stdout.write(f"  - {sentence}")
