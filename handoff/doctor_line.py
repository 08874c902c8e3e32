"""The doctor's look at LINE: clock, token, account, webhook, quota, and what no call can tell."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from bot.channels.line.account import LineAccount, LineUnavailable, Webhook, open_account
from bot.channels.line.webhook import PATH
from bot.clock import SECOND_MS, Clock, to_ms
from bot.settings import LineSettings
from handoff.configuration import Settings
from handoff.finding import Finding, bad, fine, look

_UNAUTHORISED, _BUSY = 401, 429
#: A clock further off than this shows wrong times; than that, it breaks certificates.
_CLOCK_LOOK_MS, _CLOCK_BAD_MS = 10 * SECOND_MS, 120 * SECOND_MS
_CONSOLE: Final = "LINE Developers Console, tab Messaging API"
#: Why LINE could not call our webhook, and what to do about it.
_REASONS: Final = {
    "COULD_NOT_CONNECT": "the address leads nowhere: check DNS, firewall, proxy and certificate",
    "REQUEST_TIMEOUT": "the answer took too long: check the proxy, and that the server is running",
    "ERROR_STATUS_CODE": "check that the server runs, with the channel secret of this channel",
}
REMINDERS: Final = (
    (
        f"Webhook redelivery must be on ({_CONSOLE}): no call tells whether it is. Only then "
        "does LINE bring again what was sent while the server was down."
    ),
    (
        "Auto-response and greeting messages must be off (LINE Official Account Manager, "
        "Response settings): no call tells whether they are. Otherwise LINE answers beside us."
    ),
)


async def examine_line(settings: Settings, clock: Clock) -> list[Finding]:
    """Everything about the LINE door; one line when it is closed."""
    line = settings.line
    if not line.channel_secret.get_secret_value():
        text = "the door is closed, because no channel secret is set; the web chat runs."
        return [fine("LINE", f"{text} To open it: docs/howto/connect-line.md.")]
    if not line.channel_access_token.get_secret_value():
        text = "the channel secret is set and the token is not, so the server does not start."
        return [bad("LINE token", f"{text} Set MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN.")]
    async with aiohttp.ClientSession() as session:
        found = [await check_clock(session, line, clock)]
        async with open_account(session, line) as account:
            found += [finding async for finding in _ask(account, settings)]
    return [*found, *(look("LINE reminder", text) for text in REMINDERS)]


async def check_clock(session: aiohttp.ClientSession, line: LineSettings, clock: Clock) -> Finding:
    """Our clock against the Date of LINE's answer."""
    token = line.channel_access_token.get_secret_value()
    try:
        async with session.get(
            f"{line.api_base.rstrip('/')}/v2/bot/info",
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=line.timeout_seconds),
            allow_redirects=False,
        ) as answer:
            theirs = to_ms(parsedate_to_datetime(answer.headers["Date"]))
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return look("clock", "LINE told no time to compare with.")
    # their second may just have begun or be nearly over
    off = abs(clock() - theirs)
    seconds = off // SECOND_MS
    advice = "Switch time synchronisation (NTP) on."
    if off > _CLOCK_BAD_MS:
        return bad("clock", f"{seconds} s away from LINE's. Opening hours go wrong. {advice}")
    if off > _CLOCK_LOOK_MS:
        return look("clock", f"{seconds} s away from LINE's. {advice}")
    return fine("clock", "agrees with LINE's.")


async def _ask(account: LineAccount, settings: Settings) -> AsyncIterator[Finding]:
    """Token first: without one that works the other questions have no answers."""
    try:
        us = await account.find_account()
    except LineUnavailable as error:
        yield _refused(error, settings.line)
        return
    yield fine("LINE token", f"accepted for {us.name} ({us.basic_id}).")
    yield _chat_mode(us.chat_mode)
    for question in (_check_webhook, _check_quota):
        try:
            for finding in await question(account, settings):
                yield finding
        except LineUnavailable as error:
            yield look("LINE", f"could not be asked everything ({error}) Try again later.")


def _refused(error: LineUnavailable, line: LineSettings) -> Finding:
    if error.status == _UNAUTHORISED:
        return bad(
            "LINE token",
            "LINE does not accept it. Issue one in the LINE Developers Console (tab Messaging "
            "API, Channel access token) and set MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN.",
        )
    return bad(
        "LINE",
        f"{line.api_base} does not answer as it should ({error}) Check that this machine may "
        "reach it, and LINE's status page.",
    )


def _chat_mode(mode: str) -> Finding:
    if mode == "chat":
        return fine("LINE chat mode", "chat: messages are marked as read when we have them.")
    return fine(
        "LINE chat mode",
        "bot: LINE marks every message as read by itself. For read marks of ours switch Chat on "
        "(LINE Official Account Manager, Response settings).",
    )


async def _check_webhook(account: LineAccount, settings: Settings) -> list[Finding]:
    webhook = await account.find_webhook()
    found = [_endpoint(webhook, settings)]
    if webhook is None:
        return found
    if not webhook.active:
        text = "is switched off, so LINE sends us nothing. Switch Use webhook on"
        found.append(bad("LINE webhook", f"{text} ({_CONSOLE})."))
    found.append(await _try_webhook(account))
    return found


def _endpoint(webhook: Webhook | None, settings: Settings) -> Finding:
    if not settings.public_url:
        there = webhook.endpoint if webhook else "none"
        text = f"address at LINE: {there}. Set MADOGUCHI_PUBLIC_URL, so that it can be compared."
        return look("LINE webhook", text) if webhook else bad("LINE webhook", text)
    wanted = settings.public_url.rstrip("/") + PATH
    if webhook is not None and webhook.endpoint == wanted:
        return fine("LINE webhook", f"leads to {wanted}.")
    wrong = f"leads to {webhook.endpoint}" if webhook else "has no address"
    return bad("LINE webhook", f"{wrong}. Set it to {wanted} ({_CONSOLE}).")


async def _try_webhook(account: LineAccount) -> Finding:
    try:
        made = await account.test_webhook()
    except LineUnavailable as error:
        if error.status == _BUSY:
            return look("LINE webhook test", "too many tries in an hour. Try again later.")
        raise
    if made.success:
        return fine("LINE webhook test", "LINE called it and got 200.")
    status = f", status {made.status}" if made.status else ""
    advice = _REASONS.get(made.reason.upper(), "see docs/howto/connect-line.md")
    text = f"LINE called it without success ({made.reason.lower()}{status})"
    return bad("LINE webhook test", f"{text}; {advice}.")


async def _check_quota(account: LineAccount, settings: Settings) -> list[Finding]:
    quota = await account.find_quota()
    if quota.left is None:
        return [fine("LINE quota", f"no limit; used this month: {quota.used:,}.")]
    text = f"{quota.left:,} of {quota.limit:,} push messages are left this month"
    if quota.left == 0:
        text += "; what has to be pushed waits for the next month or a larger plan"
        return [bad("LINE quota", f"{text} (LINE Official Account Manager, Plans).")]
    if quota.left < settings.line.quota_floor:
        return [look("LINE quota", f"{text}; below line.quota_floor. Think of a larger plan.")]
    return [fine("LINE quota", f"{text}.")]
