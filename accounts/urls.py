"""URLs of signing in, of what one signs in with, of the choice of a hat, and of lending a position.

django-allauth finds its pages by names beginning with `account_`, `mfa_` and `openid_connect_`; only these are here.
"""

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.urls import URLPattern, path

from .policy import SECURITY, policy, public
from .views import delegations, provider, security, sessions
from .views.administration import agencies, fields, home, imports, people
from .views.administration import delegations as all_delegations

_FORM = {
    "http_method_names": ["get", "head", "post", "options"]
}  # Django's form views would take a PUT as well
sign_in = public(sessions.SignInView.as_view(**_FORM))
sign_out = public(sessions.SignOutView.as_view())
_own = policy(SECURITY)  # the person herself, whatever her second factor

signing_in: list[URLPattern] = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", sign_out, name="sign-out"),
    path("sign-out/", sign_out, name="account_logout"),
    path("sign-in/second-step/", public(security.SecondStepView.as_view(**_FORM)), name="mfa_authenticate"),
    path("sign-in/passkey/", public(LoginWebAuthnView.as_view(**_FORM)), name="mfa_login_webauthn"),
    path("sign-in/with/<slug:provider_id>/", public(provider.login), name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", public(provider.callback), name="openid_connect_callback"),
    path("sign-in/cancelled/", public(provider.cancelled), name="socialaccount_login_cancelled"),
    path("welcome/<uidb64>/<token>/", public(security.WelcomeView.as_view(**_FORM)), name="welcome"),
]
proving: list[URLPattern] = [
    path("prove/", _own(security.PasswordAgainView.as_view(**_FORM)), name="account_reauthenticate"),
    path("prove/code/", _own(security.CodeAgainView.as_view(**_FORM)), name="mfa_reauthenticate"),
    path("prove/passkey/", _own(security.KeyAgainView.as_view(**_FORM)), name="mfa_reauthenticate_webauthn"),
]
means: list[URLPattern] = [
    path("security/", _own(security.SecurityView.as_view()), name="mfa_index"),
    path("security/password/", _own(security.PasswordView.as_view(**_FORM)), name="account_change_password"),
    path("security/app/", _own(security.AddAppView.as_view(**_FORM)), name="mfa_activate_totp"),
    path("security/app/square/", _own(security.SquareView.as_view()), name="factor-square"),
    path("security/app/remove/", _own(security.RemoveAppView.as_view(**_FORM)), name="mfa_deactivate_totp"),
    path("security/keys/new/", _own(security.AddKeyView.as_view(**_FORM)), name="mfa_add_webauthn"),
    path(
        "security/keys/<int:pk>/remove/",
        _own(security.RemoveKeyView.as_view(**_FORM)),
        name="mfa_remove_webauthn",
    ),
    path("security/codes/", _own(security.CodesView.as_view()), name="mfa_view_recovery_codes"),
    path(
        "security/codes/new/",
        _own(security.RenewCodesView.as_view(**_FORM)),
        name="mfa_generate_recovery_codes",
    ),
    path("security/sessions/end/", _own(security.EndSessionsView.as_view()), name="sessions-end"),
]
lending: list[URLPattern] = [
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
]
_office = policy("administration")
administration: list[URLPattern] = [
    path(
        "administration/",
        _office(home.HomeView.as_view()),
        name="administration",
    ),
    path(
        "administration/agencies/",
        _office(agencies.AgencyListView.as_view()),
        name="administration-agencies",
    ),
    path(
        "administration/agencies/new/",
        _office(agencies.AgencyNewView.as_view()),
        name="administration-agency-new",
    ),
    path(
        "administration/agencies/<slug:code>/",
        _office(agencies.AgencyView.as_view()),
        name="administration-agency",
    ),
    path(
        "administration/people/",
        _office(people.PeopleView.as_view()),
        name="administration-people",
    ),
    path(
        "administration/people/new/",
        _office(people.PersonNewView.as_view()),
        name="administration-person-new",
    ),
    path(
        "administration/people/<int:pk>/",
        _office(people.PersonView.as_view()),
        name="administration-person",
    ),
    path(
        "administration/people/<int:pk>/deactivate/",
        _office(people.DeactivateView.as_view()),
        name="administration-person-deactivate",
    ),
    path(
        "administration/fields/",
        _office(fields.FieldListView.as_view()),
        name="administration-fields",
    ),
    path(
        "administration/fields/new/",
        _office(fields.FieldNewView.as_view()),
        name="administration-field-new",
    ),
    path(
        "administration/fields/<slug:code>/",
        _office(fields.FieldView.as_view()),
        name="administration-field",
    ),
    path(
        "administration/delegations/",
        _office(all_delegations.DelegationOverviewView.as_view()),
        name="administration-delegations",
    ),
    path(
        "administration/delegations/<uuid:public_id>/end/",
        _office(all_delegations.DelegationEndView.as_view()),
        name="administration-delegation-end",
    ),
    path(
        "administration/import/",
        _office(imports.ImportView.as_view()),
        name="administration-import",
    ),
    path(
        "administration/import/<uuid:public_id>/",
        _office(imports.ImportCheckView.as_view()),
        name="administration-import-check",
    ),
    path(
        "administration/import/template/<str:kind>/",
        _office(imports.TemplateView.as_view()),
        name="administration-import-template",
    ),
]
urlpatterns = [
    *signing_in,
    *proving,
    *means,
    *lending,
    path("hat/", policy("authenticated")(sessions.ChooseHatView.as_view()), name="choose-hat"),
    *administration,
]
