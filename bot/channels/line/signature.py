"""Tells LINE's own webhooks from everybody else's, over the bytes as they came."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

#: LINE reserves the right to change the case of its letters.
HEADER = "x-line-signature"


def sign(body: bytes, secret: str) -> bytes:
    """The signature LINE puts on this body."""
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return base64.b64encode(digest)


def is_genuine(
    body: bytes, headers: Mapping[str, str] | Iterable[tuple[str, str]], secrets: Iterable[str]
) -> bool:
    """Whether one of our secrets signed this body; during a rotation there are two.

    No header, several of them, or no secret: no.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    given = [value for name, value in pairs if name.lower() == HEADER]
    if len(given) != 1:
        return False  # which of two counts is for an attacker to choose, so neither does
    # bytes, because compare_digest raises on text outside ASCII, and a header may hold anything
    claimed = given[0].encode("ascii", "replace")
    # every secret is tried, so that the time taken does not tell which one fits
    matches = [hmac.compare_digest(sign(body, secret), claimed) for secret in secrets if secret]
    return any(matches)
