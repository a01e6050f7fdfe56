"""An agency upholds its view against the answer of the lead (bảo lưu ý kiến)."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workflows.domain import dispositions
from workflows.domain.dispositions import AnswerChangedError
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.flows import steps
from workflows.forms.dispositions import UpholdForm
from workflows.models import Disposition, Remark, Upholding

from .dispositions import DispositionsView, Refused, add_error, one_or_404, renew, status_of
from .plan_rows import answer_of


class UpholdView(DispositionsView):
    """POST upholds the view of the person's agency on one remark; the page is that of the answers."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Record it once; on refusal show the answers again with what was typed."""
        self.open_plan(public_id)
        remark = one_or_404(self.remarks.known, request.POST.get("remark", ""))
        form = UpholdForm(request.POST, auto_id=f"uphold-{remark.pk}-%s")
        if not form.is_valid():
            return self.refuse(Refused(form, remark=remark))
        try:
            self._uphold(remark, answer_of(remark), form)
        except NotAllowedError as error:
            context = {"message": error.message, "back_url": self.url("plan-dispositions")}
            return render(request, "403.html", context, status=HTTPStatus.FORBIDDEN)
        except DomainError as error:
            add_error(form, error)
            return self._refuse_act(remark, form, error)
        messages.success(request, _("The agency upholds its view; whoever decides reads it."))
        return redirect(f"{self.asked.link(self.url('plan-dispositions'), at=remark.pk)}#y-{remark.pk}")

    def _uphold(self, remark: Remark, answer: Disposition | None, form: UpholdForm) -> None:
        given = {name: form.cleaned_data[name] for name in ("remark", "version", "text")}

        def act() -> Upholding:
            opinion = remark.opinion
            try:
                signer = steps.actor_with(["sign_opinion"], opinion.participation, attempt)
            except NotAllowedError as error:
                raise NotAllowedError(_("The head of an agency upholds its view, nobody else.")) from error
            if answer is None:
                raise AnswerChangedError
            opinion.consultation.assignment = self.plan.assignment
            return dispositions.uphold(answer, version=given["version"], text=given["text"], actor=signer)

        attempt = steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        steps.once(attempt, "opinion.uphold", given, act)

    def _refuse_act(self, remark: Remark, form: UpholdForm, error: DomainError) -> HttpResponse:
        """Show the answers as they are now: where one was changed, the next try is made in sight of it."""
        self.forget()
        fresh = next(each for each in self.remarks.known if each.pk == remark.pk)
        answer = answer_of(fresh)
        if isinstance(error, AnswerChangedError) and answer is not None:
            renew(form, "version", answer.version)
        return self.refuse(Refused(form, remark=remark), status_of(error))
