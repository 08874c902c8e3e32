"""What an identity provider's token must say before it is believed: pure checks, no calls."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from handoff.errors import OutsideFailed
from handoff.outside_values import Claims, Wanted

#: Signatures by the provider's private key. None of them can be made with what we or others know.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
#: Clocks differ; a token that is older than this was kept by somebody.
LEEWAY_S: Final = 60
OLDEST_S: Final = 600
_LONGEST_TOKEN: Final = 16_384
_LONGEST_SUBJECT: Final = 255
#: Shorter ones can be broken, longer ones take long on purpose.
_RSA_BITS: Final = range(2048, 8193)
_MAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9.\-]{1,190}", re.IGNORECASE | re.ASCII)


def parse_keys(raw: Mapping[str, Any]) -> KeySet:
    """The provider's public signing keys; others are left out. Raises OutsideFailed."""
    found: list[RSAKey | ECKey | OKPKey] = []
    listed = raw.get("keys")
    for one in listed[:50] if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig":
            continue
        try:
            key = _parse_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key is not None:
            found.append(key)
    if not found:
        raise OutsideFailed("The provider shows no key for signatures.")
    return KeySet(list(found))


def _parse_key(one: dict[str, Any]) -> RSAKey | ECKey | OKPKey | None:
    # no `oct`: a shared secret in a public set would let anybody sign
    if one.get("kty") == "RSA":
        key = RSAKey.import_key(one)
        return key if key.public_key.key_size in _RSA_BITS else None
    if one.get("kty") == "EC":
        return ECKey.import_key(one)
    if one.get("kty") == "OKP":
        return OKPKey.import_key(one)
    return None


def key_id(token: str) -> str | None:
    """Which key a token names; not believed, only looked up."""
    head = token[:_LONGEST_TOKEN].partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        return None
    named = found.get("kid") if isinstance(found, dict) else None
    return named if isinstance(named, str) else None


def read_token(token: str, keys: KeySet, wanted: Wanted, *, now: int) -> Claims:
    """Believe a token only if everything fits. `now`: ms since the epoch. Raises OutsideFailed."""
    if len(token) > _LONGEST_TOKEN:
        raise OutsideFailed("The token is too long.")
    seconds = now // 1000
    rules = jwt.JWTClaimsRegistry(
        now=seconds,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": wanted.issuer},
        aud={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": wanted.nonce},
    )
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OutsideFailed(type(error).__name__) from None
    _require_ours(claims, wanted, seconds)
    return _read_claims(claims, wanted)


def _require_ours(claims: Mapping[str, Any], wanted: Wanted, seconds: int) -> None:
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if wanted.client_id not in audience:
        raise OutsideFailed("It is for somebody else.")
    party = claims.get("azp")
    if (len(audience) > 1 or party is not None) and party != wanted.client_id:
        raise OutsideFailed("It was given to somebody else.")
    if not isinstance(claims["iat"], int | float) or claims["iat"] < seconds - OLDEST_S:
        raise OutsideFailed("It is old.")


def _read_claims(claims: Mapping[str, Any], wanted: Wanted) -> Claims:
    subject, mail, name = claims["sub"], claims.get("email"), claims.get("name")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise OutsideFailed("It names nobody.")
    verified = claims.get("email_verified") is True and isinstance(mail, str)
    groups = claims.get(wanted.groups_claim) if wanted.groups_claim else None
    listed = groups if isinstance(groups, list) else [groups]
    return Claims(
        subject=subject,
        mail=str(mail).lower() if verified and _MAIL.fullmatch(str(mail)) else "",
        name=name if isinstance(name, str) else "",
        groups=frozenset(one for one in listed if isinstance(one, str)),
    )
