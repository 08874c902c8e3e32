"""LINE's door: each text in every field that a webhook has, between two good events."""

# ruff: noqa: FBT003 - what is expected is a value
# ruff: noqa: E501 - payloads stand in one line

import asyncio
import gzip
import json
from collections.abc import Sequence
from random import Random
from typing import Any

from bot.events import TEXT_LIMIT
from bot.masking import mask_text
from bot.standin.sender import sign
from tests.contracts.line_house import price, question
from tests.hostile.arena import Arena
from tests.hostile.mutators import mutate_bytes, mutate_json
from tests.hostile.texts import Case, as_shown

_BATCH = 400


def events_with(arena: Arena, text: str) -> list[Any]:
    """An event for every field that holds a text; each from a customer of its own."""
    make = arena.platform.events

    def who() -> str:
        return arena.customer(text[:300])

    message = make.text(who(), text)
    # the call as a whole has a limit of its own
    text = text[:2_000]
    quoting = make.text(who(), question(1), quotedMessageId=text)
    odd_key = make.text(who(), question(2)) | {"webhookEventId": text}
    odd_token = make.text(who(), question(3)) | {"replyToken": text}
    odd_person = make.text(who(), question(4))
    odd_person["source"]["userId"] = text
    odd_type = make.text(who(), text) | {"type": text}
    odd_id = make.text(who(), question(5))
    odd_id["message"]["id"] = text
    location = make.location(who())
    location["message"] |= {"title": text, "address": text}
    return [
        message, quoting, odd_key, odd_token, odd_person, odd_type, odd_id, location,
        make.postback(who(), text),
        make.postback(who(), "human", params={text: text}),
        make.sticker(who(), text, text, keywords=[text] * 20, text=text),
        make.file(who(), text),
        make.unsend(who(), text),
        make.message(who(), {"type": text, text: text}),
    ]  # fmt: skip


async def between_good(arena: Arena, case: str, hostile: Sequence[Any]) -> None:
    """One signed call; the customers before and after must get their answers."""
    first, last = arena.customer(), arena.customer()
    number = arena.number() % 7  # the entries behind these are edited
    good = [arena.platform.events.text(who, question(number)) for who in (first, last)]
    for event in good:
        arena.platform.observe(event)
    body = arena.calls(good[0], *hostile, good[1])
    status = await arena.webhook("line", case, body)
    for _ in range(20):
        if status != 503:
            break
        # as LINE does it: the same again until it is stored
        await asyncio.sleep(0.3)
        status = await arena.webhook("line", case, body)
    arena.expect("line", case, status, 200)
    arena.good_customers += [(first, number), (last, number)]


async def try_text(arena: Arena, case: Case) -> None:
    """A text in all fields, signed and unsigned; afterwards the transcript has it as it was sent."""
    events = events_with(arena, case.text)
    await between_good(arena, case.name, events)
    unsigned = arena.calls(events[0])
    for header in ("", case.text[:200].encode("ascii", "replace").decode()):
        odd = "".join(letter for letter in header if letter.isprintable())
        status = await arena.webhook(
            "line unsigned", case.name, unsigned, **{"x-line-signature": odd}
        )
        arena.expect("line unsigned", case.name, status, 401)
    rows = arena.rows(
        "SELECT text FROM message WHERE sender = 'customer' AND source_key = ?",
        events[0]["message"]["id"],
    )
    wanted = mask_text(as_shown(case.text)[:TEXT_LIMIT]).text
    arena.expect("line transcript", case.name, rows, [(wanted,)])


async def try_mutant(arena: Arena, case: Case, chance: Random) -> None:
    """Events whose trees were changed, and a body whose bytes were."""
    events = events_with(arena, case.text)
    hostile = [mutate_json(one, chance, spice=(case.text, "\x00", "\ud83d")) for one in events[:6]]
    await between_good(arena, case.name, hostile)
    raw = mutate_bytes(arena.calls(*events[:3]), chance)
    status = await arena.webhook("line bytes", case.name, raw)
    if status not in {200, 400, 413, 503}:
        arena.complain("line bytes", case.name, f"{status} for {raw[:200]!r}")


async def try_parts(arena: Arena, case: Case, parts: Sequence[str]) -> None:
    """One text in several messages of one customer, in one call: all stand there, in order."""
    who = arena.customer()
    await between_good(arena, case.name, [arena.platform.events.text(who, one) for one in parts])
    rows = arena.rows(
        "SELECT m.text FROM message m JOIN customer k ON k.id = m.customer_id"
        " WHERE m.sender = 'customer' AND k.external_id = ? ORDER BY m.seq",
        who,
    )
    wanted = [(mask_text(as_shown(one)[:TEXT_LIMIT]).text,) for one in parts]
    arena.expect("line parts", case.name, rows, wanted)


