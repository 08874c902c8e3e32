"""What every page and API has in common: errors, headers, bodies, origins, addresses."""

import asyncio
import json
import re
import secrets
import traceback
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from bot.appkeys import PUBLIC_URL
from bot.assets import render, templates
from bot.errors import (
    BadInput,
    MadoguchiError,
    NotFound,
    Refused,
    StoreError,
    TooLarge,
    TooMany,
)
from bot.plain import clean_json

log = structlog.get_logger("bot.web")

M = TypeVar("M", bound=BaseModel)
Network = IPv4Network | IPv6Network

#: Status of each error of ours; the nearest class wins. `install` takes more of them.
STATUSES: Final[dict[type[MadoguchiError], int]] = {
    BadInput: 400,
    NotFound: 404,
    Refused: 409,
    TooLarge: 413,
    TooMany: 429,
    StoreError: 503,
    MadoguchiError: 500,
}
#: What a refused request is called when no error of ours says it better.
REASONS: Final[dict[int, tuple[str, str]]] = {
    400: (
        "恐れ入りますが、内容を読み取れませんでした。もう一度お試しください。",
        "Sorry, this could not be read. Please try again.",
    ),
    401: ("ログインが必要です。", "Please log in."),
    403: (
        "恐れ入りますが、この操作はご利用いただけません。",
        "Sorry, you cannot do this here.",
    ),
    404: (
        "恐れ入りますが、お探しのページは見つかりませんでした。",
        "Sorry, this page was not found.",
    ),
    405: (
        "恐れ入りますが、この操作はご利用いただけません。",
        "Sorry, this cannot be done here.",
    ),
    408: (
        "通信に時間がかかりすぎました。もう一度お試しください。",
        "This took too long. Please try again.",
    ),
    409: (
        "恐れ入りますが、いまはこの操作ができません。画面を読み込み直してお試しください。",
        "Sorry, this is not possible now. Please reload the page and try again.",
    ),
    413: (
        "恐れ入りますが、大きすぎて受け取れませんでした。小さくしてお送りください。",
        "Sorry, this is larger than we accept. Please send something smaller.",
    ),
    415: (
        "恐れ入りますが、この形式には対応していません。別の形式でお送りください。",
        "Sorry, this type is not accepted. Please send another one.",
    ),
    429: ("少し時間をおいて、もう一度お試しください。", "Please wait a moment and try again."),
    500: (
        "申し訳ありません。こちらの不具合です。少し時間をおいてお試しください。",
        "Sorry, something went wrong on our side. Please try again shortly.",
    ),
    503: (
        "申し訳ありません。ただいま受け付けできません。少し時間をおいてお試しください。",
        "Sorry, we cannot take this right now. Please try again shortly.",
    ),
}

REQUEST_ID = web.RequestKey("request_id", str)
#: Content-Security-Policy of a page that needs another than the strict one.
POLICY = web.RequestKey("policy", str)
STATUS_TABLE = web.AppKey("statuses", dict[type[MadoguchiError], int])
#: Networks of the proxies whose X-Forwarded-For is believed.
PROXIES = web.AppKey("proxies", tuple[Network, ...])

#: Headers of a refusal that its error page keeps.
_KEPT: Final = ("Accept-Encoding", "Allow", "Retry-After")
FIRST_REFUSAL: Final = 400
SERVER_FAULT: Final = 500
OURSELVES: Final = "'self'"
NOBODY: Final = "'none'"
_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def policy(*, ancestors: Iterable[str] = (), images: Iterable[str] = ()) -> str:
    """A Content-Security-Policy; `ancestors` may frame the page, `images` may give pictures."""
    ancestors, images = tuple(ancestors), tuple(images)
    for origin in (*ancestors, *images):
        if origin != OURSELVES and not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin; write it like https://shop.example")
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src {' '.join((OURSELVES, *images))}; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {' '.join(ancestors) or NOBODY}"
    )


STRICT: Final = policy()
#: The plain pages of this package, compiled once.
PAGES: Final = templates("bot")


def install(
    app: web.Application, *, statuses: Mapping[type[MadoguchiError], int] | None = None
) -> None:
    """Give an application error pages and headers; `statuses` adds other packages' errors."""
    app[STATUS_TABLE] = {**STATUSES, **(statuses or {})}
    app.middlewares.insert(0, answer_errors)
    app.on_response_prepare.append(_add_headers)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into a plain answer with a request id."""
    request[REQUEST_ID] = secrets.token_hex(8)
    try:
        _refuse_packed(request)
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < FIRST_REFUSAL:
            raise
        return _error_answer(request, answer.status, "", dict(answer.headers))
    except MadoguchiError as error:
        table = request.app.get(STATUS_TABLE, STATUSES)
        status = next(table[kind] for kind in type(error).__mro__ if kind in table)
        if status >= SERVER_FAULT:
            log_failure(request, error)
        # BadInput says how to mend the request, which its own writer may read
        return _error_answer(request, status, str(error), {}, code=_code(error))
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 - the last line before the customer
        log_failure(request, error)
        return _error_answer(request, SERVER_FAULT, "", {})


def _refuse_packed(request: web.Request) -> None:
    """A small packed body may be a huge one; nobody we talk with packs what they send."""
    packed = request.headers.getall("Content-Encoding", [])
    if any(how.strip().lower() not in {"", "identity"} for how in packed):
        raise web.HTTPUnsupportedMediaType(headers={"Accept-Encoding": "identity"})


def log_failure(request: web.Request, error: BaseException) -> None:
    """Log where something went wrong, under the request's id."""
    log.error(
        "request_failed",
        request_id=request[REQUEST_ID],
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else None,
        frames=name_frames(error),
    )


