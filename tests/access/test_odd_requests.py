"""Requests that no page of ours makes: odd methods, doubled and unknown names, endless numbers."""

import asyncio
import re
from typing import Any

from handoff.pages import desk_acts
from tests.access.access_house import NEW_PASSWORD, AccessHouse
from tests.access.access_table import STAFF, read_rows
from tests.access.test_table import ABSENT, fill, find_samples, sample
from tests.handoff.pages.house import PASSWORD

ROWS = read_rows()
METHODS = ("OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND")
ENDLESS = "9" * 5_000


async def test_other_methods_do_nothing_and_allow_nobody_elses_page(access: AccessHouse) -> None:
    wrong = []
    for row in ROWS:
        for method in METHODS:
            for name in ("nobody", "visitor_a", "admin"):
                headers = {"Access-Control-Request-Method": "POST", "X-Echo": "do-not-repeat-me"}
                answer = await access[name].ask(method, fill(row.path, ABSENT), headers=headers)
                known = {405, 404} if name == "admin" or row.who not in STAFF else {401, 403}
                allows = [one for one in answer.headers if one.startswith("Access-Control")]
                if answer.status not in known or allows or b"repeat" in await answer.read():
                    wrong.append((method, row.path, name, answer.status))
    assert wrong == []


RAW = (
    b"NONSENSE / HTTP/1.1\r\nHost: x",
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y",
    b"GET /<script> HTTP/1.1 x\r\nHost: x",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000,
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Secret: repeat-me\x00",
    b"\x16\x03\x01 repeat-me",
)


