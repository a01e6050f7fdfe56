"""What stands in the way, as the page says it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .obstacles import Obstacle

REFUSALS: dict[Obstacle, Promise] = {
    Obstacle.DEACTIVATED: _("The account was deactivated on %(when)s."),
    Obstacle.ADMINISTRATOR: _("A technical administrator holds no right in any case."),
    Obstacle.NOT_ISSUED: _("The directive is not issued yet: nobody reads its cases."),
    Obstacle.NO_POST: _("No position is held."),
    Obstacle.POST_ENDED: _("The position %(hat)s ended on %(when)s."),
    Obstacle.POST_NOT_BEGUN: _("The position %(hat)s begins on %(when)s."),
    Obstacle.NOT_TAKING_PART: _("%(hat)s: %(agency)s is not among the agencies of this case."),
    Obstacle.NOT_ASKED_YET: _("%(hat)s: %(agency)s coordinates, and sees the case once it is asked."),
    Obstacle.PART_ENDED: _("%(hat)s: the part of %(agency)s (%(role)s) ended on %(when)s."),
    Obstacle.REASSIGNED: _("%(hat)s: the lead went from %(agency)s to %(person)s on %(when)s."),
    Obstacle.SUCCEEDED: _("%(hat)s: %(agency)s ended on %(when)s; its part passed to %(person)s."),
    Obstacle.MEMBER_NOT_ASKED: _("%(hat)s: a member sees the cases she is asked about by ballot."),
    Obstacle.POSITION_WITHOUT_RIGHT: _("%(hat)s: the position carries no right in this part (%(role)s)."),
    Obstacle.GRANT_EXPIRED: _("%(hat)s: the right expired on %(when)s."),
    Obstacle.LOAN_OTHER_FIELD: _("%(hat)s: the delegation does not cover the field of this case."),
    Obstacle.LOAN_DECLINED: _("The delegation of %(person)s (%(basis)s) was declined on %(when)s."),
    Obstacle.LOAN_REVOKED: _("The delegation of %(person)s (%(basis)s) was taken back on %(when)s."),
    Obstacle.LOAN_WAITS: _("The delegation of %(person)s (%(basis)s) is not accepted yet."),
    Obstacle.LOAN_NOT_BEGUN: _("The delegation of %(person)s (%(basis)s) begins on %(when)s."),
    Obstacle.LOAN_ENDED: _("The delegation of %(person)s (%(basis)s) ended on %(when)s."),
    Obstacle.LOAN_UNFOUNDED: _(
        "The delegation of %(person)s (%(basis)s) does not hold: one of the positions it needs has ended."
    ),
}
