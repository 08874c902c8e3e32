"""Finds the endpoint of each call of LINE's API, after its token, rate and body were checked."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.standin import asking, sending
from bot.standin.platform import Platform
from bot.standin.request import Request
from bot.standin.values import Answer, Call, refuse

_BODY_MOST = 2 * 1024 * 1024
_BODY_OPTIONAL = frozenset({"link_token", "test_webhook"})

Endpoint = Callable[[Platform, Request], Answer]

#: method, path, name, endpoint
ROUTES: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("POST", "/v2/bot/message/reply", "reply", sending.reply),
    ("POST", "/v2/bot/message/push", "push", sending.push),
    ("POST", "/v2/bot/message/validate/(reply|push)", "validate", sending.validate),
    ("GET", "/v2/bot/message/quota", "quota", asking.get_quota),
    ("GET", "/v2/bot/message/quota/consumption", "consumption", asking.get_consumption),
    ("GET", "/v2/bot/profile/([^/]+)", "profile", asking.get_profile),
    ("GET", "/v2/bot/info", "info", asking.get_bot),
    ("POST", "/v2/bot/chat/loading/start", "loading", asking.start_loading),
    ("POST", "/v2/bot/chat/markAsRead", "mark_as_read", asking.mark_as_read),
    ("POST", "/v2/bot/user/([^/]+)/linkToken", "link_token", asking.issue_link_token),
    ("GET", "/v2/bot/channel/webhook/endpoint", "get_webhook", asking.get_webhook),
    ("PUT", "/v2/bot/channel/webhook/endpoint", "set_webhook", asking.set_webhook),
    ("POST", "/v2/bot/channel/webhook/test", "test_webhook", asking.test_webhook),
    ("GET", "/v2/bot/message/([^/]+)/content", "content", asking.get_content),
    ("GET", "/v2/bot/message/([^/]+)/content/preview", "content_preview", asking.get_content),
    ("GET", "/v2/bot/message/([^/]+)/content/transcoding", "transcoding", asking.get_transcoding),
)


def name_endpoint(call: Call) -> str:
    """The name under which faults, rates and violations know the call."""
    found = _find_route(call)
    return found[0] if found else "unknown"


def answer_call(platform: Platform, call: Call) -> Answer:
    """The whole way of a call: route, token, rate, body, endpoint."""
    request_id = secrets.token_hex(16)
    answer = _answer(platform, call, request_id)
    return replace(answer, headers={"x-line-request-id": request_id, **answer.headers})


def _answer(platform: Platform, call: Call, request_id: str) -> Answer:
    found = _find_route(call)
    if found is None:
        platform.note_violation("unknown", f"{call.method} {call.path} is no call of LINE's")
        return refuse(404, "Not found")
    name, endpoint, subject = found
    request = Request(endpoint=name, call=call, request_id=request_id, subject=subject)
    refusal = _check_token(platform, request) or _check_body(platform, request)
    if refusal is not None:
        return refusal
    if platform.rates.is_exceeded(name, platform.clock()):
        platform.note_violation(name, "more calls a second than LINE allows")
        return refuse(429, "The API rate limit has been exceeded. Try again later.")
    return endpoint(platform, request)


def _check_token(platform: Platform, request: Request) -> Answer | None:
    header = request.call.header("authorization")
    if header is None:
        platform.note_violation(request.endpoint, "no Authorization header")
        return refuse(401, "Authentication failed due to the missing authorization header.")
    scheme, _, token = header.partition(" ")
    if scheme == "Bearer" and token in platform.access_tokens:
        return None
    if not platform.was_token(token):
        platform.note_violation(request.endpoint, "an access token that was never valid")
    return refuse(401, "Authentication failed. Confirm that the access token is valid.")


def _check_body(platform: Platform, request: Request) -> Answer | None:
    """A POST or PUT carries one JSON object, at most 2 MB of it."""
    call = request.call
    if call.method == "GET" or (request.endpoint in _BODY_OPTIONAL and not call.body):
        return None
    if len(call.body) > _BODY_MOST:
        platform.note_violation(request.endpoint, "a body of more than 2 MB")
        return refuse(413, "Request entity too large")
    content_type = call.header("content-type") or ""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        platform.note_violation(request.endpoint, "a Content-Type other than application/json")
        return refuse(415, "Unsupported media type")
    try:
        request.body()
    except ValueError:
        platform.note_violation(request.endpoint, "a body that is not JSON")
        return refuse(400, "The request body could not be parsed as JSON.")
    return None


def _find_route(call: Call) -> tuple[str, Endpoint, str] | None:
    for method, pattern, name, endpoint in ROUTES:
        found = re.fullmatch(pattern, call.path) if method == call.method else None
        if found is not None:
            return name, endpoint, found.group(1) if found.groups() else ""
    return None
