"""Checks request bodies against LINE's limits; each problem is a text that opens with its path."""

import re
from typing import Any

from bot.standin.limit_actions import check_action
from bot.standin.limit_flex import check_flex
from bot.standin.limit_templates import check_template
from bot.standin.probe import Probe

_COMMON = ("quickReply", "sender")
_ALT_TEXT = 1500
_QUICK_REPLIES = 13
_MESSAGES = 5
#: name → required and optional properties beside `type`, `quickReply` and `sender`
_MESSAGES_KNOWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ("emojis", "quoteToken")),
    "textV2": (("text",), ("substitution", "quoteToken")),
    "sticker": (("packageId", "stickerId"), ("quoteToken",)),
    "image": (("originalContentUrl", "previewImageUrl"), ()),
    "video": (("originalContentUrl", "previewImageUrl"), ("trackingId",)),
    "audio": (("originalContentUrl", "duration"), ()),
    "location": (("title", "address", "latitude", "longitude"), ()),
    "imagemap": (("baseUrl", "altText", "baseSize", "actions"), ("video",)),
    "template": (("altText", "template"), ()),
    "flex": (("altText", "contents"), ()),
    "coupon": (("couponId",), ("deliveryTag",)),
}


def check_message(message: Any, path: str = "message") -> list[str]:
    """What LINE would refuse in one message object."""
    problems: list[str] = []
    _check_message(Probe(message, path, problems))
    return problems


def check_reply(body: Any) -> list[str]:
    problems: list[str] = []
    probe = Probe(body, "", problems)
    if probe.is_object(("replyToken", "messages"), ("notificationDisabled",)):
        probe.at("replyToken").text(100)
        _check_messages(probe)
    return problems


def check_push(body: Any) -> list[str]:
    problems: list[str] = []
    probe = Probe(body, "", problems)
    known = ("notificationDisabled", "customAggregationUnits")
    if probe.is_object(("to", "messages"), known):
        probe.at("to").text(100)
        _check_messages(probe)
        probe.optional("customAggregationUnits", _check_units)
    return problems


def check_loading(body: Any) -> list[str]:
    problems: list[str] = []
    probe = Probe(body, "", problems)
    probe.is_object(("chatId",), ("loadingSeconds",))
    probe.optional("chatId", lambda at: at.pattern("U[0-9a-f]{32}", "the id of a person"))
    probe.optional("loadingSeconds", lambda at: at.whole(5, 60, step=5))
    return problems


def check_read_mark(body: Any) -> list[str]:
    problems: list[str] = []
    probe = Probe(body, "", problems)
    if probe.is_object(("markAsReadToken",)):
        probe.at("markAsReadToken").text(1000)
    return problems


def find_unseen(messages: list[dict[str, Any]]) -> list[str]:
    """What LINE takes but no customer will ever see: quick replies before the last message."""
    return [
        f"messages[{index}].quickReply: only the last message's are shown"
        for index, message in enumerate(messages[:-1])
        if "quickReply" in message
    ]


def _check_messages(probe: Probe) -> None:
    probe.optional("notificationDisabled", Probe.boolean)
    for message in probe.at("messages").items(1, _MESSAGES):
        _check_message(message)


def _check_units(probe: Probe) -> None:
    for unit in probe.items(0, 1):
        unit.pattern("[A-Za-z0-9_]{1,30}", "1 to 30 of A-Z, a-z, 0-9, _")


def _check_message(probe: Probe) -> None:
    kind = probe.at("type").value
    if not isinstance(kind, str) or kind not in _MESSAGES_KNOWN:
        probe.at("type").fail("unknown kind of message")
        return
    required, optional = _MESSAGES_KNOWN[kind]
    probe.is_object(("type", *required), (*optional, *_COMMON))
    probe.optional("quickReply", _check_quick_reply)
    probe.optional("sender", _check_sender)
    probe.optional("altText", lambda at: at.text(_ALT_TEXT))
    for key in ("originalContentUrl", "previewImageUrl", "baseUrl"):
        probe.optional(key, Probe.https)
    probe.optional("quoteToken", lambda at: at.text(1000))
    probe.optional("template", check_template)
    _check_kind(kind, probe)


