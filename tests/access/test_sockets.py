"""Who may open a socket, say what in it, and how soon it ends with the login."""

import asyncio
from dataclasses import replace
from typing import Any, get_args

import pytest
from aiohttp import WSServerHandshakeError

from bot.channels.webchat.protocol import FromClient, Hello
from bot.hints import Hint
from bot.visitor_token import sign_visitor
from handoff import accounts, live
from handoff.access import Agent, Role
from handoff.appkeys import LOGINS, STAFF
from handoff.logins import agent_topic
from tests.access.access_house import AccessHouse, Person
from tests.access.access_table import read_frames
from tests.access.strict_house import STRICT_CAST, StrictHouse
from tests.access.test_table import STANDING, STANDINGS
from tests.handoff.pages.house import PASSWORD


async def open_status(person: Person, path: str, **headers: str) -> int:
    """101 when the socket opens, else what was answered."""
    try:
        socket = await person.socket(path, **headers)
    except WSServerHandshakeError as refused:
        return refused.status
    await socket.close()
    return 101


async def hear(socket: Any, kind: str, *, key: str = "kind") -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (frame := await socket.receive_json())[key] != kind:
            pass
    return dict(frame)


def test_every_frame_stands_in_the_table() -> None:
    desk = [part.model_fields["kind"].annotation for part in (live.Viewing, live.Typing)]
    root = get_args(FromClient.model_fields["root"].annotation)
    chat = [part.model_fields["type"].annotation for part in (Hello, *root)]
    named = [(frame.socket, frame.frame) for frame in read_frames()]
    assert named == [
        *(("/desk/ws", get_args(kind)[0]) for kind in desk),
        *(("/chat/ws", get_args(kind)[0]) for kind in chat),
    ]


@pytest.mark.promise("P31")
async def test_the_desks_socket_opens_for_staff_alone(strict: StrictHouse) -> None:
    told = {name: str(await open_status(strict[name], "/desk/ws")) for name in STRICT_CAST}
    assert told == {name: STANDINGS[STANDING[name]].socket for name in STRICT_CAST}


async def test_staff_of_every_role_use_the_desks_frames(strict: StrictHouse) -> None:
    watcher = await strict["admin"].socket("/desk/ws")
    for name in ("agent", "other_team", "supervisor", "outside"):
        socket = await strict[name].socket("/desk/ws")
        shown = "佐藤 花子" if name == "outside" else name
        await socket.send_json({"kind": "viewing", "conversation_id": 1})
        assert shown in (await hear(watcher, "viewing"))["detail"]
        await socket.send_json({"kind": "typing", "conversation_id": 1})
        assert (await hear(watcher, "typing"))["detail"] == shown
        await socket.close()
        await hear(watcher, "viewing")
    await watcher.close()


@pytest.mark.promise("P33")
async def test_the_chats_socket_shows_each_visitor_their_own(strict: StrictHouse) -> None:
    a, b = strict["visitor_a"], strict["visitor_b"]
    forged = sign_visitor(b.bearer.split(".")[1], b"another key of thirty-two bytes!")
    for name in STRICT_CAST:
        for token in dict.fromkeys((strict[name].bearer, forged, "v1..", "")):
            socket = await strict[name].socket("/chat/ws")
            await socket.send_json(
                {"type": "hello", "lang": "ja", **({"token": token} if token else {})}
            )
            welcome = await hear(socket, "welcome", key="type")
            events = await hear(socket, "events", key="type")
            text = f"{welcome}{events}"
            own = token != "" and token == strict[name].bearer
            assert (welcome["token"] == token) is own
            assert ("visitor_a-secret" in text) is (own and token == a.bearer)
            assert ("visitor_b-secret" in text) is (own and token == b.bearer)
            await socket.close()


async def test_a_chat_frame_names_nobody_else(access: AccessHouse) -> None:
    socket = await access["visitor_a"].socket("/chat/ws")
    await socket.send_json({"type": "hello", "token": access["visitor_a"].bearer})
    await hear(socket, "welcome", key="type")
    send = {"type": "send", "client_id": "b-is-mine", "text": "x"}
    frames = [
        {**send, extra: value}
        for extra in ("conversation_id", "customer_id", "token", "sender", "id", "seq", "channel")
        for value in (2, "2")
    ]
    frames += [{"type": "read", "seq": 1, "conversation_id": 2}, {"type": "typing", "customer": 2},
               {"type": "claim", "id": 1}, {**send, "type": "hello"}]  # fmt: skip
    for frame in frames:
        await socket.send_json(frame)
        assert (await hear(socket, "error", key="type"))["code"] == "bad_frame"
    await socket.close()
    assert await access.rows("SELECT id FROM message WHERE text = 'x'") == []


