"""What we ask LINE about its people and about ourselves, through LINE's own SDK.

The SDK costs half a second and 75 MB to import, so that happens here and only once LINE is on.
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.channels.line.contents import MESSAGE_ID
from bot.channels.line.reading import PERSON
from bot.channels.line.token import AccessToken
from bot.cleaning import clean_text
from bot.errors import MadoguchiError
from bot.lengths import graphemes
from bot.media import ContentGone, ContentNotReady, ContentUnavailable
from bot.profiles import Profile, ProfileUnavailable
from bot.settings import LineSettings
from faq.quiet import build_quietly

log = structlog.get_logger("bot.line")

#: LINE's host of profile pictures; an address anywhere else is not shown.
PICTURE_HOST: Final = "profile.line-scdn.net"
#: The SDK keeps cpu_count x 5 connections, too few for a burst.
_MODULE: Final = "linebot.v3.messaging"
_POOL: Final = 50
#: Longest time for one file; one that stands still is given up after the usual timeout.
_CONTENT_SECONDS: Final = 60.0
_CHUNK: Final = 64 * 1024
_NAME_LIMIT: Final = 40
_OK, _NOT_READY, _UNAUTHORISED, _NOT_FOUND, _GONE = 200, 202, 401, 404, 410

Call = Callable[..., Awaitable[Any]]


class LineUnavailable(MadoguchiError):
    """LINE did not answer as it should. Try again later."""

    def __init__(self, status: int = 0, message: str = "") -> None:
        super().__init__(message or f"LINE answered {status}." if status else message)
        #: HTTP status, 0 when there was none
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """Pushes of this month; LINE's count runs a little behind."""

    #: None: the plan has no limit
    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        """Pushes that remain, None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Who we are on LINE."""

    user_id: str
    basic_id: str
    name: str
    #: "chat": read marks are ours to set; "bot": LINE sets them
    chat_mode: str
    mark_as_read_mode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """Where LINE sends events, and whether it does."""

    endpoint: str
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookTest:
    """How LINE's own try of the webhook went."""

    success: bool
    status: int
    reason: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sdk:
    """What is used of line-bot-sdk, which has no types."""

    module: Any
    client: Any
    api: Any


