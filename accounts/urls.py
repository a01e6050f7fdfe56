"""URLs of signing in and out, of the choice of a hat, and of lending a position."""

from django.urls import path

from .policy import policy, public
from .views import delegations, sessions
from .views.administration import agencies, fields, home, imports, people
from .views.administration import delegations as all_delegations

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
    path(
        "administration/",
        policy("administration")(home.HomeView.as_view()),
        name="administration",
    ),
    path(
        "administration/agencies/",
        policy("administration")(agencies.AgencyListView.as_view()),
        name="administration-agencies",
    ),
    path(
        "administration/agencies/new/",
        policy("administration")(agencies.AgencyNewView.as_view()),
        name="administration-agency-new",
    ),
    path(
        "administration/agencies/<slug:code>/",
        policy("administration")(agencies.AgencyView.as_view()),
        name="administration-agency",
    ),
    path(
        "administration/people/",
        policy("administration")(people.PeopleView.as_view()),
        name="administration-people",
    ),
    path(
        "administration/people/new/",
        policy("administration")(people.PersonNewView.as_view()),
        name="administration-person-new",
    ),
    path(
        "administration/people/<int:pk>/",
        policy("administration")(people.PersonView.as_view()),
        name="administration-person",
    ),
    path(
        "administration/people/<int:pk>/deactivate/",
        policy("administration")(people.DeactivateView.as_view()),
        name="administration-person-deactivate",
    ),
    path(
        "administration/fields/",
        policy("administration")(fields.FieldListView.as_view()),
        name="administration-fields",
    ),
    path(
        "administration/fields/new/",
        policy("administration")(fields.FieldNewView.as_view()),
        name="administration-field-new",
    ),
    path(
        "administration/fields/<slug:code>/",
        policy("administration")(fields.FieldView.as_view()),
        name="administration-field",
    ),
    path(
        "administration/delegations/",
        policy("administration")(all_delegations.DelegationOverviewView.as_view()),
        name="administration-delegations",
    ),
    path(
        "administration/delegations/<uuid:public_id>/end/",
        policy("administration")(all_delegations.DelegationEndView.as_view()),
        name="administration-delegation-end",
    ),
    path(
        "administration/import/",
        policy("administration")(imports.ImportView.as_view()),
        name="administration-import",
    ),
    path(
        "administration/import/<uuid:public_id>/",
        policy("administration")(imports.ImportCheckView.as_view()),
        name="administration-import-check",
    ),
    path(
        "administration/import/template/<str:kind>/",
        policy("administration")(imports.TemplateView.as_view()),
        name="administration-import-template",
    ),
]