async def check_good(arena: Arena, seconds: float = 60) -> None:
    """Everybody who asked something good has been answered, once."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    waiting = arena.good_customers
    while waiting and loop.time() < end:
        waiting = [one for one in waiting if price(one[1]) not in arena.platform.texts_to(one[0])]
        await asyncio.sleep(0.1)
    for who, number in waiting:
        arena.complain("line", "good neighbour", f"{who} {number}: {arena.platform.texts_to(who)}")
    for who, number in arena.good_customers:
        arena.expect("line", "answered once", arena.platform.texts_to(who).count(price(number)), 1)
    arena.good_customers.clear()


def raw_bodies(arena: Arena) -> list[tuple[str, bytes, set[int]]]:
    """Signed bodies that are hardly LINE's, and what may be answered."""
    event = arena.platform.events.text(arena.customer(), "りんご")
    good = arena.calls(event)
    envelope = json.loads(good)
    bodies: list[tuple[str, bytes, set[int]]] = [
        ("empty", b"", {400}),
        ("no json", b"events=1", {400}),
        ("null", b"null", {400}),
        ("list", b"[]", {400}),
        ("text", b'"events"', {400}),
        ("number", b"1" * 6_000, {400}),
        ("no events", b"{}", {400}),
        ("events null", b'{"events":null}', {400}),
        ("events object", b'{"events":{}}', {400}),
        ("no event", b'{"events":[]}', {200}),
        ("odd events", b'{"events":[null,1,"x",[],{},true,1e999,NaN]}', {200}),
        ("byte order mark", b"\xef\xbb\xbf" + good, {200}),
        ("utf-16", good.decode().encode("utf-16"), {400}),
        ("not utf-8", good.replace(b"text", b"te\xff\xfext", 1), {200}),
        ("keys twice", b'{"events":[],' + good[1:], {200}),
        ("deep list", b"[" * 200_000, {400}),
        (
            "deep in event",
            b'{"events":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}",
            {200, 400},
        ),
        ("nan", good.replace(b'"timestamp": ', b'"timestamp": NaN, "x": ', 1), {200, 400}),
        ("long number", b'{"events":[{"timestamp":' + b"9" * 5_000 + b"}]}", {200}),
        ("negative time", arena.calls(event | {"timestamp": -1}), {200}),
        ("far time", arena.calls(event | {"timestamp": 2**62}), {200}),
        ("too many", json.dumps({"events": [{}] * 2_001}).encode(), {400}),
        ("many", json.dumps({"events": [{}] * 2_000}).encode(), {200, 503}),
        ("too large", b" " * (1024 * 1024 + 1), {413}),
        ("largest", json.dumps(envelope).encode().ljust(1024 * 1024), {200}),
        ("trailing", good + b"\x00\x00", {400}),
        ("two values", good + good, {400}),
        ("comments", b"/* x */" + good, {400}),
        ("single quotes", good.replace(b'"', b"'"), {400}),
        ("other account", json.dumps(envelope | {"destination": "U" + "0" * 32}).encode(), {200}),
        ("odd destination", json.dumps(envelope | {"destination": {"$ne": 1}}).encode(), {200}),
        ("long keys", b'{"events":[{"' + b"k" * 500_000 + b'":1}]}', {200}),
        (
            "many keys",
            json.dumps({"events": [{str(n): n for n in range(50_000)}]}).encode(),
            {200},
        ),
    ]
    return bodies


async def try_raw(arena: Arena) -> None:
    """Bodies of their own kind; each with good customers right behind."""
    for name, body, allowed in raw_bodies(arena):
        status = await arena.webhook("line body", name, body)
        if status not in allowed:
            arena.complain("line body", name, f"{status}, not one of {allowed}")
        await between_good(arena, name, [])
    await _try_signatures(arena)


async def _try_signatures(arena: Arena) -> None:
    body = arena.calls(arena.platform.events.text(arena.customer(), "りんご"))
    right = sign(body, "line-secret")
    for name, value in {
        "other body": sign(body + b" ", "line-secret"),
        "other secret": sign(body, "line-secre"),
        "hex": right.encode().hex(),
        "cut": right[:-2],
        "no padding": right.rstrip("="),
        "longer": right + "AAAA",
        "case": right.swapcase(),
        "url alphabet": right.replace("+", "-").replace("/", "_") + "-",
        "long": "A" * 7_000,
        "word": "sha256=" + right,
        "two in one": f"{right},{right}",
        "kanji": "署名",
    }.items():
        status = await arena.webhook("line signature", name, body, **{"x-line-signature": value})
        arena.expect("line signature", name, status, 401)
    twice = [("x-line-signature", "AAAA"), ("x-line-signature", right)]
    async with arena.web.post(arena.url + "/line/webhook", data=body, headers=twice) as answer:
        arena.expect("line signature", "two headers", answer.status, 401)
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        status, _ = await arena.ask("line method", method, method, "/line/webhook")
        arena.expect("line method", method, status in {400, 405}, True)
    bomb = await asyncio.to_thread(_bomb)
    status = await arena.webhook("line gzip", "bomb", bomb, **{"Content-Encoding": "gzip"})
    arena.expect("line gzip", "bomb", status, 415)


def _bomb() -> bytes:
    return gzip.compress(b"[" * 50_000_000)