async def test_what_is_no_http_is_refused_with_our_headers(empty_access: AccessHouse) -> None:
    host, port = empty_access.origin.removeprefix("http://").split(":")
    for lines in RAW:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(lines + b"\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        assert re.match(r"HTTP/1\.[01] 400 ", answer), lines
        for header in ("Content-Security-Policy: default-src 'none'", "nosniff", "no-store"):
            assert header in answer
        told = ("repeat-me", "<script>", "aiohttp", "Python")
        assert [word for word in told if word in answer] == []


# --- names twice


async def test_a_field_that_comes_twice_is_refused(access: AccessHouse) -> None:
    admin, number = access["admin"], access["agent"].agent_id
    fields = {"name": "x", "role": "agent", "capacity": "5"}
    told = {}
    for path in (f"/staff/{number}", "/staff"):
        for name in fields:
            pairs = [("csrf", admin.csrf), *fields.items(), (name, "admin"), ("login", "new")]
            told[path, name] = (await admin.ask("POST", path, data=pairs)).status
    pairs = [("csrf", admin.csrf), ("csrf", "wrong")]
    headers = {"X-Madoguchi-Token": ""}
    twice = await admin.ask("POST", "/logout", data=pairs, headers=headers)
    assert set(told.values()) == {400}
    assert twice.status == 400
    assert (await access.rows("SELECT role FROM agent WHERE id = :id", id=number)) == [
        {"role": "agent"}
    ]


TWICE = (
    ("agent", "/desk/api/presence", '{"presence": "away", "presence": "offline"}'),
    ("agent", "/desk/api/conversations/1/transfer", '{"to_team": "returns", "to_team": "x"}'),
    ("visitor_a", "/chat/hello", '{"type": "hello", "token": "x", "token": null}'),
    ("visitor_a", "/chat/send", '{"type": "typing", "on": true, "on": false}'),
    ("visitor_a", "/chat/suggest", '{"text": "返品", "text": "返品", "lang": "ja"}'),
    ("admin", "/knowledge/api/values", '{"text": "id: a", "text": "id: b"}'),
)


async def test_a_name_that_comes_twice_in_json_is_refused(access: AccessHouse) -> None:
    told = {}
    for name, path, body in TWICE:
        headers = {"Content-Type": "application/json"}
        answer = await access[name].ask("POST", path, data=body.encode(), headers=headers)
        told[path] = answer.status
    assert told == {path: 400 for _, path, _ in TWICE}


async def test_of_two_logins_or_tokens_none_counts(access: AccessHouse) -> None:
    agent, a = access["agent"], access["visitor_a"]
    bearers = f"Bearer {a.bearer}, Bearer {access['visitor_b'].bearer}"
    asked = await a.ask("GET", "/chat/poll?wait=0", headers={"Authorization": bearers})
    cursor = await a.ask("GET", "/chat/poll?wait=0&after=1&after=0")
    planted = f"madoguchi={agent.login}; madoguchi=planted"
    tossed = await agent.ask("GET", "/desk", headers={"Cookie": planted})
    assert (asked.status, cursor.status) == (401, 400)
    assert tossed.status in {200, 401}


# --- more than was asked for


async def test_unknown_names_in_json_are_refused(access: AccessHouse) -> None:
    extras = ({"agent_id": 1}, {"role": "admin"}, {"sender": "bot"}, {"state": "closed"})
    taken: list[tuple[object, ...]] = []
    for act in desk_acts.ACTS:
        for extra in extras:
            answer = await access["admin"].send(f"/desk/api/conversations/1/{act}", **extra)
            if answer.status != 400:
                taken.append((act, extra, answer.status))
    for path in ("next", "presence"):
        answer = await access["admin"].send(f"/desk/api/{path}", presence="away", agent_id=1)
        taken += [(path, answer.status)] if answer.status != 400 else []
    for path in ("hello", "send", "suggest"):
        answer = await access["visitor_a"].send(f"/chat/{path}", type="hello", customer_id=2)
        taken += [(path, answer.status)] if answer.status != 400 else []
    assert taken == []


async def test_a_form_sets_nothing_but_its_own_fields(access: AccessHouse) -> None:
    admin, agent, other = access["admin"], access["agent"], access["other_team"]
    more: dict[str, Any] = {
        "id": str(other.agent_id), "agent_id": str(other.agent_id), "login": "renamed",
        "active": "0", "must_change": "1", "password_hash": "x", "presence": "away",
    }  # fmt: skip
    sql = "SELECT * FROM agent ORDER BY id"
    before = await access.rows(sql)
    changed = await admin.form(
        f"/staff/{agent.agent_id}", name="新しい", role="agent", capacity="7", **more
    )
    own = await agent.form("/account/password", current=PASSWORD, new=NEW_PASSWORD,
                           role="admin", **more)  # fmt: skip
    assert (changed.status, own.status) == (303, 303)
    different = {}
    for old, new in zip(before, await access.rows(sql), strict=True):
        fields = {name for name, value in old.items() if new[name] != value}
        if fields:
            different[old["id"]] = fields
    assert different == {agent.agent_id: {"name", "capacity", "teams", "password_hash"}}


# --- numbers and names that nobody has


NAMES = [
    "after",
    "wait",
    "lang",
    "theme",
    "embed",
    "page",
    "filter",
    "q",
    "limit",
    "from",
    "until",
    "by",
    "channel",
    "score",
    "agent",
    "answered",
    "days",
    "show",
    "find",
    "said",
    "next",
    "c",
    "question",
    "variant",
    "answer",
    "sort",
    "state",
    "file",
    "entry",
]
#: the second one begins like a small number
VALUES = (
    ENDLESS, f"000001{ENDLESS}", "-1", "0", "1e9", "٣", "０", "\x00", "'", "%ff", "nan", "{{7*7}}",
    "2026-13-45", "9999-12-31", "0001-01-01", "a" * 3_000, "\ud7ff😀", "../../etc/passwd", "",
)  # fmt: skip


async def test_no_query_breaks_a_page(access: AccessHouse) -> None:
    found, broken = await find_samples(access), []
    for row in ROWS:
        if row.method != "GET" or row.path.endswith("/ws"):
            continue
        person = access["admin" if row.who in STAFF else "visitor_a"]
        for value in VALUES:
            # all names at once; and by name where that was refused, which tells of the first alone
            asked: list[dict[str, str]] = [dict.fromkeys(NAMES, value)]
            if sum(map(len, NAMES)) + len(value) * len(NAMES) > 4_000:
                asked = [{name: value} for name in NAMES]
            elif row.path in {"/desk/api/conversations", "/results", "/knowledge", "/chat/poll"}:
                asked += [{name: value} for name in NAMES]
            for query in asked:
                # a poll that waits would wait for half a minute
                params = {**query, "wait": "0"} if row.path == "/chat/poll" else query
                answer = await person.ask("GET", sample(row, found).split("?")[0], params=params)
                if answer.status >= 500:
                    broken.append((row.path, {k: v[:12] for k, v in query.items()}, answer.status))
    assert broken == []


async def test_no_number_in_a_path_breaks_a_page(access: AccessHouse) -> None:
    broken = []
    for row in ROWS:
        if "{" not in row.path or row.who == "LINE":
            continue
        person = access["admin" if row.who in STAFF else "visitor_a"]
        for value in (
            "0",
            "-1",
            ENDLESS[:12],
            ENDLESS[:13],
            ENDLESS,
            "٣",
            "%00",
            "a",
            "..",
            "%ff",
        ):
            path = re.sub(r"\{\w+\}", value, row.path)
            answer = await person.ask(
                row.method, path, **({} if row.method == "GET" else {"json": {}})
            )
            if answer.status >= 500:
                broken.append((row.method, row.path, value[:12], answer.status))
    assert broken == []
