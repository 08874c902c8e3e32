"""Who may do what, as docs/reference/roles.md tells it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from handoff.access import Agent, Presence, Role, Verb, actual_presence, is_allowed, may, require
from handoff.errors import NotAllowed

ROLES = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"
SATO = Agent(id=1, login="sato", name="佐藤", role=Role.ADMIN)


def test_the_page_about_roles_tells_exactly_what_the_code_does():
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| (yes|–) \| (yes|–) \| (yes|–) \|$",
        ROLES.read_text("utf-8"),
        re.MULTILINE,
    )
    told = {verb: tuple(cell == "yes" for cell in cells) for verb, *cells in rows}
    assert told == {verb.value: tuple(may(role, verb) for role in Role) for verb in Verb}


def test_each_role_includes_the_ones_before_it():
    for verb in Verb:
        allowed = [may(role, verb) for role in Role]
        assert allowed == sorted(allowed)
        assert allowed[-1]


def test_an_account_switched_off_may_nothing():
    gone = replace(SATO, active=False)
    assert {verb for verb in Verb if is_allowed(gone, verb)} == set()


def test_a_given_password_allows_only_changing_it():
    new = replace(SATO, must_change=True)
    assert {verb for verb in Verb if is_allowed(new, verb)} == {Verb.CHANGE_OWN_PASSWORD}


def test_what_is_not_allowed_is_refused():
    require(SATO, Verb.MANAGE_STAFF)
    with pytest.raises(NotAllowed):
        require(replace(SATO, role=Role.SUPERVISOR), Verb.MANAGE_STAFF)


@pytest.mark.parametrize(
    ("seen_at", "active", "expected"),
    [
        (None, True, Presence.OFFLINE),
        (10_000, True, Presence.AVAILABLE),
        (9_999, True, Presence.OFFLINE),
        (100_000, False, Presence.OFFLINE),
    ],
)
def test_somebody_is_there_while_the_page_gives_signs_of_life(
    seen_at: int | None,
    active: bool,  # noqa: FBT001 - a table of cases
    expected: Presence,
):
    agent = replace(SATO, presence=Presence.AVAILABLE, seen_at=seen_at, active=active)
    assert actual_presence(agent, 100_000) is expected