async def as_admin(access: AccessHouse) -> Agent:
    return await access.house.store.read(accounts.get_agent, access["admin"].agent_id)


async def end_by(access: AccessHouse, way: str, person: Person) -> None:
    """Something that ends this person's login or changes what it may."""
    app, number = access.house.app, person.agent_id
    staff, logins = app[STAFF], app[LOGINS]
    boss = await as_admin(access)
    mine = await access.house.store.read(accounts.get_agent, number)
    if way == "disabled":
        await staff.set_active(boss, number, active=False)
    elif way == "role":
        await staff.set_role(boss, number, Role.SUPERVISOR)
    elif way == "reset":
        await staff.reset_password(boss, number)
    elif way == "ended by an admin":
        await logins.end_somebodys(boss, number, None)
    elif way == "logout":
        assert (await person.form("/logout")).status == 303
    elif way == "everywhere":
        other = await access.log_in(person.name)
        assert (await other.form("/account/logins/end")).status == 303
    elif way == "password":
        await logins.change_password(mine, old=PASSWORD, new="nine quiet harbours", address="a")
    else:  # past the application: nobody is told
        await access.run("UPDATE agent SET active = 0 WHERE id = :id", id=number)


WAYS = ("disabled", "role", "reset", "ended by an admin", "logout", "everywhere", "password",
        "in silence")  # fmt: skip


async def _hear_all(socket: Any) -> tuple[str, int]:
    """The kind of the last frame, and the code the socket was closed with."""
    kinds = [message.json()["kind"] async for message in socket]
    return kinds[-1], socket.close_code


@pytest.mark.promise("P34")
async def test_an_open_socket_ends_with_its_login(access: AccessHouse) -> None:
    """Also where the hint is lost: then the socket's own look, every four seconds, finds out."""
    assert live.CHECK_S < 5
    kept = await access["agent"].socket("/desk/ws")
    listening = []
    for number, way in enumerate(WAYS):
        person = await access.add(f"leaver-{number}")
        socket = await person.socket("/desk/ws")
        # a page hears the goodbye at once, or it would be cut off
        listening.append(asyncio.create_task(_hear_all(socket)))
        await end_by(access, way, person)
    async with asyncio.timeout(60):
        heard = await asyncio.gather(*listening)
    assert dict(zip(WAYS, heard, strict=True)) == dict.fromkeys(WAYS, ("ended", live.ENDED))
    await kept.send_json({"kind": "viewing", "conversation_id": 1})
    assert (await hear(kept, "viewing"))["conversation_id"] == 1
    await kept.close()


@pytest.mark.parametrize("missing", ["must_change", "must_enrol", "active"])
async def test_an_open_socket_ends_when_its_login_may_no_longer(
    access: AccessHouse, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Whatever an account lacks: what the pages refuse, the socket does too."""
    app, number = access.house.app, access["agent"].agent_id
    socket = await access["agent"].socket("/desk/ws")
    agent = await access.house.store.read(accounts.get_agent, number)

    async def find(token: str | None, *, touch: bool = True) -> Agent:
        return replace(agent, **{missing: missing != "active"})

    monkeypatch.setattr(app[LOGINS], "find_agent", find)
    access.house.hints.publish([Hint(topic=agent_topic(number), kind="login")])
    async with asyncio.timeout(30):
        kinds = [message.json()["kind"] async for message in socket]
    assert (kinds[-1], socket.close_code) == ("ended", live.ENDED)


async def test_after_a_change_of_role_the_page_comes_back(access: AccessHouse) -> None:
    """The login goes on, with what the new role may and no more."""
    admin = await access.add("second", Role.ADMIN)
    await access.house.app[STAFF].set_role(await as_admin(access), admin.agent_id, Role.AGENT)
    assert await open_status(admin, "/desk/ws") == 101
    assert [(await admin.page(path)).status for path in ("/desk", "/staff")] == [200, 403]
