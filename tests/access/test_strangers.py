"""Two visitors, and staff who try numbers: nobody sees or touches what is somebody else's."""

from typing import Any

import pytest

from bot.visitor_token import sign_visitor
from tests.access.access_house import AccessHouse, Person


async def secrets_of(access: AccessHouse, name: str) -> dict[str, str]:
    """What nobody else may ever get a byte of."""
    person = access[name]
    sql = (
        "SELECT c.id, c.reference, k.id AS customer FROM conversation c JOIN customer k"
        " ON k.id = c.customer_id JOIN message m ON m.conversation_id = c.id"
        " WHERE m.text LIKE :text LIMIT 1"
    )
    [row] = await access.rows(sql, text=f"%{name}-secret%")
    [held] = await access.rows("SELECT key FROM attachment WHERE name LIKE :name", name=f"{name}%")
    return {
        "text": f"{name}-secret",
        "file": f"{name}-file",
        "reference": row["reference"],
        "key": held["key"],
        "token": person.bearer,
        "visitor": person.bearer.split(".")[1],
    }


async def said_by(access: AccessHouse, key: str) -> list[dict[str, Any]]:
    """All messages of the visitor whose file has this key."""
    sql = (
        "SELECT m.* FROM message m JOIN attachment a ON a.customer_id = m.customer_id"
        " WHERE a.key = :key ORDER BY m.seq"
    )
    return await access.rows(sql, key=key)


async def everything_for(person: Person, secrets: dict[str, str]) -> list[tuple[str, bytes]]:
    """Whatever a visitor gets who knows all of somebody else's numbers but their token."""
    got: list[tuple[str, bytes]] = []

    async def ask(method: str, path: str, **more: Any) -> None:
        answer = await person.ask(method, path, **more)
        assert answer.status < 500, (path, answer.status)
        got.append((f"{path} {more}", await answer.read() + str(answer.headers).encode()))

    for path in (
        "/chat/poll?after=0&wait=0", "/chat/poll?after=0&wait=0&customer_id=2",
        f"/chat/poll?after=0&wait=0&reference={secrets['reference']}",
        f"/chat/file/{secrets['key']}", f"/chat/file/{secrets['key'].upper()}",
        f"/chat/file/{secrets['key']}?token={secrets['visitor']}", f"/desk/file/{secrets['key']}",
        "/desk/api/conversations/1", "/desk/api/conversations/2", "/desk/api/conversations?q=s",
        "/callbacks?q=" + secrets["reference"], "/readyz", "/chat", "/chat/faq",
    ):  # fmt: skip
        await ask("GET", path)
    for after in (0, 1, 2**53 - 1):
        await ask("POST", "/chat/hello", json={"token": person.bearer, "after": after})
    for code in (
        f"reference:{secrets['reference']}", "survey:5", "callback:0", "human", "cancel",
        "entry:return-deadline", f"file:{secrets['key']}",
    ):  # fmt: skip
        said = {"type": "choice", "client_id": f"c-{len(got):08}", "code": code, "label": "x"}
        await ask("POST", "/chat/send", json=said)
    await ask("POST", "/chat/suggest", json={"text": secrets["text"], "lang": "ja"})
    await ask("GET", "/chat/poll?after=0&wait=0")
    return got


@pytest.mark.promise("P33")
@pytest.mark.parametrize(
    ("name", "other"), [("visitor_a", "visitor_b"), ("visitor_b", "visitor_a")]
)
async def test_a_visitor_gets_no_byte_of_another(
    access: AccessHouse, name: str, other: str
) -> None:
    own, foreign = await secrets_of(access, name), await secrets_of(access, other)
    before = await said_by(access, foreign["key"])
    got = await everything_for(access[name], foreign)
    # only what the server said by itself: the address that was asked may be told again
    leaked = [
        (what, secret)
        for what, answer in got
        for secret in foreign.values()
        if secret.encode() in answer and secret not in what
    ]
    assert leaked == []
    assert own["text"].encode() in b"".join(answer for _, answer in got)
    assert await said_by(access, foreign["key"]) == before


@pytest.mark.promise("P33")
async def test_a_token_that_was_touched_names_nobody(access: AccessHouse) -> None:
    token = access["visitor_b"].bearer
    version, visitor, signature = token.split(".")
    mine = access["visitor_a"].bearer.split(".")
    touched = [
        f"{version}.{visitor}.{mine[2]}", f"{version}.{mine[1]}.{signature}",
        f"v2.{visitor}.{signature}",
        f"{version}.{visitor}", f"{version}.{visitor}.", token[:-1], f"{token}=", token.lower(),
        f"{version}.{visitor[:-1]}.{signature}", sign_visitor(visitor, b"x" * 32), "null", "",
        f"{token}, Bearer {access['visitor_a'].bearer}", visitor,
    ]  # fmt: skip
    for given in touched:
        person = Person(house=access, name="thief")
        headers = {"Authorization": f"Bearer {given}".rstrip()}
        answers = [
            await person.ask("GET", "/chat/poll?after=0&wait=0", headers=headers),
            await person.ask("POST", "/chat/send", headers=headers,
                             json={"type": "send", "client_id": "12345678", "text": "x"}),
        ]  # fmt: skip
        assert [answer.status for answer in answers] == [401, 401], given
    assert await access.rows("SELECT id FROM message WHERE text = 'x'") == []