class LineAccount:
    """LINE's answers to questions. Open it with `open_account`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: LineSettings,
        token: AccessToken,
    ) -> None:
        #: what LINE told about us last, None until it did
        self.known: Account | None = None
        self._token = token
        self._session = session
        self._settings = settings
        self._opening = asyncio.Lock()
        self._open: _Sdk | None = None

    async def close(self) -> None:
        """Let go of the SDK's connections."""
        if self._open is not None:
            await self._open.client.close()

    async def _sdk(self) -> _Sdk:
        """The SDK: over half a second to import, so not before the first question."""
        async with self._opening:
            if self._open is None:
                # 120,000 objects for good: a collection that walks through them takes 100 ms
                module = await asyncio.to_thread(build_quietly, import_module, _MODULE)
                # at DEBUG it writes whole answers, names included, to the log
                logging.getLogger("linebot").setLevel(logging.WARNING)
                configuration = module.Configuration(
                    access_token=self._settings.channel_access_token.get_secret_value(),
                    host=self._settings.api_base.rstrip("/"),
                )
                configuration.connection_pool_maxsize = _POOL
                client = module.AsyncApiClient(configuration)
                self._open = _Sdk(
                    module=module, client=client, api=module.AsyncMessagingApi(client)
                )
            return self._open

    async def find_profile(self, customer_key: str) -> Profile | None:
        """See `bot.profiles.ProfileSource`. Blocked, unknown and unwilling people have none."""
        if not PERSON.fullmatch(customer_key):
            return None
        try:
            found = await self._ask("get_profile", customer_key)
        except LineUnavailable as error:
            if error.status == _NOT_FOUND:
                return None
            raise ProfileUnavailable from error
        return Profile(
            name=tidy_name(found.display_name),
            picture=check_picture(found.picture_url),
            lang=found.language if isinstance(found.language, str) else None,
        )

    async def read_content(self, source: str) -> AsyncGenerator[bytes]:
        """See `bot.media.ContentSource`. By hand: the SDK reads a whole file into memory."""
        if not MESSAGE_ID.fullmatch(source):
            raise ContentGone
        url = f"{self._settings.api_data_base.rstrip('/')}/v2/bot/message/{source}/content"
        used = self._token.value
        try:
            async with self._session.get(
                url,
                headers={"Authorization": self._token.header},
                timeout=aiohttp.ClientTimeout(
                    total=_CONTENT_SECONDS, sock_read=self._settings.timeout_seconds
                ),
                allow_redirects=False,
            ) as response:
                if response.status == _UNAUTHORISED:
                    await self._token.renew(used)  # the file is fetched again later anyway
                _check_content(response.status)
                async for chunk in response.content.iter_chunked(_CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ContentUnavailable from error

    async def find_quota(self) -> Quota:
        """This month's pushes. Raises LineUnavailable."""
        quota = await self._ask("get_message_quota")
        consumption = await self._ask("get_message_quota_consumption")
        limited = str(getattr(quota.type, "value", quota.type)) == "limited"
        return Quota(
            limit=int(quota.value or 0) if limited else None,
            used=int(consumption.total_usage or 0),
        )

    async def count_left(self) -> int | None:
        """Pushes that remain this month; what `api.LineSender` asks after a 429."""
        return (await self.find_quota()).left

    async def find_account(self) -> Account:
        """Who we are. Raises LineUnavailable."""
        found = await self._ask("get_bot_info")
        self.known = Account(
            user_id=str(found.user_id),
            basic_id=str(found.basic_id),
            name=clean_text(str(found.display_name)).text,
            chat_mode=_word(found.chat_mode),
            mark_as_read_mode=_word(found.mark_as_read_mode),
        )
        return self.known

    async def find_webhook(self) -> Webhook | None:
        """Where LINE sends events; None when no address was ever set."""
        try:
            found = await self._ask("get_webhook_endpoint")
        except LineUnavailable as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return Webhook(endpoint=str(found.endpoint), active=bool(found.active))

    async def test_webhook(self, endpoint: str | None = None) -> WebhookTest:
        """Let LINE call the webhook now; at most 60 times an hour."""
        sdk = await self._sdk()
        wish = sdk.module.TestWebhookEndpointRequest(endpoint=endpoint)
        found = await self._ask("test_webhook_endpoint", wish)
        return WebhookTest(
            success=bool(found.success),
            status=int(found.status_code),
            reason=str(found.reason),
            detail=str(found.detail),
        )

    async def _ask(self, call: str, *arguments: Any) -> Any:
        """One call of the SDK, once more with a renewed token."""
        used = self._token.value
        try:
            return await self._ask_once(call, *arguments)
        except LineUnavailable as error:
            if error.status != _UNAUTHORISED or not await self._token.renew(used):
                raise
        return await self._ask_once(call, *arguments)

    async def _ask_once(self, name: str, *arguments: Any) -> Any:
        """One call of the SDK with all the ways it fails as one error of ours."""
        sdk = await self._sdk()
        # the SDK has a copy of its own, and asks it at each call
        sdk.client.configuration.access_token = self._token.value
        call: Call = getattr(sdk.api, name)
        try:
            # the SDK would wait five minutes, and takes no tuple though it says so
            found = await call(*arguments, _request_timeout=self._settings.timeout_seconds)
        except sdk.module.ApiException as error:
            log.warning("line_call", endpoint=name, status=error.status)
            raise LineUnavailable(int(error.status or 0)) from None
        # a body that is no UTF-8, no JSON or not of the promised shape is a ValueError
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError) as error:
            log.warning("line_call", endpoint=name, status=0, error=type(error).__name__)
            raise LineUnavailable(0, f"LINE could not be asked: {type(error).__name__}.") from None
        log.info("line_call", endpoint=name, status=_OK)
        return found


@asynccontextmanager
async def open_account(
    session: aiohttp.ClientSession, settings: LineSettings, token: AccessToken | None = None
) -> AsyncGenerator[LineAccount]:
    """The account while the block runs."""
    account = LineAccount(session, settings, token or AccessToken(settings))
    try:
        yield account
    finally:
        await account.close()


def tidy_name(name: object) -> str | None:
    """A display name of at most 40 characters in one line; None when nothing of it is visible."""
    text = clean_text(str(name or "")[:1000]).text
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
    shown = "".join(list(graphemes(line))[:_NAME_LIMIT])[: 4 * _NAME_LIMIT]
    # joiners and direction marks alone are no name
    return shown if any(char.isprintable() for char in shown) else None


def check_picture(url: object) -> str | None:
    """The address of a profile picture, if it is one of LINE's."""
    if not isinstance(url, str) or len(url) > 1000 or not url.isascii():  # noqa: PLR2004 - LINE's
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme == "https" and parts.netloc == PICTURE_HOST else None


def _check_content(status: int) -> None:
    if status == _OK:
        return
    if status == _NOT_READY:
        raise ContentNotReady
    if status in (_NOT_FOUND, _GONE):
        raise ContentGone
    raise ContentUnavailable


def _word(value: Any) -> str:
    return str(getattr(value, "value", value) or "")
