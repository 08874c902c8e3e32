"""Bubbles as LINE message objects that LINE cannot refuse: at most five, nothing empty.

LINE checks a whole request and sends nothing when one object is wrong, and a refused reply must
mean a dead token and nothing else (see `api`), so every limit is kept here.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.bubbles import BUTTON_LIMIT, QUICK_LIMIT, Action, Bubble
from bot.channels.line.actions import render_action, render_actions
from bot.channels.line.plaintext import to_plain
from bot.cleaning import clean_text
from bot.lengths import shorten, utf16_length
from bot.sending import BUBBLES_PER_REQUEST
from bot.splitting import split_text

TEXT_LIMIT: Final = 5000
TEMPLATE_TEXT_LIMIT: Final = 160
ALT_TEXT_LIMIT: Final = 1500
SENDER_LIMIT: Final = 20

_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]")
_LINE_WORD: Final = re.compile(r"(?<![a-z])line(?![a-z])")

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """One message object to be: a text, or a text with buttons."""

    text: str
    buttons: tuple[Action, ...] = ()


def render_messages(
    bubbles: Sequence[Bubble], *, sender_name: str | None = None, markdown: bool = True
) -> list[Json]:
    """One request's messages. What agents write is not Markdown: it is shown as sent."""
    parts = [part for bubble in bubbles for part in _split(bubble, markdown=markdown)]
    quick = next((bubble.quick for bubble in reversed(bubbles) if bubble.quick), ())
    messages = [_render(part) for part in _fit(parts)]
    items = [{"type": "action", "action": action} for action in render_actions(quick, QUICK_LIMIT)]
    if messages and items:
        # LINE shows those of the last message only
        messages[-1]["quickReply"] = {"items": items}
    name = choose_sender_name(sender_name)
    for message in messages if name else ():
        message["sender"] = {"name": name}
    return messages


def group_requests(
    bubbles: Iterable[Bubble], *, markdown: bool = True
) -> list[tuple[Bubble, ...]]:
    """Bubbles in groups that fill one request each without anything being joined or cut."""
    groups: list[list[Bubble]] = []
    used = 0
    for bubble in bubbles:
        size = len(_split(bubble, markdown=markdown))
        if not groups or used + size > BUBBLES_PER_REQUEST:
            groups.append([])
            used = 0
        groups[-1].append(bubble)
        used += size
    return [tuple(group) for group in groups]


def choose_sender_name(name: str | None) -> str | None:
    """The name beside the message; None where LINE would refuse it, and the account's stands."""
    one_line = " ".join(clean_text(name or "").text.split())
    folded = unicodedata.normalize("NFKC", one_line).lower()
    if not one_line or _LINE_WORD.search(folded):
        return None
    return shorten(one_line, SENDER_LIMIT)


def number_choices(quick: Sequence[Action]) -> list[str]:
    """The quick replies as lines to type from: a PC shows none of them.

    A number is the place among all quick replies, as `bot.picking.find_choice` understands it.
    Labels that begin with a number of their own keep it; a single choice needs no list.
    """
    coded = [(place, action.label) for place, action in enumerate(quick, 1) if action.code]
    if len(coded) < 2:  # noqa: PLR2004 - one choice is no choice
        return []
    if all(label[:1].isdigit() for _, label in coded):
        return [label for _, label in coded]
    return [f"{place}. {label}" for place, label in coded]


def _split(bubble: Bubble, *, markdown: bool) -> list[_Part]:
    """A bubble as the messages it takes: text, and buttons four by four."""
    text = to_plain(bubble.text) if markdown else bubble.text
    buttons = tuple(action for action in bubble.buttons if render_action(action))
    lines = [_spell_out(action) for action in bubble.buttons if action not in buttons]
    text = clean_text("\n".join([text, *filter(None, lines), *number_choices(bubble.quick)])).text
    if not text.strip():
        text = _prompt(bubble) if buttons or bubble.quick else ""
    if not text:
        return []
    if buttons and len(buttons) <= BUTTON_LIMIT and utf16_length(text) <= TEMPLATE_TEXT_LIMIT:
        return [_Part(text=text, buttons=buttons)]
    parts = split_text(text, TEXT_LIMIT, 2 * BUBBLES_PER_REQUEST)
    prompt = _prompt(bubble)
    return [
        *(_Part(text=part) for part in parts if part.strip()),
        *(_Part(text=prompt, buttons=group) for group in _by_four(buttons)),
    ]


def _by_four(buttons: Sequence[Action]) -> list[tuple[Action, ...]]:
    starts = range(0, len(buttons), BUTTON_LIMIT)
    return [tuple(buttons[start : start + BUTTON_LIMIT]) for start in starts]


def _prompt(bubble: Bubble) -> str:
    words = [bubble.text, *(action.label for action in (*bubble.buttons, *bubble.quick))]
    return "お選びください。" if _JAPANESE.search("".join(words)) else "Please choose."


def _spell_out(action: Action) -> str:
    """A button that LINE does not take, as a line of text; what has only a code cannot be said."""
    target = action.tel or action.url
    return f"{action.label}: {target}" if target else ""


def _fit(parts: Sequence[_Part]) -> list[_Part]:
    """At most five: neighbouring texts are joined, buttons become text, and last words are cut."""
    if len(parts) <= BUBBLES_PER_REQUEST:
        return list(parts)
    joined = _join(parts)
    if len(joined) <= BUBBLES_PER_REQUEST:
        return joined
    spelled = [
        "\n".join([part.text, *filter(None, map(_spell_out, part.buttons))]) for part in parts
    ]
    texts = split_text("\n\n".join(spelled), TEXT_LIMIT, BUBBLES_PER_REQUEST)
    return [_Part(text=text) for text in texts if text.strip()]


def _join(parts: Sequence[_Part]) -> list[_Part]:
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and not last.buttons and not part.buttons:
            both = f"{last.text}\n\n{part.text}"
            if utf16_length(both) <= TEXT_LIMIT:
                joined[-1] = _Part(text=both)
                continue
        joined.append(part)
    return joined


def _render(part: _Part) -> Json:
    if not part.buttons:
        return {"type": "text", "text": part.text}
    labels = " / ".join(action.label for action in part.buttons)
    return {
        "type": "template",
        # for notifications and for whoever cannot see templates
        "altText": shorten(f"{part.text}\n{labels}", ALT_TEXT_LIMIT),
        "template": {
            "type": "buttons",
            "text": part.text,
            "actions": render_actions(part.buttons, BUTTON_LIMIT),
        },
    }
