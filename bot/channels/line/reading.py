"""Reads the body of a genuine webhook into events, tolerating whatever LINE adds one day.

A body that is no JSON object with a list of events raises BadInput. Inside the list nothing
raises: what cannot be understood becomes an event of kind OTHER that says what was wrong.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.channels.line.contents import read_message, tidy
from bot.errors import BadInput
from bot.events import TEXT_LIMIT, EventKind, Inbound

CHANNEL: Final = "line"

#: The form of a person's id; nothing else is looked up or put into an address.
PERSON: Final = re.compile(r"U[0-9a-f]{32}")
#: What the console's Verify button once sent: nobody stands behind these.
_NOBODY: Final = "Udeadbeefdeadbeefdeadbeefdeadbeef"
_DUMMY_TOKENS: Final = frozenset({"0" * 32, "f" * 32})

#: LINE sends a few; empty ones would fill the largest body with a quarter of a million.
_EVENTS_LIMIT = 2_000
_KEY_LIMIT = 100
_NAME_LIMIT = 50
_TOKEN_LIMIT = 256
_CHOICE_LIMIT = 300
#: year 5138; whatever is beyond was not a time
_TIME_LIMIT = 10**14
#: digits of an integer we convert: Python refuses 4,301 of them, and no id or time has 20
_DIGITS = 20

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One webhook call: whom LINE meant it for, and what happened, oldest first."""

    destination: str
    events: tuple[Inbound, ...]


def read_call(body: bytes, *, now: int) -> Call:
    """Read a webhook's body. Raises BadInput when it is no list of events at all."""
    call = _load(body)
    if not isinstance(call, dict):
        raise BadInput("The body must be a JSON object.")
    events = call.get("events")
    if not isinstance(events, list):
        raise BadInput("`events` must be a list.")
    if len(events) > _EVENTS_LIMIT:
        raise BadInput(f"`events` must hold at most {_EVENTS_LIMIT} events.")
    destination = call.get("destination")
    found = [read_event(event, now=now) for event in events]
    return Call(
        destination=destination if isinstance(destination, str) else "",
        # calls come in any order, and so may the events in one
        events=tuple(sorted(found, key=lambda event: event.occurred_at)),
    )


def keep_unreadable(body: bytes, problem: str, *, now: int) -> Inbound:
    """A genuine body that we cannot read, kept for admins; the same body gives the same key."""
    return Inbound(
        channel=CHANNEL,
        event_key="sha256:" + hashlib.sha256(body).hexdigest(),
        kind=EventKind.OTHER,
        occurred_at=now,
        text=tidy(body[: 4 * TEXT_LIMIT].decode("utf-8", "replace"), TEXT_LIMIT),
        detail=(("problem", problem),),
        native_kind="unreadable",
    )


