"""The stand-in's values: customers, calls and answers, and what was seen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Friendship(StrEnum):
    """How a person stands to the account."""

    FRIEND = "friend"
    BLOCKED = "blocked"
    #: never a friend: a push reaches them only within seven days of their own words
    STRANGER = "stranger"


@dataclass(kw_only=True, slots=True)
class Customer:
    """A person, group or room the account may talk with."""

    chat_id: str
    name: str
    friendship: Friendship = Friendship.FRIEND
    language: str | None = "ja"
    status_message: str | None = None
    picture_url: str | None = None
    #: False: the profile call answers 404 although the person exists
    shows_profile: bool = True
    #: people in a group or room; a push to it costs one message each
    members: int = 1
    last_spoke_at: int | None = None
    loading_until: int = 0
    #: another module has the chat; whatever is sent meanwhile is a violation
    standby: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request to the platform, as bytes came in."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        for key, value in self.headers.items():
            if key.lower() == name:
                return value
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the platform answers to a call."""

    status: int
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of 2xx

    def json(self) -> Any:
        return json.loads(self.body)


def answer_json(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers=headers or {})


def refuse(status: int, message: str, problems: list[str] | None = None) -> Answer:
    """An error in LINE's form: a message, and a detail for each property."""
    body: Json = {"message": message}
    if problems:
        split = [problem.partition(": ") for problem in problems]
        body["details"] = [{"message": text, "property": path} for path, _, text in split]
    return answer_json(status, body)


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A breach of the contract with LINE, found in a call."""

    at: int
    endpoint: str
    problem: str

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.problem}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A message the platform accepted."""

    message_id: str
    chat_id: str
    message: Json
    at: int
    #: reply or push
    by: str
    request_id: str
    retry_key: str | None
    #: False: taken with a 200, yet it reaches nobody (blocked, not a friend)
    delivered: bool


class Side(StrEnum):
    """Who wrote a line of the chat."""

    ACCOUNT = "account"
    CUSTOMER = "customer"
    NOTE = "note"


@dataclass(kw_only=True, slots=True)
class Line:
    """One line of a chat, as the phone shows it."""

    line_id: str
    chat_id: str
    side: Side
    message: Json
    at: int
    read: bool = False
    unsent: bool = False
    #: the webhook that carries it has not been acknowledged (shown to the demo's visitor)
    waiting: bool = False


@dataclass(kw_only=True, slots=True)
class Content:
    """The bytes behind a picture, film, sound or file."""

    body: bytes
    content_type: str
    ready_at: int = 0
    preview: bytes | None = None
    unsent: bool = False
    failed: bool = False
