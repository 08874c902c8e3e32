"""What LINE accepts as a flex message: known boxes within the size limits."""

import json
from typing import Any

from bot.standin.limit_actions import check_action
from bot.standin.probe import Probe

_OFFSET = ("margin", "position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd")
_PADDING = ("paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd")
_LETTERS = ("size", "color", "weight", "style", "decoration")

#: component → required and optional properties beside `type`
_COMPONENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "box": (
        ("layout", "contents"),
        ("flex", "spacing", "backgroundColor", "borderColor", "borderWidth", "cornerRadius",
         "width", "maxWidth", "height", "maxHeight", "action", "justifyContent", "alignItems",
         "background", *_OFFSET, *_PADDING),
    ),
    "button": (("action",), ("flex", "color", "style", "gravity", "height", "adjustMode",
                             "scaling", *_OFFSET)),
    "image": (("url",), ("flex", "align", "gravity", "size", "aspectRatio", "aspectMode",
                         "backgroundColor", "action", "animated", *_OFFSET)),
    "video": (("url", "previewUrl", "altContent"), ("aspectRatio", "action")),
    "icon": (("url",), ("size", "aspectRatio", "scaling", *_OFFSET)),
    "text": ((), ("flex", "text", "align", "gravity", "wrap", "lineSpacing", "action", "maxLines",
                  "contents", "adjustMode", "scaling", *_LETTERS, *_OFFSET)),
    "span": ((), ("text", *_LETTERS)),
    "separator": ((), ("margin", "color")),
    "filler": ((), ("flex",)),
}  # fmt: skip
_BLOCKS = ("header", "hero", "body", "footer")
_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")


def check_flex(probe: Probe) -> None:
    kind = probe.at("type").value
    if kind == "bubble":
        _check_bubble(probe)
    elif kind == "carousel":
        _check_carousel(probe)
    else:
        probe.at("type").fail("must be one of bubble, carousel")


def _check_carousel(probe: Probe) -> None:
    probe.is_object(("type", "contents"))
    _check_bytes(probe, 50 * 1024)
    bubbles = probe.at("contents").items(1, 12) if probe.has("contents") else []
    for bubble in bubbles:
        _check_bubble(bubble)
    if len({str(bubble.at("size").value) for bubble in bubbles}) > 1:
        probe.at("contents").fail("must be bubbles of one size")


def _check_bubble(probe: Probe) -> None:
    probe.is_object(("type",), ("direction", "styles", "size", "action", *_BLOCKS))
    probe.at("type").choice("bubble")
    _check_bytes(probe, 30 * 1024)
    probe.optional("direction", lambda at: at.choice("ltr", "rtl"))
    probe.optional("size", lambda at: at.choice(*_SIZES))
    probe.optional("action", _check_tap)
    probe.optional("styles", _check_styles)
    if not any(probe.has(block) for block in _BLOCKS):
        probe.fail("must not be empty")
    for block in _BLOCKS:
        probe.optional(block, _check_component)


def _check_component(probe: Probe) -> None:
    kind = probe.at("type").value
    if not isinstance(kind, str) or kind not in _COMPONENTS:
        probe.at("type").fail("unknown kind of component")
        return
    required, optional = _COMPONENTS[kind]
    probe.is_object(("type", *required), optional)
    for key in ("color", "backgroundColor", "borderColor"):
        probe.optional(key, Probe.colour)
    for key in ("url", "previewUrl"):
        probe.optional(key, Probe.https)
    probe.optional("action", _check_button if kind == "button" else _check_tap)
    probe.optional("altContent", _check_component)
    if kind == "box":
        probe.optional("layout", lambda at: at.choice("horizontal", "vertical", "baseline"))
    elif (kind == "text" and not probe.has("contents")) or kind == "span":
        probe.at("text").text(2000)
    for child in probe.at("contents").items(0, 500) if probe.has("contents") else []:
        _check_component(child)


def _check_button(probe: Probe) -> None:
    check_action(probe, label_most=40)


def _check_tap(probe: Probe) -> None:
    check_action(probe, label_most=40, label_needed=False)


def _check_styles(probe: Probe) -> None:
    probe.is_object((), _BLOCKS)
    for block in _BLOCKS:
        probe.optional(block, _check_block_style)


def _check_block_style(probe: Probe) -> None:
    probe.is_object((), ("backgroundColor", "separator", "separatorColor"))
    probe.optional("backgroundColor", Probe.colour)
    probe.optional("separatorColor", Probe.colour)
    probe.optional("separator", Probe.boolean)


def _check_bytes(probe: Probe, most: int) -> None:
    size = _byte_length(probe.value)
    if size > most:
        probe.fail(f"must not be larger than {most} bytes, is {size}")


def _byte_length(value: Any) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))