def name_frames(error: BaseException) -> list[str]:
    """The last eight places an error went through, without its words: they may quote people."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]


def _code(error: MadoguchiError) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def choose_lang(request: web.Request, default: str = "ja") -> str:
    """The language the browser prefers, of those we speak."""
    for part in request.headers.get("Accept-Language", "").split(",")[:10]:
        lang = part.split(";")[0].strip()[:2].lower()
        if lang in ("ja", "en"):
            return lang
    return default


def _error_answer(
    request: web.Request, status: int, detail: str, headers: dict[str, str], *, code: str = ""
) -> web.Response:
    japanese, english = (
        REASONS.get(status) or REASONS[SERVER_FAULT if status >= SERVER_FAULT else 400]
    )
    lang = choose_lang(request)
    message = japanese if lang == "ja" else english
    kept = {name: value for name, value in headers.items() if name in _KEPT}
    if status == web.HTTPServiceUnavailable.status_code:
        kept.setdefault("Retry-After", "2")
    if "text/html" in request.headers.get("Accept", ""):
        answer = render(
            PAGES, "error.html", status=status, lang=lang, message=message,
            request_id=request[REQUEST_ID],
        )  # fmt: skip
    else:
        error = {"code": code or f"http_{status}", "message": message, "detail": detail,
                 "request_id": request[REQUEST_ID]}  # fmt: skip
        answer = web.json_response({"error": error}, status=status)
    answer.headers.update(kept)
    return answer


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers of every response; a handler's own value wins."""
    if isinstance(response, web.WebSocketResponse):
        return  # no document; thousands of them stay open, and their headers with them
    response.headers.setdefault("Content-Security-Policy", request.get(POLICY, STRICT))
    response.headers.setdefault("X-Request-Id", request.get(REQUEST_ID, ""))
    protect(response)


def protect(response: web.StreamResponse) -> None:
    """The headers that do not depend on the request."""
    for name, value in (
        ("Content-Security-Policy", STRICT),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Cache-Control", "no-store"),
    ):
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)


# --- what comes in


async def read_body(request: web.Request, limit: int, *, seconds: float = 5) -> bytes:
    """The whole body. Raises TooLarge, or 408 for a sender that dribbles."""
    if (request.content_length or 0) > limit:
        raise TooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise TooLarge
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, web.RequestPayloadError) as error:
        raise BadInput("The body could not be read.") from error
    return bytes(body)


def parse_json(body: bytes | str, model: type[M]) -> M:
    """A validated value. Raises BadInput with the places and without what was sent."""
    try:
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        value = clean_json(
            json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
        )
        return model.model_validate(value)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(step) for step in problem['loc'])[:80]}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)[:5]
        )
        raise BadInput(places) from None
    except (ValueError, RecursionError):
        raise BadInput("This is not JSON.") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # whoever checked the request before us may have looked at the other one
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


async def read_json(request: web.Request, limit: int, model: type[M]) -> M:
    """A validated JSON body."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    return parse_json(await read_body(request, limit), model)


# --- who sends it


def own_origins(request: web.Request) -> frozenset[str]:
    """The origins our own pages have for this request."""
    public = urlsplit(request.app.get(PUBLIC_URL, ""))
    own = set()
    if public.scheme and public.netloc:
        own.add(f"{public.scheme}://{public.netloc}".lower())
    host = request.host.lower()
    if not own or urlsplit(f"//{host}").hostname in _LOOPBACK:
        # no address is configured, or somebody tries the server on their own machine
        own.update((f"http://{host}", f"https://{host}"))
    return frozenset(own)


def is_own_origin(request: web.Request) -> bool:
    """Whether one of our own pages sends this; browsers do not let others say so."""
    origins = request.headers.getall("Origin", [])
    if len(origins) == 1 and origins[0].lower() in own_origins(request):
        return True
    # a form of a no-referrer page says `null`; Sec-Fetch-Site cannot be set by a page
    site = request.headers.getall("Sec-Fetch-Site", [])
    return origins == ["null"] and site == ["same-origin"]


def require_own_origin(request: web.Request) -> None:
    """Refuse a POST or WebSocket from any other site, and one that does not say its origin."""
    if not is_own_origin(request):
        raise web.HTTPForbidden


def client_address(request: web.Request) -> str:
    """The sender's address; X-Forwarded-For counts only as far as our own proxies wrote it."""
    address = request.remote or ""
    proxies = request.app.get(PROXIES, ())
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    for hop in reversed([part.strip() for part in forwarded if part.strip()][-20:]):
        if not _is_within(address, proxies):
            return address
        if not _is_within(hop, None):
            return address
        address = hop
    return address


def client_block(request: web.Request) -> str:
    """Whom a flood or a guess is counted against: one subscriber has 2**64 addresses of IPv6."""
    given = client_address(request)
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv4Address) or address.is_loopback:
        return given
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False).network_address)


def _is_within(address: str, networks: tuple[Network, ...] | None) -> bool:
    """Whether an address lies in the networks; with None, whether it is an address at all."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return networks is None or any(parsed in network for network in networks)