def _check_kind(kind: str, probe: Probe) -> None:
    checks = {
        "text": _check_text,
        "textV2": _check_text_v2,
        "sticker": _check_sticker,
        "video": _check_video,
        "audio": _check_audio,
        "location": _check_location,
        "imagemap": _check_imagemap,
        "flex": _check_flex_message,
        "coupon": _check_coupon,
    }
    check = checks.get(kind)
    if check is not None:
        check(probe)


def _check_text(probe: Probe) -> None:
    probe.optional("text", lambda at: at.text(5000))
    text = probe.at("text").value
    for emoji in probe.at("emojis").items(1, 20) if probe.has("emojis") else []:
        emoji.is_object(("index", "productId", "emojiId"))
        index = emoji.at("index").value
        units = text.encode("utf-16-le", "surrogatepass") if isinstance(text, str) else b""
        if not isinstance(index, int) or units[2 * index : 2 * index + 2] != b"$\0":
            emoji.at("index").fail("must point at a $ in the text")


def _check_text_v2(probe: Probe) -> None:
    probe.optional("text", lambda at: at.text(5000))
    substitution = probe.at("substitution")
    values = substitution.value if probe.has("substitution") else {}
    if not isinstance(values, dict) or len(values) > 100:  # noqa: PLR2004 - LINE's limit, used once
        substitution.fail("must be an object of at most 100 names")
        return
    for key in values:
        if not re.fullmatch("[0-9A-Za-z_]{1,20}", key):
            substitution.fail(f"bad name {key!r}")
        substitution.at(key).at("type").choice("mention", "emoji")
    text = probe.at("text").value
    bare = re.sub(r"\{\{|\}\}", "", text) if isinstance(text, str) else ""
    for name in re.findall(r"\{([^{}]*)\}", bare):
        if name not in values:
            probe.at("text").fail(f"{{{name}}} has no substitution")


def _check_sticker(probe: Probe) -> None:
    for key in ("packageId", "stickerId"):
        probe.optional(key, lambda at: at.pattern("[0-9]{1,20}", "digits"))


def _check_video(probe: Probe) -> None:
    probe.optional("trackingId", lambda at: at.text(100))


def _check_audio(probe: Probe) -> None:
    probe.optional("duration", lambda at: at.whole(1, 24 * 60 * 60 * 1000))


def _check_location(probe: Probe) -> None:
    probe.optional("title", lambda at: at.text(100))
    probe.optional("address", lambda at: at.text(100))
    probe.optional("latitude", lambda at: at.number(-90, 90))
    probe.optional("longitude", lambda at: at.number(-180, 180))


def _check_flex_message(probe: Probe) -> None:
    probe.optional("contents", check_flex)


def _check_coupon(probe: Probe) -> None:
    probe.optional("couponId", lambda at: at.text(100))
    probe.optional("deliveryTag", lambda at: at.text(30))


def _check_imagemap(probe: Probe) -> None:
    probe.at("baseSize").is_object(("width", "height"))
    for action in probe.at("actions").items(1, 50) if probe.has("actions") else []:
        action.at("type").choice("message", "uri", "clipboard")
        action.at("area").is_object(("x", "y", "width", "height"))
        action.optional("linkUri", Probe.uri)


def _check_quick_reply(probe: Probe) -> None:
    if not probe.is_object(("items",)):
        return
    for item in probe.at("items").items(1, _QUICK_REPLIES):
        item.is_object(("type", "action"), ("imageUrl",))
        item.at("type").choice("action")
        item.optional("imageUrl", Probe.https)
        item.optional("action", lambda at: check_action(at, label_most=20, quick_reply=True))


def _check_sender(probe: Probe) -> None:
    probe.is_object((), ("name", "iconUrl"))
    probe.optional("iconUrl", Probe.https)
    if not probe.has("name"):
        return
    name = probe.at("name")
    if name.text(20) and re.search(r"\bline\b", name.value, re.IGNORECASE | re.ASCII):
        name.fail("must not hold the word LINE")
