from django.views import View

from accounts.policy import has_policy, policy, policy_of, public


def test_a_view_without_a_mark_has_no_policy():
    assert not has_policy(lambda _request: None)
    assert not has_policy(View.as_view())


def test_policy_marks_functions():
    @policy("plan")
    def view(_request): ...

    assert (has_policy(view), policy_of(view)) == (True, "plan")


def test_policy_marks_one_result_of_as_view_and_no_other():
    marked, other = policy("plan")(View.as_view()), View.as_view()

    assert policy_of(marked) == "plan"
    assert not has_policy(other)


def test_public_is_a_policy():
    assert policy_of(public(View.as_view())) == "public"
