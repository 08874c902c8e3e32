"""The web chat's doors: HTTP, WebSocket, files, suggestions, the pages to read."""

# ruff: noqa: FBT003 - what is expected is a value

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.channels.webchat.protocol import TEXT_MAX
from bot.masking import mask_text
from tests.contracts.line_house import price, question
from tests.hostile.arena import Arena, Visitor
from tests.hostile.mutators import mutate_bytes, mutate_json
from tests.hostile.texts import Case, as_shown

#: A visitor may send ten files a minute and ask for suggestions thirty times in ten seconds.
_TALKS = 8
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@dataclass
class Web:
    """Visitors who take turns."""

    arena: Arena
    visitor: Visitor | None = None
    said: int = 0
    refused: list[str] = field(default_factory=list)

    async def guest(self) -> Visitor:
        """Somebody who has not said much yet."""
        if self.visitor is None or self.said >= _TALKS:
            self.visitor, self.said = await self.arena.visit(), 0
        self.said += 1
        return self.visitor


async def try_text(web: Web, case: Case) -> None:
    """A text through every door that a visitor has."""
    guest = await web.guest()
    await _send(web.arena, guest, case)
    await _answered(web.arena, guest, case)
    text = case.text
    await guest.post("web choice", case.name, "/chat/send", json={
        "type": "choice", "client_id": guest.client_id(), "code": text[:300] or "x",
        "label": text[:200] or "x"})  # fmt: skip
    await guest.post("web frame", case.name, "/chat/send", json={"type": text, text[:100]: text})
    await web.arena.ask("web hello", case.name, "POST", "/chat/hello", json={
        "type": "hello", "token": text[:200], "site": text[:100]})  # fmt: skip
    await web.arena.ask("web token", case.name, "GET", "/chat/poll?wait=0", headers={
        "Authorization": "Bearer " + _header(text)})  # fmt: skip
    await guest.post("suggest", case.name, "/chat/suggest", json={
        "text": text[:200] or "x", "lang": "ja"})  # fmt: skip
    await _pages(web.arena, case)
    await _upload(web.arena, guest, case)


async def _send(arena: Arena, guest: Visitor, case: Case) -> None:
    """Taken and shown as it was sent, or refused with a reason."""
    sent = {"type": "send", "client_id": guest.client_id(), "text": case.text}
    status, body = await guest.post("web send", case.name, "/chat/send", json=sent)
    shown = as_shown(case.text)
    if not shown or len(shown) > TEXT_MAX:
        # halves of a pair may become one character or two: either side of the limit is right
        if len(case.text) > TEXT_MAX or not shown:
            arena.expect("web send", case.name, status in {400, 413}, True)
        return
    if status not in {200, 429}:
        if status != 409:
            arena.complain("web send", case.name, f"{status} {body[:200]!r}")
        return
    if status == 200 and (seq := json.loads(body)["seq"]):
        found = [one["text"] for one in await guest.poll(seq - 1) if one["seq"] == seq]
        arena.expect("web transcript", case.name, found, [mask_text(shown).text])


async def _answered(arena: Arena, guest: Visitor, case: Case) -> None:
    """The good message right behind is understood, whatever came before."""
    number = arena.number() % 7
    stranger = await arena.visit() if arena.count % 7 == 0 else guest
    sent = {"type": "send", "client_id": stranger.client_id(), "text": question(number)}
    status, body = await stranger.post("web neighbour", case.name, "/chat/send", json=sent)
    if status == 200 and stranger is not guest:
        seq = json.loads(body)["seq"]
        texts = [one["text"] for one in await stranger.poll(seq)]
        arena.expect("web neighbour", case.name, texts[:1], [price(number)])


