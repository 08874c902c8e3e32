"""Our buttons and quick replies as LINE's actions, within LINE's limits."""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from bot.bubbles import Action
from bot.cleaning import clean_text
from bot.lengths import grapheme_length, graphemes, utf16_length

LABEL_LIMIT: Final = 20
DATA_LIMIT: Final = 300
DISPLAY_LIMIT: Final = 300
URI_LIMIT: Final = 1000

_SCHEMES: Final = frozenset({"http", "https", "line"})
_PHONE: Final = re.compile(r"\+?[0-9*.()-]*[0-9][0-9*.()-]*")
#: what may stand in an address as it is; a lone % is encoded, an escape is kept
_SAFE: Final = "/:?#@!$&'()*+,;=-._~[]"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

Json = dict[str, Any]


def render_action(action: Action) -> Json | None:
    """LINE's form of an action; None when LINE would refuse it."""
    label = cut_label(action.label)
    if not label:
        return None
    if action.code:
        if utf16_length(action.code) > DATA_LIMIT:
            return None
        # what was tapped stands in the chat as the customer's words
        shown = cut_graphemes(_one_line(action.label), DISPLAY_LIMIT)
        return {"type": "postback", "label": label, "data": action.code, "displayText": shown}
    uri = render_phone(action.tel) if action.tel else encode_uri(action.url)
    return {"type": "uri", "label": label, "uri": uri} if uri else None


def render_actions(actions: Iterable[Action], most: int) -> list[Json]:
    """The first `most` that LINE takes."""
    rendered = [render_action(action) for action in actions]
    return [action for action in rendered if action is not None][:most]


def cut_label(label: str) -> str:
    """At most 20 characters as people count them, in one line."""
    return cut_graphemes(_one_line(label), LABEL_LIMIT)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).text.split())


def cut_graphemes(text: str, most: int) -> str:
    """A text of at most `most` graphemes, ending in 「…」 where something was cut."""
    # no character is shorter than one code point, and most texts are short
    if len(text) <= most or grapheme_length(text) <= most:
        return text
    return "".join(list(graphemes(text))[: most - 1]) + "…"


def encode_uri(url: str) -> str:
    """The address percent-encoded, its host in ASCII; empty when it cannot be one for LINE."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SCHEMES or not host:
        return ""
    whole = urlunsplit((parts.scheme.lower(), host, parts.path, parts.query, parts.fragment))
    encoded = quote(_LONE_PERCENT.sub("%25", whole), safe=_SAFE + "%", errors="replace")
    return encoded if len(encoded) <= URI_LIMIT else ""


def render_phone(number: str) -> str:
    """A tel: address; empty when it is no number."""
    bare = "".join(number.split())
    uri = f"tel:{bare}"
    return uri if _PHONE.fullmatch(bare) and len(uri) <= URI_LIMIT else ""
