"""The token that says which visitor of the web chat somebody is; nobody can make or guess one."""

import base64
import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"v1\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
#: Keeps these signatures apart from whatever else is signed with the same key.
_PURPOSE = b"madoguchi visitor v1:"


def new_visitor_id() -> str:
    """An unguessable id: 128 random bits in 22 characters."""
    return secrets.token_urlsafe(16)


def sign_visitor(visitor_id: str, key: bytes) -> str:
    """The token `v1.<id>.<signature>` of a visitor."""
    return f"v1.{visitor_id}.{_signature(visitor_id, key)}"


def verify_visitor(token: str, key: bytes) -> str | None:
    """The visitor's id, or None for a token that this key did not sign."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    visitor_id, signature = found.groups()
    return visitor_id if hmac.compare_digest(signature, _signature(visitor_id, key)) else None


def _signature(visitor_id: str, key: bytes) -> str:
    digest = hmac.digest(key, _PURPOSE + visitor_id.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