async def _pages(arena: Arena, case: Case) -> None:
    text = as_shown(case.text)[:300]
    name = quote(text.replace("/", "%2F"), safe="")
    for path in (
        f"/chat/faq/c/{name or 'x'}",
        f"/chat/faq/c/{quote('値段')}?page={name}&lang={name}",
        f"/chat/faq/{name}",
        f"/chat/faq?lang={name}",
        f"/chat?lang={name}&theme={name}&embed={name}",
        f"/chat/poll?after={name}&wait=0",
        f"/chat/file/{name}",
        f"/static/{name}/{name}",
    ):
        status, body = await arena.ask("web page", case.name, "GET", path, headers={
            "Accept": "text/html", "Accept-Language": _header(text)})  # fmt: skip
        if case.kind == "markup" and text.encode() in body and "<" in text:
            arena.complain("web page", case.name, f"{path} echoes it as it is ({status})")


async def _upload(arena: Arena, guest: Visitor, case: Case) -> None:
    # of a file's name only this door decodes; every tenth a picture, the others what they are
    body = PNG if guest.count % 10 == 1 else as_shown(case.text)[:2_000].encode() or b"x"
    status, _ = await guest.post("upload", case.name, "/chat/upload", data=body, headers={
        "X-Client-Id": guest.client_id(), "X-File-Name": quote(as_shown(case.text)[:300]),
        "Content-Type": "image/png"})  # fmt: skip
    if status not in {200, 409, 415, 429}:
        arena.complain("upload", case.name, str(status))


def _header(text: str) -> str:
    """What of a text an HTTP client would put into a header at all."""
    return "".join(one for one in text if one.isprintable() and ord(one) < 0xD800)[:300]


# --- WebSocket


async def try_socket(arena: Arena, cases: list[Case]) -> None:
    """Texts one after the other over one socket; each is acknowledged or refused."""
    headers = {"Origin": arena.url}
    async with arena.web.ws_connect(arena.url + "/chat/ws", headers=headers) as socket:
        await socket.send_json({"type": "hello", "token": None, "after": 0})
        for number, case in enumerate(cases):
            key = f"socket-{number:04}"
            frame = json.dumps({"type": "send", "client_id": key, "text": case.text[:TEXT_MAX]})
            if len(frame) > 16_000:
                continue  # such frames close the socket; they are cases of their own
            await socket.send_str(frame)
            if not await _heard(arena, socket, key, case):
                return


async def _heard(
    arena: Arena, socket: aiohttp.ClientWebSocketResponse, key: str, case: Case
) -> bool:
    """Until the frame is answered; False when the socket is gone."""
    try:
        async with asyncio.timeout(30):
            async for message in socket:
                frame = json.loads(message.data)
                if frame["type"] == "error" or frame.get("client_id") == key:
                    arena.seen[f"socket {frame['type']}", 0] += 1
                    return True
                if frame["type"] == "slow":
                    return True
    except TimeoutError:
        arena.complain("socket", case.name, "no answer in 30 s")
        return False
    arena.complain("socket", case.name, f"closed with {socket.close_code}")
    return False


def frames() -> dict[str, tuple[list[Any], set[int | None]]]:
    """What a broken page sends instead of a hello, and with what the socket may be closed."""
    hello = json.dumps({"type": "hello"})
    return {
        "binary": ([hello, b"\x00\xff"], {1003}),
        "binary first": ([b"hello"], {1003, 1008}),
        "no hello": ([json.dumps({"type": "send", "client_id": "12345678", "text": "x"})], {1008}),
        "too large": ([hello, "x" * 20_000], {1009}),
        "far too large": (["x" * 5_000_000], {1009, 1006}),
        "nonsense": ([hello, *["{"] * 30], {1008}),
        "deep": ([hello, *["[" * 10_000] * 25], {1008}),
        "surrogates": ([hello, *['{"type":"\\ud83d"}'] * 25], {1008}),
        "numbers": ([hello, *['{"type":"read","seq":1e999}'] * 25], {1008}),
        "long number": ([hello, *['{"type":"read","seq":' + "9" * 5_000 + "}"] * 25], {1008}),
        "keys twice": ([hello, *['{"type":"read","seq":1,"seq":2}'] * 25], {1008}),
        "not an object": ([hello, *["null", "1", '"x"', "[]", "true"] * 5], {1008}),
    }


