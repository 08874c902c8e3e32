"""The identity provider over HTTP: its addresses and keys, and the exchange of a code."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import structlog
from joserfc.jwk import KeySet

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS, Clock
from handoff.errors import OutsideFailed, OutsideUnreachable
from handoff.outside_token import key_id, parse_keys, read_token
from handoff.outside_values import Claims, Wanted
from handoff.settings import OidcSettings

log = structlog.get_logger("handoff.outside")

TIMEOUT_S: Final = 5.0
#: Nothing that a provider says in earnest is longer.
MOST_BYTES: Final = 256 * 1024
_KEEP_MS: Final = HOUR_MS
#: A token may name a key that is newer than ours; who makes tokens up costs one call a minute.
_KEYS_AGAIN_MS: Final = MINUTE_MS
#: A provider that is down is asked once in a while, not with every click.
_PAUSE_MS: Final = 5 * SECOND_MS
_OK: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class _Addresses:
    authorize: str
    token: str
    keys: str
    #: the secret travels in the form, because the provider takes it nowhere else
    secret_in_form: bool


class HttpProvider:
    """Calls the issuer and the hosts of the settings, never any other, and follows no redirect."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: OidcSettings,
        clock: Clock,
        *,
        back: str,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._session = session
        self._settings = settings
        self._clock = clock
        self._back = back
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        home = urlsplit(settings.issuer)
        self._homes = {(home.scheme, home.netloc)} | {("https", host) for host in settings.hosts}
        self._lock = asyncio.Lock()
        self._addresses: _Addresses | None = None
        self._addresses_at = self._failed_at = self._keys_at = -_KEEP_MS
        self._keys: KeySet | None = None

    async def authorize_url(self, *, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes. Raises OutsideUnreachable."""
        addresses = await self._find_addresses()
        values = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._back,
            "scope": self._settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in addresses.authorize else "?"
        return f"{addresses.authorize}{joint}{urlencode(values)}"

    async def exchange(self, code: str, *, verifier: str, nonce: str) -> Claims:
        """Who came back with this code. Raises OutsideFailed, OutsideUnreachable."""
        addresses = await self._find_addresses()
        token = await self._fetch_token(addresses, code, verifier)
        wanted = Wanted(
            issuer=self._settings.issuer,
            client_id=self._settings.client_id,
            nonce=nonce,
            groups_claim=self._settings.roles_claim,
        )
        keys = await self._find_keys(addresses, key_id(token))
        return read_token(token, keys, wanted, now=self._clock())

    async def _fetch_token(self, addresses: _Addresses, code: str, verifier: str) -> str:
        client, secret = (
            self._settings.client_id,
            self._settings.client_secret.get_secret_value(),
        )
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        headers = {}
        if secret and not addresses.secret_in_form:
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": client, **({"client_secret": secret} if secret else {})}
        answer = await self._call("POST", addresses.token, headers, data=form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OutsideFailed("no id_token")
        return token

    async def _find_addresses(self) -> _Addresses:
        async with self._lock:
            now = self._clock()
            if self._addresses is None or now - self._addresses_at >= _KEEP_MS:
                if 0 <= now - self._failed_at < _PAUSE_MS:
                    raise OutsideUnreachable
                self._failed_at = now
                self._addresses = await self._discover()
                self._addresses_at, self._failed_at = now, -_KEEP_MS
            return self._addresses

    async def _discover(self) -> _Addresses:
        where = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        told = await self._call("GET", where)
        if told.get("issuer") != self._settings.issuer:
            raise self._unreachable("discovery names another issuer")
        ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return _Addresses(
            authorize=self._require_home(told.get("authorization_endpoint")),
            token=self._require_home(told.get("token_endpoint")),
            keys=self._require_home(told.get("jwks_uri")),
            secret_in_form=isinstance(ways, list) and "client_secret_basic" not in ways,
        )

    async def _find_keys(self, addresses: _Addresses, named: str | None) -> KeySet:
        async with self._lock:
            now = self._clock()
            keys = self._keys
            strange = keys is None or (named and named not in {key.kid for key in keys.keys})
            age = now - self._keys_at
            if keys is None or age >= _KEEP_MS or (strange and age >= _KEYS_AGAIN_MS):
                keys = parse_keys(await self._call("GET", addresses.keys))
                self._keys, self._keys_at = keys, now
            return keys

    def _require_home(self, url: object) -> str:
        """An address of the provider's own. Raises OutsideUnreachable."""
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        if (parts.scheme, parts.netloc) not in self._homes or parts.fragment:
            raise self._unreachable("an address at another host")
        return str(url)

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Mapping[str, Any]:
        """A small JSON object from one of the provider's addresses."""
        try:
            async with self._session.request(
                method,
                self._require_home(url),
                allow_redirects=False,
                timeout=self._timeout,
                headers={"Accept": "application/json", **(headers or {})},
                **more,
            ) as answer:
                body = bytearray()
                async for part in answer.content.iter_chunked(16 * 1024):
                    body += part
                    if len(body) > MOST_BYTES:
                        raise self._unreachable("too much")
                status = answer.status
            told = json.loads(bytes(body)) if status == _OK else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            raise self._unreachable(type(error).__name__) from None
        if method == "POST" and status != _OK:
            raise OutsideFailed(f"the code was refused with {status}")
        if not isinstance(told, dict):
            raise self._unreachable(f"status {status}")
        return told

    def _unreachable(self, why: str) -> OutsideUnreachable:
        log.warning("outside_provider", why=why)
        return OutsideUnreachable()
