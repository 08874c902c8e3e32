"""Values of a log-in by an account at an identity provider, and what is derived for it."""

import base64
import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """Who the provider says that somebody is."""

    subject: str
    #: empty unless the provider has verified it; in lower case
    mail: str
    name: str
    groups: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a token of this log-in says."""

    issuer: str
    client_id: str
    nonce: str
    #: claim that names groups; empty: none is read
    groups_claim: str = ""


def challenge_of(verifier: str) -> str:
    """What the provider is shown of the verifier first (PKCE, S256)."""
    return _encode(hashlib.sha256(verifier.encode()).digest())


def derive(key: bytes, purpose: str, told: str) -> str:
    """Nonce, verifier and seal of a log-in, from what its cookie says: nothing has to be kept."""
    return _encode(hmac.digest(key, f"{purpose}:{told}".encode(), hashlib.sha256))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
