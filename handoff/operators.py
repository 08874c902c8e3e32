"""Who is told how the server does: this machine itself, and whoever holds the token."""

import hmac
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web

#: Headers by which a proxy tells that it asks for somebody else.
_FORWARDED: Final = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "X-Real-IP",
    "Via",
)
TOKEN: Final = web.AppKey("operators_token", str)


def is_operator(request: web.Request) -> bool:
    """Whether numbers and troubles are for whoever asks."""
    return _is_here(request) or _has_token(request)


def _is_here(request: web.Request) -> bool:
    """Whether this machine itself asks, and not a proxy on it for somebody else."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    if request.version < HttpVersion11:
        # proxies that were told nothing: they say so nowhere, and ask for our own name
        return False
    # a proxy that tells nothing still asks for the public name, unless it was told to hide that
    return _is_loopback(request.remote or "") and _is_loopback(_asked_host(request))


def _asked_host(request: web.Request) -> str:
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _has_token(request: web.Request) -> bool:
    token = request.app[TOKEN]
    given = request.headers.getall("Authorization", [])
    if not token or len(given) != 1:
        return False
    # bytes: compare_digest refuses texts that are not ASCII
    expected = f"Bearer {token}".encode()
    return hmac.compare_digest(given[0].encode("utf-8", "replace"), expected)
