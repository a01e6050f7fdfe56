"""URLs of signing in and out, of the choice of a hat, and of lending a position."""

from django.urls import path

from .policy import policy, public
from .views import delegations, sessions

urlpatterns = [
    path("sign-in/", public(sessions.SignInView.as_view()), name="sign-in"),
    path("sign-out/", public(sessions.SignOutView.as_view()), name="sign-out"),
    path(
        "delegations/",
        policy("delegations")(delegations.DelegationListView.as_view()),
        name="delegations",
    ),
    path(
        "delegations/new/",
        policy("delegations")(delegations.DelegationNewView.as_view()),
        name="delegation-new",
    ),
    path(
        "delegations/<uuid:public_id>/",
        policy("delegations")(delegations.DelegationAnswerView.as_view()),
        name="delegation-answer",
    ),
    path(
        "absences/<int:pk>/dismiss/",
        policy("delegations")(delegations.AbsenceDismissView.as_view()),
        name="absence-dismiss",
    ),
    path("hat/", policy("authenticated")(sessions.ChooseHatView.as_view()), name="choose-hat"),
]