async def try_frames(arena: Arena) -> None:
    """Each ends its own socket and nobody else's."""
    for name, (sent, codes) in frames().items():
        headers = {"Origin": arena.url}
        async with arena.web.ws_connect(arena.url + "/chat/ws", headers=headers) as socket:
            code = await _until_closed(socket, sent)
        if code not in codes:
            arena.complain("frames", name, f"closed with {code}, not {codes}")
        arena.seen["frames", code or 0] += 1
    for name, origin in {
        "elsewhere": "https://elsewhere.invalid", "null": "null", "none": None,
        "suffix": arena.url + ".elsewhere.invalid", "user": arena.url.replace("//", "//x@"),
        "kanji": "http://窓口.example",
    }.items():  # fmt: skip
        headers = {} if origin is None else {"Origin": origin}
        try:
            async with arena.web.ws_connect(arena.url + "/chat/ws", headers=headers):
                arena.complain("frames", f"origin {name}", "let in")
        except aiohttp.WSServerHandshakeError as error:
            arena.expect("frames", f"origin {name}", error.status, 403)


async def _until_closed(socket: aiohttp.ClientWebSocketResponse, sent: list[Any]) -> int | None:
    try:
        async with asyncio.timeout(20):
            for frame in sent:
                await (socket.send_bytes(frame) if isinstance(frame, bytes) else
                       socket.send_str(frame))  # fmt: skip
            async for _ in socket:
                pass
    except (ConnectionError, aiohttp.ClientError):
        return socket.close_code or 1006
    except TimeoutError:
        return None
    return socket.close_code


# --- bodies of their own kind


def bodies() -> dict[str, tuple[bytes, set[int]]]:
    """JSON that is none, or says what nobody expects."""
    send = json.dumps({"type": "send", "client_id": "12345678", "text": "x"}).encode()
    return {
        "empty": (b"", {400}),
        "deep": (b"[" * 60_000, {400}),
        "deep object": (b'{"a":' * 10_000, {400}),
        "large": (b" " * 70_000, {413}),
        "nan": (send.replace(b'"x"', b"NaN"), {400}),
        "list text": (send.replace(b'"x"', b'["x"]'), {400}),
        "object text": (send.replace(b'"x"', b'{"$ne":null}'), {400}),
        "null text": (send.replace(b'"x"', b"null"), {400}),
        "keys twice": (send.replace(b'"type"', b'"text":"y","type"'), {400}),
        "more keys": (send.replace(b'"type"', b'"role":"agent","type"'), {400}),
        "odd id": (send.replace(b"12345678", b"../../etc"), {400}),
        "wide id": (send.replace(b"12345678", "１２３４５６７８".encode()), {400}),
        "id with end": (send.replace(b"12345678", b"12345678\\n"), {400}),
        "not utf-8": (send.replace(b'"x"', b'"\xff\xfe"'), {200}),
        "utf-16": (send.decode().encode("utf-16"), {400}),
        "byte order mark": (b"\xef\xbb\xbf" + send, {200, 400}),
        "two values": (send + send, {400}),
        "read large": (b'{"type":"read","seq":9007199254740993}', {400}),
        "read negative": (b'{"type":"read","seq":-1}', {400}),
        "read float": (b'{"type":"read","seq":1.0}', {400}),
        "read true": (b'{"type":"read","seq":true}', {400}),
        "long number": (b'{"type":"read","seq":' + b"9" * 5_000 + b"}", {400}),
    }


