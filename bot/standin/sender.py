"""Signs webhooks and delivers them, well or badly, within LINE's two seconds."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import TracebackType
from typing import Self

import aiohttp

from bot.standin.events import redelivered
from bot.standin.platform import Platform
from bot.standin.values import Json

LIMIT_SECONDS = 2.0
_HEADER = "x-line-signature"


class Signature(StrEnum):
    """How a webhook is signed."""

    RIGHT = "right"
    MISSING = "missing"
    EMPTY = "empty"
    WRONG = "wrong"
    HEX = "hex"
    NON_ASCII = "non-ascii"
    #: by the sender's second secret, as during a rotation
    SECOND_SECRET = "second secret"  # noqa: S105 - the name of a mode


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What came of one delivery; status 0 = no answer within the limit."""

    status: int
    seconds: float
    body: str = ""
    #: could_not_connect, request_timeout, error_status_code, or empty
    error: str = ""

    @property
    def acknowledged(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of 2xx


def sign(body: bytes, secret: str) -> str:
    """The signature LINE puts beside the exact bytes of a body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class WebhookSender:
    """Delivers events of the platform to a webhook; an async context manager.

    Without a `url` it delivers to the platform's own webhook address.
    """

    def __init__(
        self,
        platform: Platform,
        url: str | None = None,
        *,
        second_secret: str = "second-secret",  # noqa: S107 - a fake's secret guards nothing
        limit_seconds: float = LIMIT_SECONDS,
        header_name: str = _HEADER,
    ) -> None:
        self.platform = platform
        self.url = url
        self.second_secret = second_secret
        self.limit_seconds = limit_seconds
        #: its spelling may change
        self.header_name = header_name
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await self._client.close()

    async def send(
        self,
        *events: Json,
        signature: Signature = Signature.RIGHT,
        redelivery: bool = False,
        destination: str | None = None,
        url: str | None = None,
    ) -> Receipt:
        """One call with these events, of one customer or of several; none = the Verify button."""
        told = [redelivered(event) for event in events] if redelivery else list(events)
        for event in told:
            self.platform.observe(event)
        envelope = {"destination": destination or self.platform.bot_user_id, "events": told}
        body = json.dumps(envelope, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return await self.send_bytes(body, signature=signature, url=url)

    async def send_bytes(
        self, body: bytes, *, signature: Signature = Signature.RIGHT, url: str | None = None
    ) -> Receipt:
        """A body as it stands, be it JSON or not."""
        target = url or self.url or self.platform.webhook_url
        if self._client is None or target is None:
            raise RuntimeError("enter the sender with `async with`, and give it an address")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
        }
        headers |= self._sign(body, signature)
        started = time.monotonic()
        try:
            async with (
                asyncio.timeout(self.limit_seconds),
                self._client.post(
                    target, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                status, text = response.status, (await response.read()).decode("utf-8", "replace")
        except TimeoutError:
            return Receipt(status=0, seconds=time.monotonic() - started, error="request_timeout")
        except aiohttp.ClientError:
            return Receipt(status=0, seconds=time.monotonic() - started, error="could_not_connect")
        good = 200 <= status < 300  # noqa: PLR2004 - the class of 2xx
        return Receipt(
            status=status,
            seconds=time.monotonic() - started,
            body=text,
            error="" if good else "error_status_code",
        )

    async def send_copies(self, *events: Json, copies: int, at_once: bool = True) -> list[Receipt]:
        """The same events several times, the first as new and the others as redelivered."""
        if at_once:
            calls = [self.send(*events, redelivery=number > 0) for number in range(copies)]
            return list(await asyncio.gather(*calls))
        return [await self.send(*events, redelivery=number > 0) for number in range(copies)]

    async def send_each(
        self, events: Sequence[Json], *, at_once: bool = False, shuffle_seed: int | None = None
    ) -> list[Receipt]:
        """Each event in a call of its own, in order, shuffled, or all at the same time."""
        order = list(events)
        if shuffle_seed is not None:
            Random(shuffle_seed).shuffle(order)  # noqa: S311 - repeatable on purpose
        if at_once:
            return list(await asyncio.gather(*(self.send(event) for event in order)))
        return [await self.send(event) for event in order]

    async def send_until_acknowledged(
        self, *events: Json, attempts: int = 100, pause_seconds: float = 0.05
    ) -> Receipt:
        """Redeliver until the answer is 2xx, as LINE does when redelivery is switched on."""
        receipt = await self.send(*events)
        for _ in range(attempts - 1):
            if receipt.acknowledged:
                break
            await asyncio.sleep(pause_seconds)
            receipt = await self.send(*events, redelivery=True)
        return receipt

    def _sign(self, body: bytes, signature: Signature) -> dict[str, str]:
        right = sign(body, self.platform.channel_secret)
        values = {
            Signature.RIGHT: right,
            Signature.EMPTY: "",
            Signature.WRONG: sign(body, self.platform.channel_secret + "x"),
            Signature.HEX: base64.b64decode(right).hex(),
            Signature.NON_ASCII: "署名" + right,
            Signature.SECOND_SECRET: sign(body, self.second_secret),
        }
        return {self.header_name: values[signature]} if signature in values else {}
