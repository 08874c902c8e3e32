"""A login from its beginning to its many ends, over the real application."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from bot.clock import HOUR_MS, MINUTE_MS
from handoff import logins as logins_module
from handoff.appkeys import LOGINS
from tests.access.access_house import NEW_PASSWORD, AccessHouse, Person, open_access
from tests.handoff.pages.house import PASSWORD

NEW = NEW_PASSWORD
WHO = ("agent", "supervisor", "admin")


def cookie_of(answer: ClientResponse) -> tuple[str, str, list[str]]:
    """Name, value and sorted flags of the cookie that is set."""
    first, *flags = answer.headers["Set-Cookie"].split("; ")
    name, _, value = first.partition("=")
    return name, value, sorted(flags)


async def try_login(
    access: AccessHouse, login: str, password: str = PASSWORD, *, cookie: str = "", **fields: str
) -> ClientResponse:
    person = Person(house=access, name=login, login=cookie)
    headers = {"X-Forwarded-For": fields.pop("address", ""), "Accept": "text/html"}
    return await person.ask(
        "POST", "/login", data={"login": login, "password": password, **fields}, headers=headers
    )


async def alive(*people: Person) -> list[bool]:
    return [(await one.ask("GET", "/desk/api/start")).status == 200 for one in people]


@pytest.mark.promise("P34")
@pytest.mark.parametrize("planted", ["planted", "another's"])
async def test_a_login_begins_with_a_token_of_its_own(access: AccessHouse, planted: str) -> None:
    """Whoever planted a cookie, even the one of a login of their own, holds nothing afterwards."""
    thief = await access.log_in("other_team")
    given = thief.login if planted == "another's" else planted
    answer = await try_login(access, "agent", cookie=given)
    _, token, _ = cookie_of(answer)
    assert token not in {given, "", access["agent"].login}
    assert len(token) >= 22
    victim = Person(house=access, name="agent", login=token)
    assert await alive(victim, Person(house=access, name="x", login=given)) == [True, False]


async def test_tokens_are_kept_as_hashes_alone(access: AccessHouse) -> None:
    kept = str(await access.rows("SELECT * FROM login_session"))
    assert [name for name in WHO if access[name].login in kept] == []


@pytest.mark.promise("P34")
async def test_a_login_that_is_not_used_ends(access: AccessHouse) -> None:
    agent, admin = access["agent"], access["admin"]
    access.clock.offset += 20 * MINUTE_MS
    assert await alive(agent) == [True]
    access.clock.offset += 20 * MINUTE_MS
    assert await alive(agent, admin) == [True, False]


@pytest.mark.promise("P34")
async def test_a_login_ends_however_much_it_is_used(access: AccessHouse) -> None:
    agent, lived = access["agent"], 0
    while (await alive(agent)) == [True]:
        lived += 25
        access.clock.offset += 25 * MINUTE_MS
    assert lived == 12 * 60 + 25 - (12 * 60) % 25
    assert lived * MINUTE_MS - 25 * MINUTE_MS <= 12 * HOUR_MS


@pytest.mark.promise("P34")
async def test_logging_out_ends_this_login_and_takes_it_from_the_browser(
    access: AccessHouse,
) -> None:
    agent, again = access["agent"], await access.log_in("agent")
    answer = await agent.form("/logout")
    name, value, flags = cookie_of(answer)
    assert (answer.status, answer.headers["Location"]) == (303, "/login?said=login.done")
    assert (name, value) == ("madoguchi", '""')
    assert "Max-Age=0" in flags
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert await alive(agent, again) == [False, True]


@pytest.mark.promise("P34")
async def test_logging_out_everywhere_ends_them_all_and_nobody_elses(
    access: AccessHouse,
) -> None:
    agent, other = access["agent"], access["other_team"]
    again = await access.log_in("agent")
    answer = await again.form("/account/logins/end")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?said=login.done")
    assert await alive(agent, again, other) == [False, False, True]


@pytest.mark.promise("P34")
async def test_another_password_ends_every_other_login(access: AccessHouse) -> None:
    agent, again, other = access["agent"], await access.log_in("agent"), access["other_team"]
    answer = await agent.form("/account/password", current=PASSWORD, new=NEW, login="other_team")
    _, token, _ = cookie_of(answer)
    renewed = Person(house=access, name="agent", login=token)
    assert await alive(agent, again, renewed, other) == [False, False, True, True]
    statuses = [
        (await try_login(access, login, password)).status
        for login, password in (("agent", PASSWORD), ("agent", NEW), ("other_team", PASSWORD))
    ]
    assert statuses == [403, 303, 303]


@pytest.mark.promise("P34")
async def test_an_admin_ends_anybodys_login(access: AccessHouse) -> None:
    admin, agent = access["admin"], access["agent"]
    # logins that are over stand there no more
    [stale] = await access.rows("SELECT id FROM login_session WHERE agent_id = :id",
                                id=access["stale"].agent_id)  # fmt: skip
    assert f"/logins/{stale['id']}/end" not in await (await admin.page("/staff")).text()
    again = await access.log_in("agent")
    rows = await access.rows(
        "SELECT id FROM login_session WHERE agent_id = :id ORDER BY id", id=agent.agent_id
    )
    page = await (await admin.page("/staff")).text()
    first, second = (f"/staff/{agent.agent_id}/logins/{row['id']}/end" for row in rows)
    assert (first in page, second in page) == (True, True)
    assert (await admin.form(first)).status == 303
    assert await alive(agent, again) == [False, True]
    assert (await admin.form(f"/staff/{agent.agent_id}/logins/end")).status == 303
    assert await alive(agent, again, admin) == [False, False, True]
    told = await access.rows(
        "SELECT agent_id, detail FROM audit_log WHERE action = 'end_login' ORDER BY id"
    )
    number = agent.agent_id
    assert [(row["agent_id"], row["detail"]) for row in told] == [
        (admin.agent_id, f'{{"of":{number},"count":1}}')
    ] * 2


@pytest.mark.promise("P34")
async def test_a_changed_role_counts_from_the_next_request_on(access: AccessHouse) -> None:
    admin, agent = access["admin"], access["agent"]
    fields = {"name": "x", "capacity": "5"}
    for role, status in (("admin", 200), ("supervisor", 403), ("agent", 403)):
        path = f"/staff/{agent.agent_id}"
        assert (await admin.form(path, role=role, **fields)).status == 303
        assert (await agent.page("/staff")).status == status


@pytest.mark.promise("P34")
async def test_guessing_is_slowed_and_keeps_nobody_out(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    # a hash that takes its time would be all that this test waits for
    async def is_password(stored: str | None, password: str) -> bool:
        await asyncio.sleep(0)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(logins_module, "is_password", is_password)
    async with open_access(tmp_path, empty_database, trusted_proxies=["127.0.0.1/32"]) as access:
        access.house.app[LOGINS]._pause = pause
        await access.add("agent")

        async def guess(login: str, password: str, address: str) -> int:
            answer = await try_login(access, login, password, address=address)
            return answer.status

        one = [await guess("agent", "wrong", "192.0.2.9") for _ in range(8)]
        assert one == [403] * 5 + [429] * 3
        # even the right one waits there, and the owner elsewhere does not
        assert await guess("agent", PASSWORD, "192.0.2.9") == 429
        assert await guess("agent", PASSWORD, "192.0.2.10") == 303
        many = [await guess("agent", "wrong", f"198.51.100.{number}") for number in range(40)]
        assert (set(many), paused != []) == ({403}, True)
        paused.clear()
        assert await guess("agent", PASSWORD, "192.0.2.11") == 303
        assert paused == [2.0]
        # somebody who tries names is one address, whatever names it tries
        spray = [await guess(f"name{number}", "wrong", "203.0.113.5") for number in range(40)]
        assert spray == [403] * 31 + [429] * 9
        access.clock.offset += 16 * MINUTE_MS
        assert await guess("agent", PASSWORD, "203.0.113.5") == 303


@pytest.mark.promise("P34")
@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [("", "madoguchi", []), ("https://desk.example", "__Host-madoguchi", ["Secure"])],
)
async def test_the_cookies_flags(
    tmp_path: Path, empty_database: Path, public_url: str, name: str, secure: list[str]
) -> None:
    async with open_access(tmp_path, empty_database, public_url=public_url) as access:
        await access.add("agent")
        answer = await try_login(access, "agent")
        found, token, flags = cookie_of(answer)
        assert (found, flags) == (name, sorted(["HttpOnly", "Path=/", "SameSite=Lax", *secure]))
        # the name of the other kind of address is no way in
        other = {"madoguchi": "__Host-madoguchi", "__Host-madoguchi": "madoguchi"}[name]
        asked = [
            await access["nobody"].ask("GET", "/desk", headers={"Cookie": f"{one}={token}"})
            for one in (name, other)
        ]
        assert [one.status for one in asked] == [200, 401]


#: Where somebody wants to go after the login, and where they are led.
NEXT = {
    "/desk?c=3": "/desk?c=3",
    "/callbacks?q=M-7K2Q": "/callbacks?q=M-7K2Q",
    "https://evil.example/": "/desk",
    "//evil.example/": "/desk",
    "/\\evil.example": "/desk",
    "/%5cevil.example": "/%5cevil.example",
    "/\t/evil.example": "/desk",
    "/\n//evil.example": "/desk",
    "///evil.example": "/desk",
    " //evil.example": "/desk",
    "javascript:alert(1)": "/desk",
    "/desk\r\nSet-Cookie: a=b": "/desk",
    "/desk#@evil.example": "/desk",
    "evil.example": "/desk",
    "/logout": "/desk",
}


@pytest.mark.promise("P35")
async def test_after_the_login_nobody_is_led_away(access: AccessHouse) -> None:
    led, kept = {}, {}
    for wanted, to in NEXT.items():
        answer = await try_login(access, "agent", next=wanted)
        led[wanted] = answer.headers["Location"]
        page = await (await access["nobody"].ask("GET", "/login", params={"next": wanted})).text()
        kept[wanted] = f'name="next" value="{to}"' in page
    assert led == NEXT
    assert set(kept.values()) == {True}