async def try_bodies(arena: Arena) -> None:
    """Each refused for what it is; types, origins, tokens and files too."""
    guest = await arena.visit()
    json_type = {"Content-Type": "application/json"}
    for name, (body, allowed) in bodies().items():
        status, _ = await guest.post("web body", name, "/chat/send", data=body, headers=json_type)
        if status not in allowed:
            arena.complain("web body", name, f"{status}, not {allowed}")
        for path in ("/chat/hello", "/chat/suggest"):
            status, _ = await guest.post("web body", name, path, data=body, headers=json_type)
            arena.expect("web body", f"{name} {path}", status in {400, 413}, True)
    for name, kind in {"form": "application/x-www-form-urlencoded", "text": "text/plain",
                       "parts": "multipart/form-data; boundary=x", "odd": "application/json;;=;",
                       "none": ""}.items():  # fmt: skip
        body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        status, _ = await guest.post(
            "web type", name, "/chat/send", data=body, headers={"Content-Type": kind}
        )
        arena.expect("web type", name, status in {400, 415}, True)
    await _try_files(arena)


async def _try_files(arena: Arena) -> None:
    gif = b"GIF89a" + (65_535).to_bytes(2, "little") * 2 + b"\x00" * 64
    for name, (body, wanted) in {
        "page": (b"<!doctype html><script>1</script>" + b" " * 64, 415),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='1'/>" + b" " * 64, 415),
        "zip": (b"PK\x03\x04" + b"\x00" * 64, 415),
        "program": (b"MZ" + b"\x00" * 64, 415),
        "elf": (b"\x7fELF" + b"\x00" * 64, 415),
        "empty": (b"", 415),
        "short": (b"\x89PNG", 415),
        "large picture": (gif, 200),
        "pdf with script": (b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(1)>>>>" * 3, 200),
        "gzip": (b"\x1f\x8b\x08" + b"\x00" * 64, 415),
        "too large": (PNG + b"\x00" * 11_000_000, 413),
    }.items():
        guest = await arena.visit()
        status, _ = await guest.post("upload", name, "/chat/upload", data=body, headers={
            "X-Client-Id": guest.client_id(), "X-File-Name": "a.png"})  # fmt: skip
        arena.expect("upload", name, status, wanted)
        for shown in [one for one in await guest.poll() if one.get("files")]:
            key = shown["files"][0]["key"]
            async with arena.web.get(
                f"{arena.url}/chat/file/{key}", headers=guest.headers
            ) as answer:
                kind = answer.headers.get("Content-Disposition", "")[:10]
                arena.expect("file", name, (answer.status, kind), (200, "attachment"))
            stranger = await arena.visit()
            status, _ = await arena.ask(
                "file", name, "GET", f"/chat/file/{key}", headers=stranger.headers
            )
            arena.expect("file of another", name, status, 404)


async def try_mutant(web: Web, case: Case, chance: Random) -> None:
    """A changed tree and changed bytes to each address that takes JSON."""
    guest = await web.guest()
    frame = {"type": "send", "client_id": guest.client_id(), "text": case.text[:TEXT_MAX]}
    path = chance.choice(("/chat/send", "/chat/send", "/chat/hello", "/chat/suggest"))
    changed = mutate_json(frame, chance, spice=(case.text, "\x00", "\ud83d"))
    await guest.post("web tree", case.name, path, json=changed)
    raw = mutate_bytes(json.dumps(frame).encode(), chance)
    json_type = {"Content-Type": "application/json"}
    await guest.post("web bytes", case.name, path, data=raw, headers=json_type)
    await _send(web.arena, guest, case)


async def try_parts(web: Web, case: Case, parts: Sequence[str]) -> None:
    """One text in several messages, one after the other: all stand there, in order."""
    guest = await web.arena.visit()
    for part in parts:
        await _send(web.arena, guest, Case(name=case.name, text=part))
    said = [one["text"] for one in await guest.poll() if one["from"] == "customer"]
    taken = [as_shown(one) for one in parts if len(as_shown(one)) <= TEXT_MAX]
    wanted = [mask_text(one).text for one in taken]
    web.arena.expect("web parts", case.name, said, wanted)
