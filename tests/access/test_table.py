"""Who may see what: every line of the table of access, tried as everybody over real HTTP."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import ClientResponse

from handoff.access import LEAST, Role
from handoff.auth import STAFF_SECTIONS
from tests.access.access_house import AccessHouse, Person
from tests.access.access_table import STAFF, WHO, Row, list_routes, read_rows, read_standings
from tests.access.strict_house import STRICT_CAST, StrictHouse

ROWS = read_rows()
STANDINGS = read_standings()
RANK = {"agent": 1, "other_team": 1, "supervisor": 2, "admin": 3, "outside": 2}
#: Whose login is what line of the table of logins.
STANDING = {
    "nobody": "none",
    "visitor_a": "none",
    "visitor_b": "none",
    "stale": "ended",
    "disabled": "switched off",
    "first_password": "given password",
    "must_enrol": "second factor missing",
    "outside": "from the provider",
    **dict.fromkeys(("agent", "other_team", "supervisor", "admin"), "complete"),
}
LEAST_RANK = {"agent": 1, "supervisor": 2, "admin": 3}
LED = {standing.led for standing in STANDINGS.values()}
#: Lines after which logins are over: tried last, each time with a new one.
ENDING = {"/logout", "/account/logins/end"}
ABSENT = {"entry": "no-such-entry", "key": "0" * 32, "version": "0", "name": "no.js",
          "category": "no", "message": "999999", "login": "999999", "id": "999999"}  # fmt: skip
CLIENT_ID = "0123456789"
#: Bodies that the handlers understand, so that it is the object that is missing.
BODIES: Mapping[str, dict[str, Any]] = {
    "reply": {"text": "x", "client_id": CLIENT_ID, "seen_seq": 1},
    "note": {"text": "x", "client_id": CLIENT_ID},
    "transfer": {"to_team": "returns"},
    "callback_done": {"callback_id": 999_999, "outcome": "reached"},
    "send_again": {"outbox_id": 999_999},
    "leave_unsent": {"outbox_id": 999_999},
    "erase_message": {"message_id": 999_999},
    "seen": {"seq": 1},
}
FIELDS = {"outcome": "reached", "name": "x", "role": "agent", "capacity": "5", "entry": "x",
          "into": "999998", "reason": "x", "q": "999999"}  # fmt: skip


def is_json(row: Row) -> bool:
    return row.path.startswith(("/desk/api", "/knowledge/api", "/chat", "/line"))


def ids(row: Row) -> str:
    return f"{row.method} {row.path}"


def fill(path: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)


def body_of(row: Row, *, csrf: str = "") -> dict[str, Any]:
    """What goes along: nothing that would change anything, whoever sends it."""
    if row.method != "POST":
        return {}
    if is_json(row) or row.path == "/login":
        return {"json": BODIES.get(row.path.rsplit("/", 1)[-1], {})}
    return {"data": {"csrf": csrf, **FIELDS}}


async def find_samples(access: AccessHouse) -> dict[str, str]:
    """Things that are there; the first visitor's, where they belong to somebody."""
    [said] = await access.rows(
        "SELECT m.id, m.conversation_id FROM message m JOIN conversation c"
        " ON c.id = m.conversation_id WHERE m.sender = 'bot' AND m.entry_id IS NOT NULL"
        " AND c.id = 1 ORDER BY m.id LIMIT 1"
    )
    [held] = await access.rows("SELECT key FROM attachment WHERE name LIKE 'visitor_a%'")
    page = await (await access["nobody"].page("/chat")).text()
    version, name = re.findall(r"/static/(\w+)/(theme\.css)", page)[0]
    return {
        "id": str(said["conversation_id"]),
        "message": str(said["id"]),
        "key": held["key"],
        "entry": "return-deadline",
        "category": "返品",
        "version": version,
        "name": name,
    }


#: Routes whose ids are of something that a fresh house does not hold.
EMPTY = {
    "/login/code",
    "/login/outside",
    "/login/outside/back",
    "/account/second-factor/qr.svg",
    "/knowledge/gaps/{id}",
    "/desk/static/{version}/{name}",
    "/chat/faq/sitemap.xml",
}


#: Addresses whose places share a name with those of another kind.
NAMED = {
    "/chat/faq/{id}": "/chat/faq/return-deadline",
    "/ledger/{name}": "/ledger/bot",
    "/chat/poll": "/chat/poll?wait=0",
}


def sample(row: Row, found: Mapping[str, str]) -> str:
    """An address of a line: of something that is there to be read, and not there to be changed."""
    reads = row.method == "GET" and row.path not in EMPTY
    values = {**ABSENT, **found, "id": found["id"]} if reads else ABSENT
    path = NAMED.get(row.path) if reads else None
    return path or fill(row.path, values)


def expected(row: Row, name: str, *, html: bool) -> str:
    """What the table says that somebody gets: `open`, or the refusal."""
    if row.who == "everybody" or (row.who == "visitor" and name.startswith("visitor")):
        return "open"
    if row.who in ("LINE", "visitor"):
        return row.without
    standing = STANDINGS[STANDING[name]]
    if row.who == "login" and standing.opens != "none":
        return "open"
    if standing.opens == "role":
        return "open" if RANK[name] >= LEAST_RANK[row.who] else row.less
    return standing.led if html and row.method == "GET" else standing.refused


def outcome(answer: ClientResponse) -> str:
    """What somebody got, in the same words."""
    to = answer.headers.get("Location", "")
    if answer.status == 303 and (to == "/login" or to.startswith("/login?next=")):
        return "/login"
    # forms lead there as well, when they are done
    if answer.status == 303 and answer.method == "GET" and to in LED:
        return to
    if answer.status in (401, 403) or answer.status >= 500:
        return str(answer.status)
    return "open"


