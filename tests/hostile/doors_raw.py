"""Bytes that are hardly HTTP, on a socket without a client between."""

# ruff: noqa: E501 - payloads stand in one line

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from tests.hostile.arena import Arena

_GET = b"GET /healthz HTTP/1.1\r\nHost: {host}\r\n"
_BODY = b'{"type":"hello"}'


def requests() -> dict[str, tuple[bytes, set[int]]]:
    """Each with the statuses that may come back; 0 is a closed connection."""
    post = b"POST /chat/hello HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    post += b"Content-Type: application/json\r\n"
    return {
        "length and chunks": (
            post + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET", {400}),
        "two lengths": (post + b"Content-Length: 4\r\nContent-Length: 16\r\n\r\n" + _BODY, {400}),
        "odd length": (post + b"Content-Length: +16\r\n\r\n" + _BODY, {400}),
        "negative length": (post + b"Content-Length: -1\r\n\r\n" + _BODY, {400}),
        "endless length": (post + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n", {400, 413}),
        "huge length": (post + b"Content-Length: 99999999999\r\n\r\n", {413}),
        "odd chunks": (post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n", {400}),
        "odd encoding": (post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
        "packed": (
            post + b"Content-Encoding: gzip\r\nContent-Length: 16\r\n\r\n" + _BODY, {415}),
        "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
        "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
        "odd host": (b'GET /login HTTP/1.1\r\nHost: elsewhere.invalid"><script>\r\n\r\n', {200, 400}),
        "bare lines": (b"GET /healthz HTTP/1.1\nHost: x\n\n", {400}),
        "nul in header": (_GET + b"X-A: a\x00b\r\n\r\n", {400}),
        "nul in path": (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        "folded header": (_GET + b"X-A: a\r\n b\r\n\r\n", {400}),
        "blank before colon": (_GET + b"X-A : a\r\n\r\n", {400}),
        "bytes in header": (_GET + b"X-A: \xff\xfe\x80\r\nCookie: madoguchi=\xff\r\n\r\n", {200}),
        "long header": (_GET + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n", {400}),
        "many headers": (_GET + b"X-A: a\r\n" * 40_000 + b"\r\n", {400, 0}),
        "long path": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        "other version": (b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n", {200, 400}),
        "preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 404, 405}),
        "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, {400}),
        "binary": (bytes(range(256)) * 20, {400}),
        "garbage": (b"hello\r\n\r\n", {400}),
        "absolute": (b"GET http://elsewhere.invalid/ HTTP/1.1\r\nHost: x\r\n\r\n", {302, 303, 400, 404}),
        "connect": (b"CONNECT elsewhere.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 405, 401, 403}),
        "up": (b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", {401, 404}),
        "up encoded": (b"GET /static/x/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        "up twice": (b"GET /desk/static/x/%252e%252e/%252e%252e/server.py HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        "desk up": (b"GET /static/..%2fdesk HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        "double slash": (b"GET //desk HTTP/1.1\r\nHost: x\r\n\r\n", {401, 404}),
        "dots": (b"GET /chat/../desk HTTP/1.1\r\nHost: x\r\n\r\n", {401, 404}),
        "encoded dots": (b"GET /chat/%2e%2e/desk HTTP/1.1\r\nHost: x\r\n\r\n", {401, 404}),
        "params": (b"GET /chat;/../desk HTTP/1.1\r\nHost: x\r\n\r\n", {401, 404}),
        "next": (b"GET /login?next=//elsewhere.invalid HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        "split": (b"GET /login?next=/%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        "user header": (b"GET /desk HTTP/1.1\r\nHost: x\r\nX-Remote-User: chief\r\n\r\n", {401}),
        "override": (post.replace(b"/chat/hello", b"/desk/api/next")
                     + b"X-HTTP-Method-Override: GET\r\nContent-Length: 2\r\n\r\n{}", {401}),
        "many cookies": (_GET + b"Cookie: " + b"a=b; " * 1_500 + b"\r\n\r\n", {200, 400}),
        "forwarded": (_GET + b"X-Forwarded-For: " + b"1.2.3.4, " * 800 + b"\r\n\r\n", {200, 400}),
        "range": (b"GET /widget.js HTTP/1.1\r\nHost: x\r\nRange: bytes=0-,0-,0-,-1,9-1\r\n\r\n",
                  {200, 206, 400, 416}),
        "expect": (post + b"Expect: 200-maybe\r\nContent-Length: 16\r\n\r\n" + _BODY, {400, 417}),
        "upgrade": (_GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", {200, 400}),
        "half": (b"GET /healthz HTT", {0}),
    }  # fmt: skip


async def try_requests(arena: Arena) -> None:
    """Each on a connection of its own; no answer may hold another file or another site."""
    place = urlsplit(arena.url)
    host = place.netloc.encode()
    for name, (raw, allowed) in requests().items():
        answer = await talk(str(place.hostname), place.port or 80, raw.replace(b"{host}", host))
        status = int(answer[9:12]) if answer[:5] == b"HTTP/" else 0
        arena.note("raw", name, status, answer)
        if status not in allowed:
            arena.complain("raw", name, f"{status} instead of {allowed}: {answer[:120]!r}")
        head = answer.split(b"\r\n\r\n")[0].lower()
        if b"root:" in answer or b"set-cookie: a=b" in head or b"location: //" in head:
            arena.complain("raw", name, f"{answer[:300]!r}")
    await _pipeline(arena, str(place.hostname), place.port or 80, host)


async def talk(host: str, port: int, raw: bytes, seconds: float = 3) -> bytes:
    """Everything that comes back until it is quiet."""
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    with suppress(ConnectionError):
        writer.write(raw)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                answer = await reader.read(65_536)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return answer


async def _pipeline(arena: Arena, host: str, port: int, name: bytes) -> None:
    """Two thousand questions at once on one connection are answered or cut off."""
    raw = b"GET /healthz HTTP/1.1\r\nHost: " + name + b"\r\n\r\n"
    await talk(host, port, raw * 2_000)
    status, _ = await arena.ask("raw", "behind a pipeline", "GET", "/healthz")
    arena.expect("raw", "behind a pipeline", status, 200)