async def test_the_same_client_id_of_another_is_another_message(access: AccessHouse) -> None:
    """Keys of doubles are each visitor's own: nobody can use up somebody else's."""
    said = {"type": "send", "client_id": "visitor_b-00000000", "text": "mine"}
    first = await access["visitor_a"].send("/chat/send", **said)
    again = await access["visitor_a"].send("/chat/send", **said)
    assert (await first.json()) == (await again.json())
    assert [row["n"] for row in await access.rows(
        "SELECT COUNT(*) AS n FROM message WHERE text = 'mine'")] == [1]  # fmt: skip


@pytest.mark.promise("P33")
async def test_strangers_cannot_tell_what_exists(access: AccessHouse) -> None:
    """The same bytes for a number that is there and for one that is not."""
    secrets = await secrets_of(access, "visitor_a")
    pairs = [
        ("/desk/api/conversations/1", "/desk/api/conversations/999"),
        (f"/desk/file/{secrets['key']}", f"/desk/file/{'0' * 32}"),
        ("/knowledge/e/return-deadline", "/knowledge/e/nothing"),
        ("/desk/nothing", "/desk"),
    ]
    for name in ("nobody", "visitor_b", "stale", "disabled"):
        for there, absent in pairs:
            answers = [await access[name].ask("GET", path) for path in (there, absent)]
            bodies = [{**(await one.json())["error"], "request_id": ""} for one in answers]
            assert [one.status for one in answers] == [401, 401]
            assert bodies[0] == bodies[1]
    held = [await access["visitor_b"].ask("GET", f"/chat/file/{key}")
            for key in (secrets["key"], "0" * 32)]  # fmt: skip
    assert [one.status for one in held] == [404, 404]
    assert [(await one.json())["error"]["code"] for one in held] == ["not_found"] * 2


async def test_numbers_of_another_conversation_do_not_act(access: AccessHouse) -> None:
    """A callback or a send is settled where it belongs, and nowhere else."""
    agent = access["agent"]
    await access.run(
        "INSERT INTO callback (id, conversation_id, phone, from_at, until_at, state, created_at)"
        " VALUES (7, 1, '+819012345678', 1, 2, 'due', 1)"
    )
    body = {"callback_id": 7, "outcome": "reached"}
    wrong = await agent.send("/desk/api/conversations/2/callback_done", **body)
    [row] = await access.rows("SELECT state FROM callback")
    assert (wrong.status, row["state"]) == (404, "due")
    right = await agent.send("/desk/api/conversations/1/callback_done", **body)
    [row] = await access.rows("SELECT state FROM callback")
    assert (right.status, row["state"]) == (200, "done")
    why = await agent.ask("GET", "/desk/api/conversations/2/messages/1/why")
    assert why.status == 404


@pytest.mark.promise("P12")
async def test_only_who_has_a_conversation_answers_in_it(access: AccessHouse) -> None:
    path = "/desk/api/conversations/1"
    assert (await access["agent"].send(f"{path}/claim")).status == 200
    told = {}
    for name in ("other_team", "supervisor", "admin"):
        reply = await access[name].send(
            f"{path}/reply", text="x", client_id=f"{name}-12345", seen_seq=999
        )
        resolve = await access[name].send(f"{path}/resolve")
        told[name] = (reply.status, resolve.status)
    assert told == dict.fromkeys(told, (409, 409))
    moved = [await access[name].send(f"{path}/release") for name in ("other_team", "supervisor")]
    assert [one.status for one in moved] == [409, 200]


async def test_agents_see_and_end_their_own_logins_alone(access: AccessHouse) -> None:
    other = access["other_team"]
    [row] = await access.rows(
        "SELECT id FROM login_session WHERE agent_id = :id", id=other.agent_id
    )
    page = await (await access["agent"].page("/account")).text()
    assert f"/account/logins/{row['id']}/end" not in page
    ended = await access["agent"].form(f"/account/logins/{row['id']}/end")
    by_staff = await access["supervisor"].form(f"/staff/{other.agent_id}/logins/{row['id']}/end")
    crossed = await access["admin"].form(
        f"/staff/{access['agent'].agent_id}/logins/{row['id']}/end"
    )
    assert (ended.status, by_staff.status, crossed.status) == (404, 403, 404)
    assert (await other.page("/desk")).status == 200


async def test_agents_see_their_own_results_alone(access: AccessHouse) -> None:
    for name, comment in (("agent", "for-me-alone"), ("other_team", "for-the-other")):
        await access.run(
            "INSERT INTO survey (conversation_id, round, channel, handled_by, agent_id, state,"
            " score, comment, asked_at, answered_at) VALUES (1, :agent, 'web', 'agent', :agent,"
            " 'answered', 5, :comment, :now, :now)",
            agent=access[name].agent_id,
            comment=comment,
            now=access.clock(),
        )
    shown = {}
    other = access["other_team"].agent_id
    for name in ("agent", "supervisor"):
        for query in ("", f"?agent={other}", f"?agent={other}&agent={other}", "?by=agent&agent=0"):
            text = await (await access[name].page(f"/results{query}")).text()
            shown[name, query] = "for-the-other" in text
    assert [seen for (name, _), seen in shown.items() if name == "agent"] == [False] * 4
    assert shown["supervisor", ""]
