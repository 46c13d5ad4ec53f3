"""The table of roles and views: every view has a rule, and the gate keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from madang.web.accounts.roles import ADMINS, EDITORS, EVERYBODY, ROLES, SIGNED_IN, WRITERS
from madang.web.accounts.rules import THEIRS, rule_for, rules

pytestmark = pytest.mark.django_db
#: Views that show a page by themselves, with what each role gets.
TABLE = {
    "/ko/": EVERYBODY,
    "/ko/library/": EVERYBODY,
    "/ko/search/?q=%EB%AC%BC": EVERYBODY,
    "/en/feeds/library.atom": EVERYBODY,
    "/sitemap.xml": EVERYBODY,
    "/catalogue.jsonld": EVERYBODY,
    "/ko/account/": SIGNED_IN,
    "/ko/desks/pollution-cap/": frozenset({"officer", "admin"}),
    "/admin/": WRITERS,
    "/admin/images/": WRITERS,
    "/admin/reports/site-history/": EDITORS,
    "/admin/snippets/library/theme/": EDITORS,
    "/admin/users/": ADMINS,
    "/admin/sites/": ADMINS,
    "/admin/workflows/list/": ADMINS,
}


def every_view() -> Iterator[str]:
    """Return the full name of every view of the site."""

    def below(patterns: list[URLPattern | URLResolver], space: tuple[str, ...]) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns, (*space, one.namespace) if one.namespace else space)
            else:
                yield ":".join([*space, one.name or one.lookup_str])

    yield from below(get_resolver().url_patterns, ())


def test_every_view_has_a_rule() -> None:
    """A new view without a rule fails here, and is open to nobody."""
    without = [name for name in every_view() if rule_for(name) is None]
    assert not without


def test_every_rule_names_a_view_that_exists() -> None:
    """A rule for a view that is gone would hide that its successor has none."""
    assert set(rules()) <= set(every_view())


@pytest.mark.parametrize("role", ROLES)
def test_the_gate_lets_in_whom_the_table_names(person: Callable[[str], Client], role: str) -> None:
    """The others are sent to sign in, or refused."""
    client = person(role)
    for address, allowed in TABLE.items():
        answer = client.get(address)
        if role in allowed:
            assert answer.status_code == 200, (address, role)
        elif role == "visitor":
            assert (answer.status_code, "next=" in answer.headers["Location"]) == (302, True), address
        else:
            assert answer.status_code == 403, (address, role)


def test_no_door_of_the_editors_rooms_opens_to_a_visitor_or_an_officer(person: Callable[[str], Client]) -> None:
    """Every address of Wagtail that needs no argument is tried; those for signing in stay open."""
    open_to_all = {name for name in every_view() if rule_for(name) == EVERYBODY}
    for role in ("visitor", "officer"):
        client = person(role)
        for name in set(every_view()) - open_to_all:
            try:
                with override("ko"):
                    address = reverse(name)
            except NoReverseMatch:
                continue
            if address.startswith("/admin/") and name != "wagtailadmin_logout":
                assert client.get(address).status_code in {302, 403}, (role, name)


def test_the_patterns_for_wagtail_hold_the_rights_that_matter() -> None:
    """Accounts, sites and workflows are an administrator's; pages a writer's."""
    assert rule_for("wagtailusers_users:index") == ADMINS
    assert rule_for("wagtailadmin_pages:edit") == WRITERS
    assert rule_for("no-such-view") is None
    assert THEIRS
