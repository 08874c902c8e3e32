"""Templates and static files of a package, read once at the start and served from memory."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import jinja2
from aiohttp import web

_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_TEXTS: Final = ("text/css", "text/javascript", "image/svg+xml")
#: A versioned address never changes what it holds.
FOREVER: Final = "public, max-age=31536000, immutable"


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        elif not item.name.startswith("."):
            yield f"{prefix}{item.name}", item.read_bytes()


def templates(*packages: str) -> jinja2.Environment:
    """An environment over the `templates` folders of these packages, the first one winning.

    Everything is escaped and a missing value is an error. Only our own files are compiled.
    """
    sources: dict[str, str] = {}
    for package in reversed(packages):
        for name, content in _walk(files(package) / "templates"):
            sources[name] = content.decode("utf-8")
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for name in sources:
        environment.get_template(name)  # compiled now, so that a broken one stops the start
    return environment


def render(
    environment: jinja2.Environment, template: str, /, *, status: int = 200, **values: Any
) -> web.Response:
    """A page from a template."""
    text = environment.get_template(template).render(values)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """One static file, ready to be sent."""

    content: bytes
    #: gzip of the content, empty where it is not worth it
    packed: bytes
    content_type: str
    etag: str


def _asset(name: str, content: bytes) -> Asset:
    suffix = name[name.rfind(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(
        content=content,
        packed=gzip.compress(content, 9, mtime=0) if kind in _TEXTS else b"",
        content_type=kind,
        etag=hashlib.sha256(content).hexdigest()[:16],
    )


@cache
def _read_static(package: str) -> Mapping[str, Asset]:
    """The files of a package; read once, at the import of whoever serves them."""
    return {name: _asset(name, content) for name, content in _walk(files(package) / "static")}


class Shelf:
    """The static files of one package under one versioned prefix.

    The version covers all files, so that modules which import each other by relative address
    always come from the same release.
    """

    def __init__(
        self, package: str, *, prefix: str = "/static", extra: Mapping[str, bytes] | None = None
    ) -> None:
        self._assets = dict(_read_static(package))
        self._assets |= {name: _asset(name, content) for name, content in (extra or {}).items()}
        joined = "".join(f"{name}:{asset.etag};" for name, asset in self._assets.items())
        self._version = hashlib.sha256(joined.encode()).hexdigest()[:12]
        self._prefix = prefix

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that does not exist."""
        self._assets[name]
        return f"{self._prefix}/{self._version}/{name}"

    def content(self, name: str) -> bytes:
        """The bytes of a file. Raises KeyError."""
        return self._assets[name].content

    def add_routes(self, app: web.Application) -> None:
        """Serve the files; there is no listing."""
        app.router.add_get(f"{self._prefix}/{{version}}/{{name:.+}}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        current = request.match_info["version"] == self._version
        return self.respond(request, request.match_info["name"], forever=current)

    def respond(self, request: web.Request, name: str, *, forever: bool = False) -> web.Response:
        """One file; a page of an older release gets the current one, not to be kept."""
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": FOREVER if forever else "public, max-age=300",
            "ETag": f'"{asset.etag}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        body = asset.content
        if asset.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = asset.packed
        charset = "utf-8" if asset.content_type in _TEXTS else None
        return web.Response(
            body=body, headers=headers, content_type=asset.content_type, charset=charset
        )
