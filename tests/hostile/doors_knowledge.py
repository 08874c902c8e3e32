"""The knowledge page's doors: looked at, checked, tried, drafted, published, as form and as text."""

# ruff: noqa: E501 - payloads stand in one line
# ruff: noqa: FBT003 - what is expected is a value

import json
from random import Random
from typing import Any

from tests.hostile.arena import Arena, Staff
from tests.hostile.mutators import mutate_bytes, mutate_json
from tests.hostile.texts import Case, as_shown

_API = "/knowledge/api"
_JSON = {"Content-Type": "application/json"}


def values_with(text: str) -> dict[str, Any]:
    """An entry whose every value is the text."""
    return {
        "id": "price-9", "question": text, "variants": [text, text + "?"], "answer": text,
        "category": text, "tags": [text], "owner": text, "keywords": [text],
        "buttons": [{"label": text, "url": text}], "followups": [text], "tests": [text],
        "valid": {"from": text, "until": text}, "reviewed": text, "channels": [text],
        "translations": {"en": {"question": text, "answer": text}, text: {"answer": text}},
        text: text,
    }  # fmt: skip


def texts_with(text: str) -> list[str]:
    """The same as somebody writes it, quoted and not."""
    quoted = json.dumps(text, ensure_ascii=False)
    return [
        text,
        f"id: price-9\nquestion: {text}\nanswer: {text}\n",
        f"id: price-9\nquestion: {quoted}\nanswer: |\n  {text}\n",
        f"id: price-9\nquestion: 柿\nvariants: [{text}]\nanswer: {quoted}\n",
        f"{text}: {text}\n",
    ]


async def try_text(admin: Staff, case: Case, *, slow: bool) -> None:
    """Every act that an admin does while writing; a draft is kept, shown and thrown away."""
    text = case.text[:4_000]
    edit = {"id": "price-9", "kind": "edit", "values": values_with(text)}
    lean = {**edit, "values": {"id": "price-9", "question": text, "answer": text}}
    await _post(admin, case, "look", edit)
    await _post(admin, case, "look", lean)
    for written in texts_with(text):
        await _post(admin, case, "values", {"text": written})
        await _post(admin, case, "look", {"id": "price-9", "kind": "edit", "text": written})
    await _post(admin, case, "try", {
        "id": "price-1", "kind": "edit", "values": {"id": "price-1", "question": "柿", "answer": "柿"},
        "question": text[:500] or "x", "lang": "ja", "channel": "web"})  # fmt: skip
    odd = {"id": text[:64], "kind": text[:10], "file": text[:200]}
    await _post(admin, case, "look", odd)
    await _post(admin, case, "look", {"id": "new-one", "kind": "new", "file": text[:200], "values": {
        "id": "new-one", "question": "柿", "answer": "柿"}})  # fmt: skip
    if slow:
        await _post(admin, case, "check", lean)
    await admin.get("knowledge page", case.name, "/knowledge/new", params={
        "question": as_shown(text)[:400], "variant": as_shown(text)[:400], "answer": as_shown(text)[:900]})  # fmt: skip


async def try_draft(admin: Staff, case: Case, *, publish: bool) -> None:
    """A draft of the text; its page does not break out of its JSON; published where it may be."""
    text = case.text[:2_000]
    values = {"id": "price-8", "question": text or "x", "answer": text or "x", "variants": [text]}
    status, body = await _post(
        admin, case, "draft", {"id": "price-8", "kind": "edit", "values": values, "seen": 0}
    )
    if status != 200:
        return
    seen = json.loads(body)["version"]
    _, page = await admin.get("knowledge page", case.name, "/knowledge/e/price-8")
    if "<" in text and as_shown(text).encode() in page:
        admin.arena.complain("knowledge page", case.name, "echoed as it is")
    await admin.get("knowledge page", case.name, "/knowledge?state=draft")
    done = 0
    if publish:
        act = {"id": "price-8", "seen": seen, "reason": (text or "x")[:500]}
        done, _ = await _post(admin, case, "publish", act)
    if done != 200:
        await _post(admin, case, "discard", {"id": "price-8", "seen": seen})
        return
    for path in ("/chat/faq", "/chat/faq/price-8", "/knowledge/history", "/chat/faq/sitemap.xml"):
        _, page = await admin.get("published", case.name, path)
        if "<" in text and as_shown(text).encode() in page:
            admin.arena.complain("published", case.name, f"{path} shows it as it is")


async def try_mutant(admin: Staff, case: Case, chance: Random) -> None:
    """Changed trees and bytes to each act but the slow ones."""
    edit = {"id": "price-9", "kind": "edit", "values": values_with(case.text[:500])}
    act = chance.choice(("look", "look", "values", "try", "draft", "discard", "merge", "rebase"))
    body = {
        "values": {"text": chance.choice(texts_with(case.text[:500]))},
        "try": {**edit, "question": case.text[:500], "lang": "ja", "channel": "line"},
        "draft": {**edit, "id": "price-7", "seen": 0},
        "discard": {"id": "price-7", "seen": 1},
        "merge": {"id": "price-7", "seen": 1},
        "rebase": {"id": "price-7", "seen": 1, "values": edit["values"]},
    }.get(act, edit)
    spice = (case.text[:500], "\x00", "\ud83d")
    await _post(admin, case, act, mutate_json(body, chance, spice=spice))
    raw = mutate_bytes(json.dumps(body).encode(), chance)
    await admin.post("knowledge bytes", case.name, f"{_API}/{act}", data=raw, headers=_JSON)


async def _post(admin: Staff, case: Case, act: str, body: Any) -> tuple[int, bytes]:
    # as bytes: the client would send no body at all for a tree that has become null
    raw = json.dumps(body).encode()
    status, answer = await admin.post(
        f"knowledge {act}", case.name, f"{_API}/{act}", data=raw, headers=_JSON
    )
    if status not in {200, 400, 404, 409, 413, 429}:
        admin.arena.complain(f"knowledge {act}", case.name, f"{status} {answer[:200]!r}")
    return status, answer


async def try_files(arena: Arena, files: dict[str, bytes]) -> None:
    """Files that an editor or git leaves in the folder: what was served stays, the server lives."""
    folder = arena.folder / "knowledge"
    visitor = await arena.visit()
    for name, raw in files.items():
        (folder / "hostile.yaml").write_bytes(raw)
        sent = {"type": "send", "client_id": visitor.client_id(), "text": "りんごはいくらですか？"}
        status, body = await visitor.post("knowledge file", name, "/chat/send", json=sent)
        if status == 200:
            texts = [one["text"] for one in await visitor.poll(json.loads(body)["seq"])]
            arena.expect("knowledge file", name, "りんごは100円です。" in texts, True)
        if visitor.count % 8 == 0:
            visitor = await arena.visit()
    (folder / "hostile.yaml").unlink()
