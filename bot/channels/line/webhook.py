"""Takes LINE's webhook calls: verified, read, stored, and only then answered with 200."""

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from bot.appkeys import CLOCK, INTAKE, LINE
from bot.channels.line.reading import keep_unreadable, read_call
from bot.channels.line.signature import is_genuine
from bot.errors import BadInput, StoreUnavailable
from bot.events import Inbound
from bot.failpoints import hit
from bot.intake import Receipt
from bot.settings import LineSettings

log = structlog.get_logger("bot.line")

PATH: Final = "/line/webhook"
BODY_LIMIT: Final = 1024 * 1024
#: Larger bodies are read in a thread, so that the event loop stays free.
LARGE: Final = 64 * 1024
BODY_SECONDS: Final = 5.0
#: LINE counts a call as failed after two seconds; we say 503 before it does.
STORE_SECONDS: Final = 1.4


@dataclass(slots=True, eq=False)
class LineDoor:
    """What the door remembers between calls."""

    #: our own user id once LINE has told it; events for somebody else are not ours
    account_id: str = ""
    #: whether a genuine call has come for that id: only then is another one suspicious
    confirmed: bool = False
    #: intakes that took longer than LINE waits; held so that they are not collected
    late: set["asyncio.Task[list[Receipt]]"] = field(default_factory=set)

    def is_ours(self, destination: str) -> bool:
        """Whether a genuine call is meant for our account."""
        if not self.account_id or not destination:
            return True
        if destination == self.account_id:
            self.confirmed = True
        return destination == self.account_id or not self.confirmed


LINE_DOOR = web.AppKey("line_door", LineDoor)


def add_line(app: web.Application) -> None:
    """Open the door. Needs INTAKE, LINE and CLOCK by the time of the first call."""
    app[LINE_DOOR] = LineDoor()
    app.router.add_post(PATH, receive_webhook)
    app.on_cleanup.append(_finish_late)


async def receive_webhook(request: web.Request) -> web.Response:
    """One call of LINE's, or of somebody who pretends to be LINE."""
    status, events = await _take(request)
    refused = status in (401, 404)
    tell = log.warning if refused else log.info
    tell("line_webhook", status=status, events=events, path=PATH, remote=request.remote)
    return web.Response(status=status)


async def _take(request: web.Request) -> tuple[int, int]:
    """Status of the answer and number of events in the call."""
    secrets = _secrets(request.app[LINE])
    if not secrets:
        return 404, 0
    try:
        body = await _read_body(request)
    except TimeoutError:
        return 408, 0
    except web.RequestPayloadError:
        return 400, 0
    if body is None:
        return 413, 0
    if not is_genuine(body, request.headers.items(), secrets):
        return 401, 0
    now = request.app[CLOCK]()
    try:
        if len(body) > LARGE:
            call = await asyncio.to_thread(read_call, body, now=now)
        else:
            call = read_call(body, now=now)
    except BadInput as problem:
        # a failed store matters less than the answer here: the call brings nobody's message
        await _store(request.app, [keep_unreadable(body, str(problem), now=now)])
        return 400, 0
    if not request.app[LINE_DOOR].is_ours(call.destination):
        log.error("line_destination_mismatch", events=len(call.events))
        return 200, 0
    return await _store(request.app, call.events), len(call.events)


async def _read_body(request: web.Request) -> bytes | None:
    """The raw bytes, None when they are too many. Raises TimeoutError for a slow sender."""
    if request.content.is_eof():
        # it came together with its head, as nearly all do
        whole = request.content.read_nowait()
        return whole if len(whole) <= BODY_LIMIT else None
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        while chunk := await request.content.readany():
            body += chunk
            if len(body) > BODY_LIMIT:
                return None
    return bytes(body)


async def _store(app: web.Application, events: Sequence[Inbound]) -> int:
    """Hand the events in; 200 once they are committed, 503 so that LINE brings them again."""
    if not events:
        return 200
    hit("webhook.before_commit")
    intake = asyncio.create_task(app[INTAKE].receive(events))
    done, _ = await asyncio.wait({intake}, timeout=STORE_SECONDS)
    if not done:
        # it may still succeed; the redelivery is then recognised by its keys
        late = app[LINE_DOOR].late
        late.add(intake)
        intake.add_done_callback(late.discard)
        intake.add_done_callback(lambda task: _report(task, events))
        log.warning("line_intake_late", events=len(events))
        return 503
    hit("webhook.after_commit")
    return _report(intake, events)


def _report(intake: "asyncio.Task[list[Receipt]]", events: Sequence[Inbound]) -> int:
    """Log one line for each event, with ids alone; the status that tells LINE how it went."""
    if intake.cancelled():
        return 503
    error = intake.exception()
    if error is not None:
        foreseen = isinstance(error, StoreUnavailable)
        log.error(
            "line_not_stored",
            events=len(events),
            error=type(error).__name__,
            # places only: the words of an unforeseen error may be a customer's
            frames=[] if foreseen else _frames(error),
        )
        return 503
    receipts = {receipt.event_key: receipt for receipt in intake.result()}
    for event in events:
        _log_event(event, receipts.get(event.event_key))
    return 200


def _frames(error: BaseException) -> list[str]:
    trace = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in trace[-8:]]


def _log_event(event: Inbound, receipt: Receipt | None) -> None:
    log.info(
        "line_event",
        event_key=event.event_key,
        kind=event.kind,
        native_kind=event.native_kind,
        content=event.content if event.source_key else None,
        occurred_at=event.occurred_at,
        standby=event.standby,
        taken=receipt.taken if receipt else None,
        customer_id=receipt.customer_id if receipt else None,
        conversation_id=receipt.conversation_id if receipt else None,
        seq=receipt.seq if receipt else None,
    )


def _secrets(settings: LineSettings) -> list[str]:
    """The secrets that count; none while the door is closed, whatever the previous one was."""
    current = settings.channel_secret.get_secret_value()
    previous = settings.previous_channel_secret.get_secret_value()
    return [secret for secret in (current, previous) if secret] if current else []


async def _finish_late(app: web.Application) -> None:
    late = app[LINE_DOOR].late
    if late:
        await asyncio.wait(late, timeout=STORE_SECONDS)
