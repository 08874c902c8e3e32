"""The staff's doors: the desk's JSON, forms, searches, results and their file."""

# ruff: noqa: E501 - payloads stand in one line
# ruff: noqa: FBT003 - what is expected is a value
# ruff: noqa: RUF059 - said in the docstring

import asyncio
import csv
import io
import json
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from bot.masking import mask_text
from tests.contracts.line_house import question
from tests.hostile.arena import Arena, Staff, Visitor
from tests.hostile.mutators import mutate_bytes, mutate_json
from tests.hostile.texts import Case, as_shown

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_MOST = 5_000


@dataclass
class Talk:
    """A conversation that an agent has claimed."""

    agent: Staff
    visitor: Visitor
    id: int
    count: int = 0

    @property
    def path(self) -> str:
        return f"/desk/api/conversations/{self.id}"

    def client_id(self) -> str:
        self.count += 1
        return f"desk-{self.id}-{self.count:06}"

    async def view(self) -> dict[str, Any]:
        status, body = await self.agent.get("desk view", str(self.id), self.path)
        assert status == 200, body
        return dict(json.loads(body))


async def open_talk(arena: Arena, agent: Staff) -> Talk:
    """A visitor who waits for a person, and gets one."""
    visitor = await arena.visit()
    said = {"type": "choice", "client_id": visitor.client_id(), "code": "human", "label": "担当者"}
    await visitor.post("desk", "human", "/chat/send", json=said)
    sent = {"type": "send", "client_id": visitor.client_id(), "text": question(1)}
    await visitor.post("desk", "wait", "/chat/send", json=sent)
    ((talk_id,),) = arena.rows(
        "SELECT c.id FROM conversation c JOIN customer k ON k.id = c.customer_id"
        " WHERE k.external_id = ?",
        visitor.token.split(".")[1],
    )
    status, body = await agent.post(
        "desk", "claim", f"/desk/api/conversations/{talk_id}/claim", json={}
    )
    assert status == 200, body
    return Talk(agent, visitor, talk_id)


async def try_text(talk: Talk, supervisor: Staff, case: Case) -> None:
    """A text in every field that an agent or a supervisor fills."""
    await _reply(talk, case)
    await _note(talk, case)
    post, text = talk.agent.post, case.text
    for act, body in {
        "transfer": {"to_team": text[:60]},
        "callback_done": {"callback_id": 1, "outcome": text[:20]},
        "resolve": {"ask_survey": text},
        "seen": {"seq": text},
        "claim": {text: text},
    }.items():
        status, _ = await post("desk act", case.name, f"{talk.path}/{act}", json=body)
        wanted = {400, 404, 409, 413}
        talk.agent.arena.expect("desk act", f"{case.name} {act}", status in wanted, True)
    await post("desk presence", case.name, "/desk/api/presence", json={"presence": text[:20]})
    await _searches(supervisor, as_shown(text)[:1_500])


async def _reply(talk: Talk, case: Case) -> None:
    """Taken and shown to the customer as it was written, or refused."""
    arena, text = talk.agent.arena, case.text
    seen = (await talk.view())["seen_seq"]
    latest = (await talk.visitor.poll())[-1]["seq"]
    status, body = await talk.agent.post("desk reply", case.name, f"{talk.path}/reply", json={
        "text": text, "client_id": talk.client_id(), "seen_seq": max(seen, latest)})  # fmt: skip
    if not text.strip() or len(as_shown(text)) > _MOST:
        if not text or len(text) > _MOST:
            arena.expect("desk reply", case.name, status in {400, 413}, True)
        return
    if status == 400:
        return  # nothing visible in it
    arena.expect("desk reply", f"{case.name} {body[:90]!r}", status, 200)
    if status == 200:
        seq = json.loads(body)["seq"]
        shown = [one["text"] for one in await talk.visitor.poll(seq - 1) if one["seq"] == seq]
        # browsers write a line end in two characters, the desk keeps one
        wanted = as_shown(text).replace("\r\n", "\n").replace("\r", "\n").strip()
        arena.expect("desk reply shown", case.name, shown, [wanted])


async def _note(talk: Talk, case: Case) -> None:
    status, body = await talk.agent.post("desk note", case.name, f"{talk.path}/note", json={
        "text": case.text, "client_id": talk.client_id()})  # fmt: skip
    if status != 200:
        talk.agent.arena.expect("desk note", case.name, status in {400, 413}, True)


async def _searches(staff: Staff, text: str) -> None:
    for path, fields in (
        ("/desk/api/conversations", ("q", "filter", "limit")),
        ("/callbacks", ("q",)),
        ("/results", ("from", "until", "by", "channel", "score", "agent", "answered", "page")),
        ("/results.csv", ("from", "score", "agent")),
        ("/knowledge", ("q", "category", "owner", "state", "sort", "page")),
        ("/knowledge/history", ("page", "entry")),
        ("/knowledge/e/price-1/uses", ("days", "page")),
        ("/knowledge/gaps", ("days", "show", "page")),
        ("/knowledge/gaps/picks", ("page", "show")),
        ("/knowledge/gaps/words", ("page", "days")),
        ("/desk", ("c", "said", "lang")),
        ("/troubles", ("page", "said")),
        ("/login", ("next", "lang")),
    ):
        name = f"{path} {text[:20]}"
        status, body = await staff.get("search", name, path, params=dict.fromkeys(fields, text))
        if "<" in text and "on" in text and text.encode() in body:
            staff.arena.complain("search", name, "echoed as it is")
        if path == "/desk/api/conversations":
            await staff.get("search", name, path, params={"q": text})


