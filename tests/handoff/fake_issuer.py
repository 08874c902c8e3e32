"""An identity provider of our own, over real HTTP, which is honest or evil as the test wants."""

import asyncio
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from handoff.outside_values import challenge_of

CLIENT = "desk"
SECRET = "a secret between us"
MAIL = "sato@shop.example"


@lru_cache
def make_key(name: str) -> RSAKey:
    """Made once a name: it takes its time."""
    return RSAKey.generate_key(2048, {"kid": "one"})


def plain(token_head: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = [urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in (token_head, claims)]
    return b".".join([*parts, b""]).decode()


@dataclass
class FakeIssuer:
    """Remembers codes with what was asked for, and gives a token for each once."""

    clock: Any
    key: RSAKey = field(default_factory=lambda: make_key("ours"))
    #: what its tokens say besides or instead
    claims: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    #: evil things: none, hs256, alg_none, other_key, redirect, huge, slow, moved, html, replay
    evil: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    given: int = 0
    calls: list[str] = field(default_factory=list)

    async def start(self) -> TestServer:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        self.server = TestServer(app)
        await self.server.start_server()
        return self.server

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def give_code(self, url: str) -> tuple[str, str]:
        """What the browser would bring back after somebody has logged in there: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        self.given += 1
        code = f"code-{self.given}"
        self.codes[code] = asked
        return code, asked["state"]

    async def _discovery(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("discovery")
        if self.evil == "redirect":
            raise web.HTTPFound("http://127.0.0.1:1/elsewhere")
        if self.evil == "slow":
            await asyncio.sleep(30)
        if self.evil == "html":
            return web.Response(text="<h1>down</h1>", content_type="text/html")
        home = "https://elsewhere.example" if self.evil == "moved" else self.issuer
        return web.json_response(
            {
                "issuer": "https://other.example" if self.evil == "renamed" else self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{home}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("keys")
        if self.evil == "huge":
            return web.json_response({"keys": [self._public()] * 2000})
        if self.evil == "keys_redirect":
            raise web.HTTPFound(f"{self.issuer}/elsewhere")
        keys = [self._public()]
        if self.evil == "oct":
            keys.append({"kty": "oct", "kid": "shared", "k": "c2hhcmVkc2hhcmVkc2hhcmVkc2hhcmVk"})
        return web.json_response({"keys": keys})

    def _public(self) -> dict[str, Any]:
        return {**self.key.as_dict(private=False), "kid": "one", "use": "sig"}

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("token")
        form = await request.post()
        asked = self.codes.get(str(form["code"]))
        pair = b64encode(f"{CLIENT}:{quote(SECRET)}".encode()).decode()
        right = request.headers["Authorization"] == f"Basic {pair}"
        if asked is None or not right or form["redirect_uri"] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if challenge_of(str(form["code_verifier"])) != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if self.evil != "replay":
            del self.codes[str(form["code"])]
        return web.json_response({"access_token": "x", "id_token": self.sign(asked["nonce"])})

    def sign(self, nonce: str) -> str:
        now = self.clock() // 1000
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": MAIL,
            "email_verified": True,
            "name": "佐藤 花子",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        head = {"alg": "RS256", "kid": "one", **self.head}
        if self.evil == "alg_none":
            return plain({**head, "alg": "none"}, claims)
        if self.evil == "hs256":
            # the public key taken for a shared secret: what libraries once fell for
            shared = OctKey.import_key(self.key.as_pem(private=False))
            return _hs256(head, claims, shared)
        if self.evil == "oct":
            shared = OctKey.import_key(b"sharedsharedsharedshared")
            return _hs256({**head, "kid": "shared"}, claims, shared)
        if self.evil == "other_key":
            return jwt.encode(head, claims, make_key("another"))
        if self.evil == "own_key":
            other = ECKey.generate_key("P-256")
            return jwt.encode(
                {**head, "alg": "ES256", "jwk": other.as_dict(private=False)}, claims, other
            )
        return jwt.encode(head, claims, self.key)


def _hs256(head: dict[str, Any], claims: dict[str, Any], key: OctKey) -> str:
    told = json.dumps(claims).encode()
    return jws.serialize_compact({**head, "alg": "HS256"}, told, key, algorithms=["HS256"])
