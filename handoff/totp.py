"""One-time codes by the clock (RFC 6238, HMAC-SHA-1, six digits, steps of 30 seconds)."""

import base64
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import quote, urlencode

from bot.clock import SECOND_MS

STEP_MS: Final = 30 * SECOND_MS
#: Clocks of telephones are wrong by so many steps at most.
DRIFT: Final = 1
DIGITS: Final = 6
#: RFC 4226 asks for 160 bits.
SECRET_BYTES: Final = 20
#: ０ to ９ and Ａ to ｚ lie this far from their narrow forms.
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}


def step_at(now: int) -> int:
    """The number of the step that a time lies in."""
    return now // STEP_MS


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step."""
    mac = hmac.new(secret, step.to_bytes(8), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def find_step(secret: bytes, code: str, now: int) -> int | None:
    """The step around now whose code this is; the earliest, for each one counts once."""
    here, found = step_at(now), None
    for step in range(here + DRIFT, here - DRIFT - 1, -1):
        # all of them are compared: how long it takes tells nothing
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            found = step
    return found


def parse_code(typed: str) -> str:
    """A code as apps show it, blanks and hyphens left out; full-width digits are digits."""
    plain = re.sub(r"[\s\-‐－ー]", "", typed[:100])
    return plain.translate(_WIDE).upper()


def shown_secret(secret: bytes) -> str:
    """The secret as an app takes it by hand: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def app_uri(secret: bytes, *, issuer: str, login: str) -> str:
    """What the QR code says to the app."""
    issuer = issuer.replace(":", " ")
    label = quote(f"{issuer}:{login}", safe="")
    values = {
        "secret": base64.b32encode(secret).decode(),
        "issuer": issuer,
        "digits": DIGITS,
        "period": STEP_MS // SECOND_MS,
    }
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"
