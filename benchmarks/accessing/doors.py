"""The checks at the doors: signing in, sessions, a second factor, a fresh proof, authority that ends."""

from benchmarks.accessing.guard import Guard

PROOF, KEPT = "accounts/proof.py", "accounts/kept.py"
ADAPTERS, MIDDLEWARE = "accounts/adapters.py", "accounts/middleware.py"
SECURITY = "accounts/views/security.py"
STEP, PAGES = "tests/accounts/test_second_step.py", "tests/accounts/test_security_pages.py"
PROVED, TYPED = "tests/accounts/test_proof.py", "tests/accounts/test_kept.py"
PROVIDER, SESSIONS = "tests/accounts/test_provider.py", "tests/accounts/test_sessions.py"
OPERATION = "tests/config/test_admin.py"
BACK, ESTATE = "tests/workflows/test_handing_back.py", "tests/workflows/test_succession.py"
DOORS = (
    Guard("idle_session", MIDDLEWARE, "if proof.is_idle(request):", "if False:", (PROVED,)),
    Guard(
        "polling_is_no_work",
        MIDDLEWARE,
        "if request.method in SAFE_METHODS and _is_script(request):\n        return\n    proof",
        "proof",
        (PROVED,),
    ),
    Guard(
        "second_factor_wanted",
        MIDDLEWARE,
        "if mark != SECURITY and proof.lacks_second_factor(request, request.user, _hats_of(request)):",
        "if False:",
        (PROVED,),
    ),
    Guard(
        "second_factor_of_administrators",
        PROOF,
        'if "ALL" in groups or ("ADMINISTRATORS" in groups and (user.is_staff or user.is_superuser)):',
        'if "ALL" in groups:',
        (PROVED,),
    ),
    Guard("fresh_proof", PROOF, "        raise ReauthenticationRequired\n", "        return\n", (PROVED,)),
    Guard(
        "fresh_proof_of_signatures",
        "workflows/views/tasks.py",
        "if page.task.flow_task.verb(verb).right in SIGNED:",
        "if False:",
        (PROVED,),
    ),
    Guard("absolute_end", PROOF, "    request.session.set_expiry(", "    _ = (", (SESSIONS,)),
    Guard(
        "mark_of_the_last",
        KEPT,
        "fields = _typed(request) if who and page",
        "fields = _typed(request) if page",
        (TYPED,),
    ),
    Guard(
        "text_of_somebody_else",
        KEPT,
        '    if found["user"] != str(user.pk):\n        return None\n',
        "",
        (TYPED,),
    ),
    Guard("password_is_no_text", KEPT, ' and "password" not in name.lower()', "", (TYPED,)),
    Guard(
        "page_of_ours",
        KEPT,
        '    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):\n        return ""\n',
        "",
        (TYPED,),
    ),
    Guard(
        "tries_at_codes",
        "accounts/forms/factors.py",
        "        if not reserve_try(name, address):",
        "        if reserve_try(name, address) is None:",
        (STEP,),
    ),
    Guard(
        "secrets_encrypted",
        ADAPTERS,
        "return _keys().encrypt(text.encode()).decode()",
        "return text",
        (STEP,),
    ),
    Guard(
        "keys_of_before",
        ADAPTERS,
        "[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]",
        "[settings.SECRET_KEY]",
        (STEP,),
    ),
    Guard(
        "last_factor_stays",
        ADAPTERS,
        "return not proof.must_have_second_factor(authenticator.user, hats(authenticator.user))",
        "return True",
        (PAGES,),
    ),
    Guard(
        "redirect_stays_here",
        ADAPTERS,
        "        host = {self.request.get_host()} if self.request else set()",
        "        return bool(url)\n        host = set()",
        (SESSIONS,),
    ),
    Guard(
        "provider_needs_an_account",
        ADAPTERS,
        "filter(username=_named_by(sociallogin), is_active=True).first()",
        "filter(username=_named_by(sociallogin)).first()",
        (PROVIDER,),
    ),
    Guard(
        "nobody_links_herself",
        ADAPTERS,
        'if sociallogin.state.get("process") == AuthProcess.CONNECT:',
        "if False:",
        (PROVIDER,),
    ),
    Guard(
        "link_of_open_accounts",
        SECURITY,
        "return user if user is not None and user.is_active else None",
        "return user",
        (PAGES,),
    ),
    Guard(
        "own_sessions",
        SECURITY,
        "UserSession.objects.filter(pk=only, user=asked.user)",
        "UserSession.objects.filter(pk=only)",
        (PAGES,),
    ),
    Guard(
        "change_ends_other_sessions",
        "accounts/domain/credentials.py",
        "    end_sessions(user, actor=actor, keep=keep)\n",
        "",
        (PAGES,),
    ),
    Guard(
        "closing_ends_sessions",
        "accounts/domain/people.py",
        "        end_sessions(locked, actor=actor, tell=push_kick)\n",
        "",
        (PAGES,),
    ),
    Guard(
        "closing_takes_factors",
        "accounts/domain/people.py",
        "        Authenticator.objects.filter(user=locked).delete()\n",
        "",
        (PAGES,),
    ),
    Guard(
        "tries_at_passwords",
        "accounts/backends.py",
        "        if not reserve_try(username, address):",
        "        if reserve_try(username, address) is None:",
        (SESSIONS,),
    ),
    Guard(
        "operation_with_two_factors",
        "config/admin.py",
        "user.is_superuser and proof.has_second_factor(request)",
        "user.is_superuser",
        (OPERATION,),
    ),
    Guard(
        "operation_closed",
        "config/admin.py",
        "            if not self.has_permission(request):",
        "            if False:",
        (OPERATION,),
    ),
    Guard(
        "own_powers",
        "config/admin.py",
        "return obj is None or obj.pk != request.user.pk",
        "return True",
        (OPERATION,),
    ),
    Guard(
        "work_goes_back",
        "workflows/domain/handing_back.py",
        "    grants.share_all(held)\n",
        "    list(held)\n",
        (BACK,),
    ),
    Guard(
        "inbox_follows",
        "workflows/flows/leaving.py",
        "        inbox.reopen_entries(task, task.flow_task.rights, actor=actor)\n",
        "        continue\n",
        (BACK,),
    ),
    Guard(
        "next_appointment",
        "workflows/flows/leaving.py",
        "            if following is None:",
        "            if True:",
        (BACK,),
    ),
    Guard(
        "predecessors_rights_end",
        "workflows/domain/grants.py",
        "    revoke(participations)\n    groups",
        "    groups",
        (ESTATE,),
    ),
    Guard(
        "word_stays_its_own", "workflows/domain/succession.py", "part.pk not in spoken and ", "", (ESTATE,)
    ),
    Guard(
        "no_second_part",
        "workflows/domain/succession.py",
        " and part.assignment_id not in taken",
        "",
        (ESTATE,),
    ),
)
