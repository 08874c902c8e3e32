"""docs/reference/access.md as values, and the routes of an application in the same words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from handoff.pages import desk_acts, knowledge_api

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
#: Acts of a route whose pattern does not name them: the handler's own table does.
ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "/desk/api/conversations/{id}/{act}": tuple(desk_acts.ACTS),
    "/knowledge/api/{act}": tuple(knowledge_api.ACTS),
}
WHO: Final = ("everybody", "LINE", "visitor", "login", "agent", "supervisor", "admin")
STAFF: Final = ("login", "agent", "supervisor", "admin")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing that the application answers."""

    method: str
    path: str
    who: str
    #: what somebody without a login or a visitor's token gets
    without: str
    #: what somebody with too low a role gets
    less: str
    #: what is answered about what is not there, or belongs to somebody else
    absent: str
    kept: str

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One frame that a socket takes."""

    socket: str
    frame: str
    who: str


def _cells(heading: str, width: int) -> Iterator[list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip().strip("`") for cell in line.strip("| ").split(" | ")]
            assert len(cells) == width, line
            yield cells


def read_rows() -> list[Row]:
    """The table of routes."""
    rows = []
    for method, path, who, without, less, absent, kept in _cells("Routes", 7):
        rows.append(
            Row(
                method=method,
                path=path,
                who=who,
                without=without,
                less=less,
                absent=absent,
                kept=kept,
            )
        )
    return rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a login is worth that is not simply one of its role."""

    login: str
    #: lines of the table that open: `login`, those of its `role`, or `none` but everybody's
    opens: str
    #: what it gets elsewhere, and where a browser is led to instead
    refused: str
    led: str
    #: what opening the desk's socket is answered with
    socket: str


def read_standings() -> dict[str, Standing]:
    """The table of logins, by what a login is."""
    return {
        login: Standing(login=login, opens=opens, refused=refused, led=led.strip("`"), socket=way)
        for login, opens, refused, led, way in _cells("Logins", 5)
    }


def read_frames() -> list[Verb]:
    """The table of frames."""
    return [
        Verb(socket=socket, frame=frame, who=who)
        for socket, frame, who, _does in _cells("Frames", 4)
    ]


def list_routes(app: web.Application) -> Iterator[tuple[str, str]]:
    """Method and path of everything in the router; HEAD stands for the GET beside it."""
    for route in app.router.routes():
        assert route.resource is not None, route
        if route.method == "HEAD":
            continue
        pattern = route.resource.get_info().get("pattern")
        path = route.resource.canonical
        if path in ACTS:
            for act in ACTS[path]:
                yield route.method, path.replace("{act}", act)
            continue
        named = re.search(r"\(\?P<act>([a-z_|]+)\)", pattern.pattern) if pattern else None
        for act in named[1].split("|") if named else ["{act}"]:
            yield route.method, path.replace("{act}", act)
