"""Serves the platform over HTTP: LINE's own paths, with faults, and the phone page."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web

from bot.standin.appkeys import PLATFORM, SENDER, STOPPING, TASKS
from bot.standin.calls import answer_call, name_endpoint
from bot.standin.faults import Fault, FaultKind
from bot.standin.phone import add_phone
from bot.standin.platform import Platform
from bot.standin.sender import Receipt, WebhookSender
from bot.standin.values import Answer, Call, answer_json, refuse

#: above LINE's 2 MB, so that the platform itself refuses, and room for a phone's pictures
_BODY_MOST = 12 * 1024 * 1024

_REFUSALS = {
    FaultKind.ERROR: refuse(500, "Internal server error"),
    FaultKind.BAD_GATEWAY: Answer(
        status=502, body=b"\xff\xfe<html>\x83\x47\x83\x89</html>", content_type="text/html"
    ),
    FaultKind.GARBAGE: Answer(status=200, body=b'{"sentMessages":[{"id'),
    FaultKind.RATE: refuse(429, "The API rate limit has been exceeded. Try again later."),
    FaultKind.CONCURRENCY: refuse(429, "Too many concurrent requests."),
    FaultKind.MONTH: refuse(429, "You have reached your monthly limit."),
    FaultKind.PERSON: refuse(429, "Too many messages to the same user."),
    FaultKind.UNAUTHORIZED: refuse(401, "Authentication failed. The access token has expired."),
}


def create_standin(
    platform: Platform, *, webhook_url: str | None = None, phone: bool = True
) -> web.Application:
    """LINE's API and content hosts in one application; `phone` adds the page at `/`."""
    if webhook_url is not None:
        platform.webhook_url = webhook_url
    app = web.Application(client_max_size=_BODY_MOST)
    app[PLATFORM] = platform
    app[TASKS] = set()
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(_stop_waiting)
    app.cleanup_ctx.append(_open_sender)
    if phone:
        add_phone(app)
    app.router.add_route("*", "/{path:(?:v2|oauth2)/.*}", _answer_api)
    return app


async def _open_sender(app: web.Application) -> AsyncIterator[None]:
    async with WebhookSender(app[PLATFORM]) as sender:
        app[SENDER] = sender
        yield
        tasks = app[TASKS]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tuple(tasks), return_exceptions=True)


async def _stop_waiting(app: web.Application) -> None:
    app[STOPPING].set()


async def _answer_api(request: web.Request) -> web.StreamResponse:
    platform = request.app[PLATFORM]
    call = Call(
        method=request.method,
        path=request.rel_url.raw_path,
        headers=dict(request.headers),
        body=await request.read(),
    )
    fault = platform.faults.draw(name_endpoint(call), platform.clock())
    if fault is None:
        return _respond(await _work(request, call))
    return await _fail(request, call, fault)


async def _fail(request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
    if fault.kind is FaultKind.SLOW:
        # the platform does the work even when the caller has long given up
        await _keep_waiting(request, fault.seconds, whoever_listens=True)
        return _respond(await _work(request, call))
    if fault.after:
        done = await _work(request, call)
        if not done.accepted:
            # an "after" fault hides a success; a refusal is told as it is
            return _respond(done)
    if fault.kind is FaultKind.HANG:
        await _keep_waiting(request, fault.seconds)
    if fault.kind in {FaultKind.HANG, FaultKind.RESET}:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    return _respond(_REFUSALS[fault.kind])


async def _keep_waiting(
    request: web.Request, seconds: float, *, whoever_listens: bool = False
) -> None:
    """Until the time is over, the server stops or, as a rule, the caller gives up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    stopping = request.app[STOPPING]
    while loop.time() < end and not stopping.is_set():
        if request.transport is None and not whoever_listens:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), min(0.1, max(0.0, end - loop.time())))


async def _work(request: web.Request, call: Call) -> Answer:
    answer = answer_call(request.app[PLATFORM], call)
    if name_endpoint(call) == "test_webhook" and answer.accepted:
        return await _test_webhook(request.app, call)
    return answer


async def _test_webhook(app: web.Application, call: Call) -> Answer:
    wanted = json.loads(call.body or b"{}").get("endpoint")
    receipt = await app[SENDER].send(url=wanted)
    now = datetime.fromtimestamp(app[PLATFORM].clock() / 1000, UTC)
    return answer_json(
        200,
        {
            "success": receipt.acknowledged,
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "statusCode": receipt.status,
            "reason": "OK" if receipt.acknowledged else receipt.error.upper(),
            "detail": _describe(receipt),
        },
    )


def _describe(receipt: Receipt) -> str:
    return str(receipt.status) if receipt.status else receipt.error


def _respond(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers=dict(answer.headers),
        content_type=answer.content_type,
    )
