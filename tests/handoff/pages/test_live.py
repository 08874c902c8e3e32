"""The desk's socket: hints in, looks out, gone with the login."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from bot.hints import DESK, Hint
from handoff import live
from handoff.access import Role
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import World


async def connect(browser: Browser, origin: str | None = None) -> ClientWebSocketResponse:
    return await browser.client.ws_connect(
        "/desk/ws", headers={"Origin": browser.origin if origin is None else origin}
    )


async def hear(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next frame of this kind."""
    async with asyncio.timeout(30):
        while True:
            frame = await socket.receive_json()
            if frame["kind"] == kind:
                return dict(frame)


async def test_a_change_reaches_every_open_desk(
    browsers: dict[Role, Browser], world: World
) -> None:
    waits = await world.waiting()
    sockets = [await connect(browsers[role]) for role in (Role.AGENT, Role.SUPERVISOR)]
    await browsers[Role.ADMIN].send(f"/desk/api/conversations/{waits.id}/claim")
    heard = [await hear(socket, "conversation") for socket in sockets]
    seq = (await world.get(waits.id)).last_seq
    assert (
        heard
        == [{"kind": "conversation", "conversation_id": waits.id, "seq": seq, "detail": ""}] * 2
    )
    for socket in sockets:
        await socket.close()


async def test_colleagues_see_who_looks_and_who_types(
    browsers: dict[Role, Browser], world: World
) -> None:
    waits = await world.waiting()
    mine, theirs = await connect(browsers[Role.AGENT]), await connect(browsers[Role.ADMIN])
    await mine.send_json({"kind": "viewing", "conversation_id": waits.id})
    viewing = await hear(theirs, "viewing")
    await mine.send_json({"kind": "typing", "conversation_id": waits.id})
    typing = await hear(theirs, "typing")
    listed = await browsers[Role.ADMIN].json("/desk/api/conversations")
    await mine.close()
    gone = await hear(theirs, "viewing")
    own = (await world.rows("SELECT id FROM agent WHERE login = 'agent'"))[0]["id"]
    assert viewing["detail"] == f'[{{"id": {own}, "name": "agent"}}]'
    assert (typing["conversation_id"], typing["detail"]) == (waits.id, "agent")
    assert listed["rows"][0]["viewers"] == ["agent"]
    assert gone["detail"] == "[]"
    await theirs.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_other_sites_get_no_socket(agent: Browser, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await connect(agent, origin)
    assert refusal.value.status == 403


async def test_strangers_get_no_socket(stranger: Browser) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await connect(stranger)
    assert refusal.value.status == 401


async def test_the_socket_ends_with_the_login(agent: Browser, world: World) -> None:
    socket = await connect(agent)
    await agent.form("/logout")
    assert (await hear(socket, "ended"))["kind"] == "ended"
    end = await socket.receive(timeout=30)
    assert (end.type, end.data) == (WSMsgType.CLOSE, live.ENDED)


async def test_the_socket_ends_when_the_login_lapses(
    agent: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.05)
    socket = await connect(agent)
    world.clock.forward(minutes=31)
    assert (await hear(socket, "ended"))["kind"] == "ended"
    await socket.close()


async def test_an_open_page_is_a_sign_of_life_and_keeps_no_login(
    agent: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.02)
    world.clock.forward(minutes=20)
    socket = await connect(agent)
    await hear(socket, "alive")
    rows = await world.rows("SELECT seen_at FROM agent WHERE login = 'agent'")
    assert rows == [{"seen_at": world.clock()}]
    world.clock.forward(minutes=31)
    await hear(socket, "ended")
    await socket.close()


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        '{"kind": "viewing", "conversation_id": "1"}',
        '{"kind": "viewing", "conversation_id": 1, "more": 1}',
        '{"kind": "reply", "conversation_id": 1}',
        "[" * 1_000,
    ],
)
async def test_a_frame_that_is_none_ends_the_socket(agent: Browser, frame: str) -> None:
    socket = await connect(agent)
    await socket.send_str(frame)
    async with asyncio.timeout(30):
        kinds = [message.type async for message in socket]
    assert socket.closed
    assert WSMsgType.ERROR not in kinds


async def test_too_many_frames_end_the_socket(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    socket = await connect(agent)
    for _ in range(live.FRAMES_LIMIT + 1):
        await socket.send_json({"kind": "viewing", "conversation_id": waits.id})
    async with asyncio.timeout(30):
        async for _message in socket:
            pass
    assert socket.close_code == 1008


async def test_typing_in_what_does_not_exist_harms_nobody(agent: Browser, world: World) -> None:
    socket = await connect(agent)
    await socket.send_json({"kind": "typing", "conversation_id": 9999})
    world.hints.publish([Hint(topic=DESK, kind="presence")])
    assert (await hear(socket, "presence"))["conversation_id"] is None
    await socket.close()