def read_event(event: Any, *, now: int) -> Inbound:
    """One event, never an exception: the others of the call must not suffer for it."""
    try:
        if not isinstance(event, dict):
            return _other(event, now=now, problem="the event is no object")
        return _read_object(event, now=now)
    except (BadInput, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as why:
        problem = str(why) if isinstance(why, BadInput) else type(why).__name__
        return _other(event, now=now, problem=problem)


def event_key(event: Any) -> str:
    """What makes a repeated event the same: LINE's id, or a hash of all that does not change."""
    if isinstance(event, dict):
        given = event.get("webhookEventId")
        # unprintable characters, halves of surrogate pairs among them, are no id of LINE's
        if isinstance(given, str) and 0 < len(given) <= _KEY_LIMIT and given.isprintable():
            return given
        event = {key: value for key, value in event.items() if key != "deliveryContext"}
    try:
        canonical = json.dumps(event, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        canonical = f"too deep:{len(event)}:{sorted(event) if isinstance(event, dict) else ''}"
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _load(body: bytes) -> Any:
    try:
        return json.loads(
            # LINE writes UTF-8; a broken byte must not cost the other events of the call
            body.decode("utf-8-sig", "replace"),
            parse_int=_whole,
            parse_constant=lambda name: None,
        )
    except RecursionError:
        raise BadInput("The body is nested too deeply.") from None
    except ValueError:
        raise BadInput("The body is no JSON.") from None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS else None


def _read_object(event: Json, *, now: int) -> Inbound:
    base = _base(event, now=now)
    source = event.get("source")
    if isinstance(source, dict) and source.get("type") in ("group", "room"):
        # filed under nobody: what is said among several is not the sender's conversation with us
        detail = (("source", str(source["type"])),)
        return replace(base, customer_key=None, reply_token=None, detail=detail)
    if base.customer_key == _NOBODY or base.reply_token in _DUMMY_TOKENS:
        return replace(base, customer_key=None, reply_token=None, detail=(("source", "verify"),))
    match event.get("type"):
        case "message":
            return read_message(base, event.get("message"))
        case "postback":
            return _read_postback(base, event.get("postback"))
        case "follow":
            return replace(base, kind=EventKind.FOLLOW, detail=_unblocked(event.get("follow")))
        case "unfollow":
            return replace(base, kind=EventKind.UNFOLLOW)
        case "unsend":
            return _read_unsend(base, event.get("unsend"))
        case _:
            return replace(base, reply_token=None)


def _base(event: Json, *, now: int) -> Inbound:
    """What all kinds of events share; kind OTHER until somebody knows better."""
    token = event.get("replyToken")
    token = token if _is_word(token, _TOKEN_LIMIT) else None
    mode = event.get("mode")
    return Inbound(
        channel=CHANNEL,
        event_key=event_key(event),
        kind=EventKind.OTHER,
        occurred_at=_time(event.get("timestamp"), now),
        customer_key=_person(event.get("source")),
        reply_token=token if mode != "standby" else None,
        # a mode that is new to us counts as standby, unless LINE invites a reply
        standby=mode == "standby" or (mode not in (None, "active") and token is None),
        native_kind=tidy(event.get("type"), _NAME_LIMIT),
    )


def _person(source: Any) -> str | None:
    """The customer's id, None when LINE does not say it. Raises BadInput for anything odd."""
    if not isinstance(source, dict) or source.get("userId") is None:
        return None
    person = source["userId"]
    if not isinstance(person, str) or not PERSON.fullmatch(person):
        raise BadInput("source.userId has not the form of an id")
    return person


def _time(value: Any, now: int) -> int:
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    is_time = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _TIME_LIMIT
    return value if is_time else now


def _read_postback(base: Inbound, postback: Any) -> Inbound:
    if not isinstance(postback, dict) or not isinstance(postback.get("data"), str):
        raise BadInput("postback.data is missing")
    params = postback.get("params")
    chosen = params.items() if isinstance(params, dict) else ()
    return replace(
        base,
        kind=EventKind.CHOICE,
        choice=tidy(postback["data"], _CHOICE_LIMIT),
        source_key=base.event_key,
        detail=tuple(
            (tidy(name, _NAME_LIMIT), tidy(value, _CHOICE_LIMIT))
            for name, value in sorted(chosen)[:10]
            if isinstance(value, str) and value
        ),
    )


def _read_unsend(base: Inbound, unsend: Any) -> Inbound:
    target = unsend.get("messageId") if isinstance(unsend, dict) else None
    if not _is_word(target, _KEY_LIMIT):
        raise BadInput("unsend.messageId is missing")
    return replace(base, kind=EventKind.UNSEND, target_key=str(target))


def _unblocked(follow: Any) -> tuple[tuple[str, str], ...]:
    again = isinstance(follow, dict) and follow.get("isUnblocked") is True
    return (("unblocked", "1"),) if again else ()


def _is_word(value: Any, limit: int) -> bool:
    """A non-empty ASCII text without blanks or control characters."""
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        return False
    return value.isascii() and value.isprintable() and " " not in value


def _other(event: Any, *, now: int, problem: str) -> Inbound:
    """An event that we could not understand, kept with the reason."""
    known = event if isinstance(event, dict) else {}
    return Inbound(
        channel=CHANNEL,
        event_key=event_key(event),
        kind=EventKind.OTHER,
        occurred_at=_time(known.get("timestamp"), now),
        standby=known.get("mode") == "standby",
        detail=(("problem", problem),),
        native_kind=tidy(known.get("type"), _NAME_LIMIT),
    )
