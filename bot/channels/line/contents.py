"""Reads what a LINE message is made of: words, a sticker, a picture, a file, a place."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.cleaning import clean_text
from bot.errors import BadInput
from bot.events import TEXT_LIMIT, ContentKind, EventKind, Inbound, Media

#: A message id is put into the address its content is fetched from, so it has one form.
MESSAGE_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
#: As LINE gives it; it is sent back as it came.
_READ_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,1000}")

_KINDS: Final = {
    "text": ContentKind.TEXT,
    "sticker": ContentKind.STICKER,
    "image": ContentKind.IMAGE,
    "video": ContentKind.VIDEO,
    "audio": ContentKind.AUDIO,
    "file": ContentKind.FILE,
    "location": ContentKind.LOCATION,
}
_WITH_MEDIA: Final = frozenset(
    {ContentKind.IMAGE, ContentKind.VIDEO, ContentKind.AUDIO, ContentKind.FILE}
)
_SHORT = 100
_LONG = 300
_KEYWORDS = 15
#: LINE's largest file is 300 MB; a size beyond this is no size
_SIZE_LIMIT = 10**12

Json = Mapping[str, Any]
Detail = tuple[tuple[str, str], ...]


def read_message(base: Inbound, message: Any) -> Inbound:
    """The event with its message. Raises BadInput when there is no message in it."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BadInput("message is missing")
    native = message["type"]
    content = _KINDS.get(native, ContentKind.OTHER)
    text = message.get("text") if content is ContentKind.TEXT else ""
    if not isinstance(text, str):
        raise BadInput("message.text is missing")
    source = _message_id(message.get("id"))
    return replace(
        base,
        kind=EventKind.MESSAGE,
        content=content,
        text=tidy(text, TEXT_LIMIT),
        source_key=source or base.event_key,
        media=_media(message, source) if content in _WITH_MEDIA else None,
        detail=_detail(content, message),
        read_token=_read_token(message),
    )


def tidy(value: Any, limit: int) -> str:
    """A text that every store takes, cut to `limit`; empty when it is no text."""
    return clean_text(value).text[:limit] if isinstance(value, str) else ""


def _read_token(message: Json) -> str | None:
    given = message.get("markAsReadToken")
    return given if isinstance(given, str) and _READ_TOKEN.fullmatch(given) else None


def _message_id(value: Any) -> str:
    given = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return given if isinstance(given, str) and MESSAGE_ID.fullmatch(given) else ""


def _media(message: Json, source: str) -> Media | None:
    """Where the bytes are; None when LINE does not hold them or did not say which they are."""
    provider = message.get("contentProvider")
    kind = provider.get("type") if isinstance(provider, dict) else "line"
    if kind != "line" or not source:
        return None
    return Media(
        source=source, name=_text(message, "fileName"), size=_size(message.get("fileSize"))
    )


def _size(value: Any) -> int:
    is_size = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _SIZE_LIMIT
    return int(value) if is_size else 0


def _detail(content: ContentKind, message: Json) -> Detail:
    match content:
        case ContentKind.STICKER:
            return _sticker(message)
        case ContentKind.LOCATION:
            return _location(message)
        case ContentKind.TEXT:
            return _present(("quoted", _text(message, "quotedMessageId")))
        case ContentKind.IMAGE | ContentKind.VIDEO | ContentKind.AUDIO | ContentKind.FILE:
            return _media_detail(message)
        case _:
            return _present(("type", _text(message, "type")))


def _sticker(message: Json) -> Detail:
    keywords = message.get("keywords")
    keywords = keywords if isinstance(keywords, list) else []
    words = [word for word in keywords if isinstance(word, str)]
    return _present(
        ("package", _text(message, "packageId")),
        ("sticker", _text(message, "stickerId")),
        ("keywords", tidy("、".join(words[:_KEYWORDS]), _LONG)),
        ("text", _text(message, "text")),
    )


def _location(message: Json) -> Detail:
    return _present(
        ("title", _text(message, "title", _LONG)),
        ("address", _text(message, "address", _LONG)),
        ("latitude", _degrees(message.get("latitude"), 90)),
        ("longitude", _degrees(message.get("longitude"), 180)),
    )


def _media_detail(message: Json) -> Detail:
    duration = message.get("duration")
    pictures = message.get("imageSet")
    pictures = pictures if isinstance(pictures, dict) else {}
    provider = message.get("contentProvider")
    provider = provider if isinstance(provider, dict) else {}
    return _present(
        ("duration_ms", _number(duration)),
        ("set", _text(pictures, "id")),
        ("set_index", _number(pictures.get("index"))),
        ("set_total", _number(pictures.get("total"))),
        # told, never fetched: it is an address that somebody outside chose
        ("elsewhere", _text(provider, "originalContentUrl", 1000)),
    )


def _text(values: Json, name: str, limit: int = _SHORT) -> str:
    return tidy(values.get(name), limit)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _degrees(value: Any, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"{value:.6f}" if math.isfinite(value) and abs(value) <= most else ""


def _present(*pairs: tuple[str, str]) -> Detail:
    return tuple((name, value) for name, value in pairs if value)