async def try_cells(
    access: StrictHouse, found: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Every cell that the table has: what was tried, what is said, what came."""
    cells = []
    for row in sorted(ROWS, key=lambda row: row.path in ENDING):
        for name in STRICT_CAST:
            person = access[name]
            if row.path in ENDING and STANDINGS[STANDING[name]].opens != "none":
                person = await access.log_in(name)
            ways = [("GET", True), ("GET", False), ("HEAD", False)]
            for method, html in ways if row.method == "GET" else [(row.method, False)]:
                answer = await person.ask(
                    method,
                    sample(row, found),
                    headers={"Accept": "text/html"} if html else None,
                    **body_of(row, csrf=person.csrf),
                )
                what = f"{method}{' page' if html else ''} {row.path} as {name}"
                cells.append((what, expected(row, name, html=html), outcome(answer)))
                if mistake := find_mistake(row, answer):
                    cells.append((what, "right", mistake))
    return iter(cells)


def find_mistake(row: Row, answer: ClientResponse) -> str:
    """What is wrong with an answer, whatever it says."""
    kept = answer.headers.get("Cache-Control", "")
    if answer.status == 200 and row.kept == "public" and not kept.startswith("public"):
        return f"not kept: {kept}"
    if (row.kept == "no-store" or answer.status >= 400) and "no-store" not in kept:
        return f"kept: {kept}"
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        return f"policy: {policy}"
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        if answer.headers.get(name) != value:
            return name
    if "Server" in answer.headers or [one for one in answer.headers if "-Allow-" in one]:
        return "tells too much"
    return ""


def test_the_table_has_a_line_for_every_route_and_no_other(access: AccessHouse) -> None:
    assert [row.key for row in ROWS] == list(dict.fromkeys(row.key for row in ROWS))
    assert sorted(row.key for row in ROWS) == sorted(list_routes(access.house.app))


def test_the_table_speaks_in_known_words() -> None:
    assert {row.who for row in ROWS} == set(WHO)
    assert {row.kept for row in ROWS} == {"no-store", "public"}
    for row in ROWS:
        assert (row.without == "–") is (row.who == "everybody"), row
        assert (row.less == "403") is (row.who in ("supervisor", "admin")), row
        assert row.kept == "no-store" or row.who == "everybody", row
        assert row.absent in {"–", "404", "409", "200"}, row


def test_every_login_of_the_table_is_tried() -> None:
    assert set(STANDING) == set(STRICT_CAST)
    assert set(STANDING.values()) == set(STANDINGS)


@pytest.mark.promise("P31")
async def test_every_cell_of_the_table_is_as_it_says(strict: StrictHouse) -> None:
    """Who may what, over every route, as everybody who might ask."""
    found = await find_samples(strict)
    cells = list(await try_cells(strict, found))
    wrong = [cell for cell in cells if cell[1] != cell[2]]
    assert wrong == []
    assert len(cells) > 2_000


async def test_what_may_be_read_is_really_there(access: AccessHouse) -> None:
    """Otherwise a right that is missing and a page that is missing would look the same."""
    found = await find_samples(access)
    missing = []
    for row in ROWS:
        if row.method == "GET" and row.path not in EMPTY and not row.path.endswith("/ws"):
            person = access["admin" if row.who in STAFF else "visitor_a"]
            answer = await person.page(sample(row, found))
            if answer.status not in (200, 302):
                missing.append((row.path, answer.status))
    assert missing == []


@pytest.mark.promise("P33")
async def test_what_is_not_there_is_never_forbidden(access: AccessHouse) -> None:
    """Nobody learns by asking what exists."""
    wrong = []
    for row in ROWS:
        if row.absent == "–":
            continue
        person = access["admin" if row.who in STAFF else "visitor_b"]
        more = body_of(row, csrf=person.csrf)
        answer = await person.ask(row.method, fill(row.path, ABSENT), **more)
        if str(answer.status) != row.absent:
            wrong.append((*row.key, answer.status))
    assert wrong == []


async def test_a_call_that_the_channel_signed_is_taken(access: AccessHouse) -> None:
    body = b'{"destination": "", "events": []}'
    assert (await access.signed(body)).status == 200
    assert (await access.signed(body, secret="another")).status == 401


@pytest.mark.promise("P32")
async def test_asking_in_other_spellings_opens_nothing(access: AccessHouse) -> None:
    """The allow-list and the router read one path in one way."""
    stranger, opened = access["nobody"], []
    for row in ROWS:
        if row.who not in STAFF or row.method != "GET":
            continue
        path = fill(row.path, ABSENT)
        for other in (
            f"/{path}", f"{path}/", f"/chat/..{path}", f"/static/%2e%2e{path}",
            f"/chat/%2F..{path}", path.replace("/", "/./", 1), path.upper(),
            f"{path};/chat/x", f"{path}%3f/static/", path.replace("e", "%65", 1), f"{path}%00",
        ):  # fmt: skip
            answer = await send_raw(stranger, other)
            if answer not in {400, 401, 404}:
                opened.append((other, answer))
    assert opened == []


async def send_raw(person: Person, target: str) -> int:
    """The status of a GET whose address is sent as it is."""
    host = person.house.origin.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


def test_each_role_may_what_the_lower_ones_may() -> None:
    """The ranks above are those of the product."""
    assert [role.value for role in Role] == list(LEAST_RANK)
    assert all(LEAST_RANK[one] < LEAST_RANK[other] for one, other in pairwise(LEAST_RANK))
    assert {role.value for role in LEAST.values()} == set(LEAST_RANK)


def test_what_the_paths_of_the_staff_begin_with_is_known() -> None:
    sections = {row.path.split("/")[1] for row in read_rows() if row.who in STAFF}
    assert sections == STAFF_SECTIONS
