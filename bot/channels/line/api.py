"""The two calls that must happen exactly once, reply and push, and the dots that go before them.

They are made by hand on one shared HTTP session: every answer, and every way of getting none, has
one meaning here, and the request is known to be within LINE's limits before it leaves.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog

from bot.channels.line.reading import PERSON
from bot.channels.line.rendering import render_messages
from bot.channels.line.token import AccessToken
from bot.sending import Attempt, Outcome, Result, Route
from bot.settings import LineSettings

log = structlog.get_logger("bot.line")

REPLY_PATH: Final = "/v2/bot/message/reply"
PUSH_PATH: Final = "/v2/bot/message/push"
LOADING_PATH: Final = "/v2/bot/chat/loading/start"
READ_PATH: Final = "/v2/bot/chat/markAsRead"

#: Longer texts are cut up in a thread: 20,000 characters take a tenth of a second.
LONG_TEXT: Final = 4_000

#: Pushes left this month; None when the plan has no limit or LINE does not say.
QuotaLeft = Callable[[], Awaitable[int | None]]

_ANSWER_LIMIT = 64 * 1024
_DETAIL_LIMIT = 200
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,256}")
_KEY: Final = re.compile(r"[0-9a-fA-F-]{36}")
#: the connection was never there, so nothing can have been sent
_NEVER_CONNECTED: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """What LINE answered, as far as it decides anything."""

    status: int
    request_id: str
    #: LINE's own words, never a customer's
    message: str


class LineSender:
    """Sends what the outbox owes. The session is shared and closed by whoever opened it."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: LineSettings,
        quota_left: QuotaLeft,
        token: AccessToken | None = None,
    ) -> None:
        self._session = session
        self._base = settings.api_base.rstrip("/")
        self._token = token or AccessToken(settings)
        self._timeout = aiohttp.ClientTimeout(
            total=settings.timeout_seconds, sock_connect=min(5.0, settings.timeout_seconds)
        )
        self._count_left = quota_left

    async def send(self, attempt: Attempt) -> Result:
        """Make one try. Never raises for anything LINE or the network does."""
        long = sum(len(bubble.text) for bubble in attempt.bubbles) > LONG_TEXT
        messages = await asyncio.to_thread(_render, attempt) if long else _render(attempt)
        if not messages:
            return Result(outcome=Outcome.REFUSED, detail="there is nothing to send")
        if attempt.route is Route.REPLY:
            return await self._reply(attempt.reply_token, messages)
        return await self._push(attempt, messages)

    async def quota_left(self) -> int | None:
        """Pushes left in the month; None when unlimited or unknown."""
        try:
            return await self._count_left()
        except Exception as error:  # noqa: BLE001 - not knowing must not cost a row its result
            log.warning("line_quota_unknown", error=type(error).__name__)
            return None

    async def show_loading(self, customer_key: str, *, seconds: int = 20) -> bool:
        """Show dots in the customer's chat until our next message; a courtesy that may fail."""
        if not PERSON.fullmatch(customer_key):
            return False
        whole = min(60, max(5, seconds // 5 * 5))
        answer = await self._post(LOADING_PATH, {"chatId": customer_key, "loadingSeconds": whole})
        return isinstance(answer, _Answer) and answer.status < 300  # noqa: PLR2004 - any success

    async def mark_read(self, read_token: str) -> bool:
        """Show the customer that everything up to this token's message was read; may fail."""
        answer = await self._post(READ_PATH, {"markAsReadToken": read_token})
        return isinstance(answer, _Answer) and answer.status < 300  # noqa: PLR2004 - any success

    async def _reply(self, token: str | None, messages: list[dict[str, Any]]) -> Result:
        if token is None or not _TOKEN.fullmatch(token):
            return Result(outcome=Outcome.TOKEN_DEAD, detail="there is no reply token")
        answer = await self._post(REPLY_PATH, {"replyToken": token, "messages": messages})
        if isinstance(answer, Result):
            return answer
        return _result(judge_reply(answer.status), answer)

    async def _push(self, attempt: Attempt, messages: list[dict[str, Any]]) -> Result:
        if not PERSON.fullmatch(attempt.to):
            return Result(outcome=Outcome.REFUSED, detail="the customer's id is no LINE id")
        if not _KEY.fullmatch(attempt.retry_key):
            return Result(outcome=Outcome.REFUSED, detail="the retry key is no UUID")
        body = {"to": attempt.to, "messages": messages}
        answer = await self._post(PUSH_PATH, body, {"X-Line-Retry-Key": attempt.retry_key})
        if isinstance(answer, Result):
            return answer
        outcome = judge_push(answer.status)
        if outcome is Outcome.BUSY and await self._is_used_up():
            outcome = Outcome.QUOTA
        return _result(outcome, answer)

    async def _is_used_up(self) -> bool:
        """Why LINE says 429: one status stands for a rate and for the month, so it is asked."""
        left = await self.quota_left()
        return left is not None and left <= 0

    async def _post(
        self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> _Answer | Result:
        """LINE's answer, or what it means that there was none; once more with a renewed token."""
        used = self._token.value
        answer = await self._post_once(path, body, headers)
        refused = isinstance(answer, _Answer) and answer.status == 401  # noqa: PLR2004 - HTTP
        if refused and await self._token.renew(used):
            return await self._post_once(path, body, headers)
        return answer

    async def _post_once(
        self, path: str, body: dict[str, Any], headers: dict[str, str] | None
    ) -> _Answer | Result:
        payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            async with self._session.post(
                self._base + path,
                data=payload,
                headers={
                    "Authorization": self._token.header,
                    "Content-Type": "application/json",
                    **(headers or {}),
                },
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                answer = await _read_answer(response)
        except _NEVER_CONNECTED as error:
            log.warning("line_call", endpoint=path, status=0, error=type(error).__name__)
            return Result(outcome=Outcome.BUSY, detail="no connection to LINE")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("line_call", endpoint=path, status=0, error=type(error).__name__)
            return Result(outcome=Outcome.DOUBT, detail=type(error).__name__)
        log.info("line_call", endpoint=path, status=answer.status, request_id=answer.request_id)
        return answer


def _render(attempt: Attempt) -> list[dict[str, Any]]:
    # the bot's texts are Markdown; agents, who have a name, write plain text
    is_bot = attempt.sender_name is None
    return render_messages(attempt.bubbles, sender_name=attempt.sender_name, markdown=is_bot)


def judge_reply(status: int) -> Outcome:
    """What the status of a reply means."""
    if status == 400:  # noqa: PLR2004 - HTTP
        # the body was within the limits, so it can only be the token
        return Outcome.TOKEN_DEAD
    return _judge(status)


def judge_push(status: int) -> Outcome:
    """What the status of a push means; BUSY may turn out to be the month's limit."""
    if status == 409:  # noqa: PLR2004 - HTTP
        # this retry key has been accepted before: the customer has the message
        return Outcome.SENT
    return _judge(status)


def _judge(status: int) -> Outcome:
    match status:
        case 401:
            return Outcome.UNAUTHORISED
        case 429:
            return Outcome.BUSY
        case 408:
            return Outcome.DOUBT
        case _ if 200 <= status < 300:  # noqa: PLR2004 - HTTP
            return Outcome.SENT
        case _ if 400 <= status < 500:  # noqa: PLR2004 - HTTP
            return Outcome.REFUSED
        case _:
            # 5xx, and what no API of LINE answers: something between us may have passed it on
            return Outcome.DOUBT


def _result(outcome: Outcome, answer: _Answer) -> Result:
    return Result(
        outcome=outcome,
        status=answer.status,
        request_id=answer.request_id,
        detail="" if outcome is Outcome.SENT else answer.message,
    )


async def _read_answer(response: aiohttp.ClientResponse) -> _Answer:
    """Status and ids; the status stands whatever becomes of the body."""
    headers = response.headers
    accepted = headers.get("x-line-accepted-request-id")
    return _Answer(
        status=response.status,
        request_id=_printable(accepted or headers.get("x-line-request-id") or ""),
        message=await _read_message(response),
    )


async def _read_message(response: aiohttp.ClientResponse) -> str:
    try:
        body = bytearray()
        while len(body) < _ANSWER_LIMIT and (chunk := await response.content.readany()):
            body += chunk
        value = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
        return "the answer could not be read"
    message = value.get("message") if isinstance(value, dict) else None
    return _printable(message) if isinstance(message, str) else ""


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_DETAIL_LIMIT]