async def try_forms(arena: Arena, admin: Staff, case: Case) -> None:
    """A text in the forms of login, account, staff, callbacks and troubles."""
    text = as_shown(case.text)[:1_000]
    form = {"login": text, "password": text, "next": text}
    status, _ = await arena.ask("login", case.name, "POST", "/login", data=form)
    arena.expect("login", case.name, status in {400, 403, 429}, True)
    for path, fields in {
        "/staff": {
            "login": text[:60],
            "name": text[:60],
            "role": "agent",
            "capacity": "3",
            "team": text,
        },
        "/staff/1": {"name": text[:200], "role": text, "capacity": text[:3], "team": text},
        "/staff/2": {"name": text[:100], "role": "supervisor", "capacity": "9"},
        "/account/password": {"current": text, "new": text},
        "/callbacks/1/done": {"outcome": text},
        "/troubles/events/1/retry": {text: text},
        "/knowledge/gaps/1/out": {"reason": text},
        "/knowledge/gaps/1/merge": {"into": text},
        "/knowledge/gaps/picks/accept": {"entry": text, "q": text},
        "/knowledge/changes/1/undo": {"reason": text},
    }.items():
        status, body = await admin.post(
            "form", case.name, path, headers=_FORM,
            data=urlencode({**fields, "csrf": admin.token}),
        )  # fmt: skip
        if case.kind == "markup" and text.encode() in body and "<" in text:
            arena.complain("form", case.name, f"{path} echoes it as it is ({status})")
    for header in ("X-Madoguchi-Token", "Origin"):
        odd = "".join(one for one in text if " " <= one <= "~" or "¡" <= one < "\ud800")[:200]
        status, _ = await admin.post(
            "forged", case.name, "/staff", data={"login": "x"}, headers={header: odd}
        )
        arena.expect("forged", f"{case.name} {header}", status, 403)


async def try_survey(arena: Arena, agent: Staff, supervisor: Staff, case: Case) -> None:
    """A comment, from the customer's page to the file for spreadsheets."""
    talk = await open_talk(arena, agent)
    await agent.post("survey", case.name, f"{talk.path}/resolve", json={"ask_survey": True})
    tapped = [
        action
        for event in await talk.visitor.poll()
        for action in event.get("quick", []) + event.get("buttons", [])
        if action.get("code", "").startswith("score:")
    ]
    await talk.visitor.post("survey", case.name, "/chat/send", json={
        "type": "choice", "client_id": talk.visitor.client_id(), "code": tapped[-1]["code"],
        "label": tapped[-1]["label"]})  # fmt: skip
    await talk.visitor.post("survey", case.name, "/chat/send", json={
        "type": "send", "client_id": talk.visitor.client_id(), "text": case.text})  # fmt: skip
    kept = arena.rows(
        "SELECT comment FROM survey WHERE conversation_id = ? AND comment IS NOT NULL",
        talk.id,
    )
    if case.kind == "formula":
        arena.expect("survey", case.name, kept, [(mask_text(as_shown(case.text)).text,)])
    await supervisor.get("results", case.name, "/results")


async def check_file(arena: Arena, supervisor: Staff) -> None:
    """No cell of the file, nor a line in one, begins what a spreadsheet would run."""
    status, body = await supervisor.get("results file", "all", "/results.csv")
    arena.expect("results file", "all", status, 200)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    arena.expect("results file", "has rows", len(rows) > 10, True)
    for row in rows:
        for cell in row:
            for line in cell.splitlines() or [""]:
                first = line.strip(" \u3000\u00a0\u200b\ufeff\x00")[:1]
                if first and first in "=+-@\t\r＝＋－＠﹦﹢﹣﹫":
                    arena.complain("results file", "cell", repr(cell))


async def try_mutant(talk: Talk, case: Case, chance: Random) -> None:
    """Changed trees and bytes to the desk's JSON."""
    text = case.text[:_MOST]
    bodies: dict[str, dict[str, Any]] = {
        "reply": {"text": text, "client_id": talk.client_id(), "seen_seq": 2**40},
        "note": {"text": text, "client_id": talk.client_id()},
        "transfer": {"to_agent": 99, "to_team": text[:60]},
        "seen": {"seq": 3},
        "send_again": {"outbox_id": 1},
        "callback_done": {"callback_id": 1, "outcome": "reached"},
        text[:20].replace("/", "") or "x": {},
    }
    act = chance.choice(list(bodies))
    body = mutate_json(bodies[act], chance, spice=(text, "\x00", "\ud83d"))
    path = f"{talk.path}/{act if act.isascii() and act.isidentifier() else 'x'}"
    await talk.agent.post("desk tree", case.name, path, json=body)
    raw = mutate_bytes(json.dumps(bodies[act]).encode(), chance)
    await talk.agent.post("desk bytes", case.name, path, data=raw, headers=_JSON)


async def try_socket(arena: Arena, agent: Staff, cases: list[Case]) -> None:
    """Nonsense closes the desk's socket, and only that."""
    for case in cases:
        for frame in (case.text[:3_000], json.dumps({"kind": case.text[:500]}),
                      json.dumps({"kind": "viewing", "conversation_id": case.text[:100]})):  # fmt: skip
            if any("\ud800" <= one <= "\udfff" for one in frame):
                continue  # no client can put half a pair into a frame of text
            headers = {"Origin": arena.url}
            async with agent.client.ws_connect(arena.url + "/desk/ws", headers=headers) as socket:
                await socket.send_str(frame)
                try:
                    async with asyncio.timeout(10):
                        async for _ in socket:
                            pass
                except TimeoutError:
                    arena.complain("desk socket", case.name, f"still open after {frame[:80]!r}")
                arena.seen["desk socket", socket.close_code or 0] += 1
