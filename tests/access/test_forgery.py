"""Requests that another site makes a browser send: refused, and nothing has changed."""

from itertools import product
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from tests.access.access_house import AccessHouse, Person
from tests.access.access_table import STAFF, Row, read_rows
from tests.access.test_table import ABSENT, body_of, fill, is_json

POSTS = [row for row in read_rows() if row.method == "POST"]
STAFF_POSTS = [row for row in POSTS if row.who in STAFF]
#: Where a page of somebody else could say that it comes from; HOST is ours.
FOREIGN = (
    "",
    "null",
    "https://evil.example",
    "http://HOST.evil.example",
    "http://evil.example/HOST",
    "http://HOST@evil.example",
    "http://HOST/",
    "http://HOST:80",
    "http://127.0.0.1",
    "http://localhost:PORT",
    "ws://HOST",
    "file://",
)


def origin(pattern: str, access: AccessHouse) -> str:
    host = access.origin.removeprefix("http://")
    return pattern.replace("HOST", host).replace("PORT", host.partition(":")[2])


async def state_of(access: AccessHouse) -> list[Any]:
    """Everything that a forged request might have changed."""
    tables = ("audit_log", "agent", "login_session", "message", "gap", "knowledge_draft")
    counts = [await access.rows(f"SELECT COUNT(*) AS n FROM {table}") for table in tables]
    agents = await access.rows("SELECT id, name, role, active, presence, must_change FROM agent")
    return [*counts, *agents]


async def post(person: Person, row: Row, **headers: str) -> int:
    path = fill(row.path, ABSENT)
    answer = await person.ask("POST", path, headers=headers, **body_of(row, csrf=person.csrf))
    return answer.status


@pytest.mark.promise("P35")
async def test_no_post_comes_from_elsewhere(access: AccessHouse) -> None:
    assert len(set(FOREIGN)) == 12
    before, passed = await state_of(access), []
    for pattern in FOREIGN:
        foreign = origin(pattern, access)
        for row in POSTS:
            person = access["admin" if row.who in STAFF else "visitor_a"]
            status = await post(person, row, Origin=foreign)
            if row.who != "LINE" and status != 403:
                passed.append((pattern, row.path, status))
    assert passed == []
    assert await state_of(access) == before


@pytest.mark.promise("P35")
async def test_no_socket_opens_from_elsewhere(access: AccessHouse) -> None:
    statuses = {}
    for path, name in (("/desk/ws", "admin"), ("/chat/ws", "visitor_a")):
        for pattern in FOREIGN:
            with pytest.raises(WSServerHandshakeError) as refused:
                await access[name].socket(path, Origin=origin(pattern, access))
            statuses[path, pattern] = refused.value.status
        await (await access[name].socket(path)).close()
    assert set(statuses.values()) == {403}


async def test_a_form_without_a_referrer_says_null_and_is_told_by_its_browser(
    access: AccessHouse,
) -> None:
    row = next(row for row in POSTS if row.path == "/account/logins/{id}/end")
    told = {
        site: await post(access["agent"], row, Origin="null", **{"Sec-Fetch-Site": site})
        for site in ("same-origin", "same-site", "cross-site", "none")
    }
    assert told == {"same-origin": 404, "same-site": 403, "cross-site": 403, "none": 403}


@pytest.mark.promise("P35")
async def test_no_post_of_the_staff_goes_without_its_logins_token(access: AccessHouse) -> None:
    admin, again = access["admin"], await access.log_in("admin")
    before = await state_of(access)
    tokens = ("", "wrong", admin.csrf[:-1], admin.csrf.upper(), access["agent"].csrf, again.csrf)
    passed = []
    for row in STAFF_POSTS:
        for token in tokens:
            body = body_of(row, csrf=token)
            answer = await admin.ask(
                "POST",
                f"{fill(row.path, ABSENT)}?csrf={admin.csrf}",
                headers={"X-Madoguchi-Token": token if is_json(row) else ""},
                **body,
            )
            if answer.status != 403:
                passed.append((row.path, token, answer.status))
    assert passed == []
    assert await state_of(access) == before


async def test_the_pages_hold_the_token_that_counts(access: AccessHouse) -> None:
    """Otherwise the test above would refuse for another reason than it says."""
    admin = access["admin"]
    page = await (await admin.page("/account")).text()
    assert f'<meta name="csrf" content="{admin.csrf}">' in page
    assert (await admin.form("/account/logins/999999/end")).status == 404


@pytest.mark.promise("P35")
async def test_json_comes_as_json(access: AccessHouse) -> None:
    """A form of another site cannot say that it is JSON."""
    types = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
             "application/octet-stream", "text/json", "application/jsonp")  # fmt: skip
    taken = []
    for row, content_type in product(POSTS, types):
        if not is_json(row) or row.who == "LINE" or row.path == "/chat/upload":
            continue
        person = access["admin" if row.who in STAFF else "visitor_a"]
        answer = await person.ask(
            "POST", fill(row.path, ABSENT), data=b"{}", headers={"Content-Type": content_type}
        )
        if answer.status != 415:
            taken.append((row.path, content_type, answer.status))
    assert taken == []


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
async def test_forms_come_as_forms(access: AccessHouse, content_type: str) -> None:
    """What reads fields reads them from nothing else; what reads none does not mind."""
    reading = {"/login", "/account/password", "/callbacks/{id}/done", "/staff", "/staff/{id}",
               "/knowledge/gaps/picks/accept", "/knowledge/gaps/{id}/variants"}  # fmt: skip
    told = {}
    for row in POSTS:
        if row.path in reading:
            answer = await access["admin"].ask(
                "POST", fill(row.path, ABSENT), data=b"{}", headers={"Content-Type": content_type}
            )
            told[row.path] = answer.status
    assert told == dict.fromkeys(reading, 415)
