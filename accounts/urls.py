"""URLs of signing in and out and of the choice of a hat."""

from django.urls import path

from .policy import policy, public
from .views import sessions

urlpatterns = [
    path("sign-in/", public(sessions.SignInView.as_view()), name="sign-in"),
    path("sign-out/", public(sessions.SignOutView.as_view()), name="sign-out"),
    path("hat/", policy("authenticated")(sessions.ChooseHatView.as_view()), name="choose-hat"),
]
