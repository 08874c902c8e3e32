"""The chat's frames: what a page may say, bounded and typed, and what it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from bot.bubbles import Action
from bot.events import ContentKind, EventKind, Inbound, Media
from bot.people import Standing
from bot.transcript import Attached, Shown, Situation

CHANNEL = "web"
#: Longest text of one message, in code points; 16 KiB frames hold it in any script.
TEXT_MAX = 4000
#: Largest number JSON readers agree on.
SEQ_MAX = 2**53 - 1

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Seq = Annotated[int, Field(ge=0, le=SEQ_MAX)]


class Frame(BaseModel):
    """What every frame has in common: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Hello(Frame):
    """The first frame: who comes, and what was seen so far."""

    type: Literal["hello"] = "hello"
    token: Annotated[str, Field(max_length=200)] | None = None
    after: Seq = 0
    lang: Literal["ja", "en"] | None = None
    #: the embedding page's own name for itself
    site: Annotated[str, Field(max_length=100)] = ""


class Send(Frame):
    """A message the visitor wrote."""

    type: Literal["send"]
    client_id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


class Choice(Frame):
    """A tapped button."""

    type: Literal["choice"]
    client_id: ClientId
    code: Annotated[str, Field(min_length=1, max_length=300)]
    label: Annotated[str, Field(min_length=1, max_length=200)]


class Typing(Frame):
    """The visitor writes, or no longer does."""

    type: Literal["typing"]
    on: bool = True


class Read(Frame):
    """The visitor has seen everything up to seq."""

    type: Literal["read"]
    seq: Seq


class FromClient(RootModel[Annotated[Send | Choice | Typing | Read, Field(discriminator="type")]]):
    """What may come after the hello."""


# --- into the talk


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Who a verified token stands for."""

    id: str
    lang: str | None = None


def follow_event(visitor: Visitor, *, site: str = "", now: int) -> Inbound:
    """A fresh chat was opened. A second tab has the same key, so it greets once."""
    return Inbound(
        channel=CHANNEL,
        event_key=f"{visitor.id}:hello",
        kind=EventKind.FOLLOW,
        occurred_at=now,
        customer_key=visitor.id,
        source_key="hello",
        lang=visitor.lang,
        detail=(("site", site),) if site else (),
        native_kind="hello",
    )


def message_event(visitor: Visitor, frame: Send | Choice, *, now: int) -> Inbound:
    """A message or a tapped button."""
    tapped = frame if isinstance(frame, Choice) else None
    return Inbound(
        channel=CHANNEL,
        event_key=f"{visitor.id}:{frame.client_id}"[:100],
        kind=EventKind.CHOICE if tapped else EventKind.MESSAGE,
        occurred_at=now,
        customer_key=visitor.id,
        text=frame.label if isinstance(frame, Choice) else frame.text,
        choice=tapped.code if tapped else "",
        source_key=frame.client_id,
        lang=visitor.lang,
        native_kind=frame.type,
    )


def file_event(visitor: Visitor, *, client_id: str, media: Media, now: int) -> Inbound:
    """An uploaded picture or document."""
    picture = media.content_type.startswith("image/")
    return Inbound(
        channel=CHANNEL,
        event_key=f"{visitor.id}:{client_id}"[:100],
        kind=EventKind.MESSAGE,
        occurred_at=now,
        customer_key=visitor.id,
        content=ContentKind.IMAGE if picture else ContentKind.FILE,
        source_key=client_id,
        media=media,
        lang=visitor.lang,
        native_kind="upload",
    )


# --- out to the page


def welcome(token: str, *, after: int, erased: list[int]) -> dict[str, Any]:
    """Answer to hello. Events behind `after` follow; a page that holds more than that is stale."""
    return {"type": "welcome", "token": token, "after": after, "erased": erased}


def events(shown: list[Shown]) -> dict[str, Any]:
    """Messages in the order of their seq."""
    return {"type": "events", "events": [event(one) for one in shown]}


def event(shown: Shown) -> dict[str, Any]:
    """One message; empty fields are left out."""
    fields: dict[str, Any] = {
        "seq": shown.seq,
        "from": shown.sender,
        "kind": shown.kind,
        "text": shown.text,
        "at": shown.sent_at,
        "client_id": shown.client_id,
        "name": shown.name,
        "buttons": [action.as_json() for action in shown.buttons if is_safe(action)],
        "quick": [action.as_json() for action in shown.quick if is_safe(action)],
        "files": [_file(one) for one in shown.files],
        "erased": shown.erased,
    }
    always = ("seq", "from", "kind", "text", "at")
    return {name: value for name, value in fields.items() if value or name in always}


def is_safe(action: Action) -> bool:
    """Whether a page may offer it: our own codes, phone numbers, and http(s) addresses."""
    return not action.url or action.url.startswith(("https://", "http://"))


def _file(attached: Attached) -> dict[str, Any]:
    return {
        "key": attached.key,
        "name": attached.name,
        "type": attached.content_type,
        "size": attached.size,
        "state": attached.state,
    }


def state(
    situation: Situation,
    standing: Standing | None = None,
    announcements: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Who answers, for one who waits where and how long, and what is announced."""
    fields: dict[str, Any] = {
        "type": "state",
        "answering": situation.answering.value,
        "reference": situation.reference,
        "agent": situation.agent,
        "read_seq": situation.read_seq,
        "announcements": list(announcements),
    }
    if standing is not None:
        fields |= {
            "front": standing.front.value,
            "position": standing.position,
            "wait": standing.wait,
            "hours": standing.hours,
            "phone": standing.phone,
        }
    return {name: value for name, value in fields.items() if value}


def ack(client_id: str, seq: int | None) -> dict[str, Any]:
    """The message is stored; null where it was kept without a place in the transcript."""
    return {"type": "ack", "client_id": client_id, "seq": seq}


def refused(client_id: str, code: str) -> dict[str, Any]:
    """The message will not be taken as it is."""
    return {"type": "refused", "client_id": client_id, "code": code}


def retry(client_id: str) -> dict[str, Any]:
    """Nothing was stored: send the same again in a moment."""
    return {"type": "retry", "client_id": client_id}


def slow(after_ms: int) -> dict[str, Any]:
    """Too many at once: what is not acknowledged should be sent again after this time."""
    return {"type": "slow", "after_ms": after_ms}


def typing(*, on: bool) -> dict[str, Any]:
    """Somebody on our side writes, or no longer does."""
    return {"type": "typing", "on": on}


def erased(seqs: list[int]) -> dict[str, Any]:
    """These messages are gone: only their place may be shown."""
    return {"type": "erased", "seqs": seqs}


def problem(code: str) -> dict[str, Any]:
    """A frame was not understood, or the chat cannot go on."""
    return {"type": "error", "code": code}
