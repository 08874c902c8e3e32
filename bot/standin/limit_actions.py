"""What LINE accepts as an action: the thing that happens on a tap."""

from bot.standin.counting import count_clusters
from bot.standin.probe import Probe

#: kind → required and optional properties beside `type`
_PROPERTIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "postback": (("data",), ("displayText", "text", "inputOption", "fillInText")),
    "message": (("text",), ()),
    "uri": (("uri",), ("altUri",)),
    "datetimepicker": (("data", "mode"), ("initial", "max", "min")),
    "clipboard": (("clipboardText",), ()),
    "camera": ((), ()),
    "cameraRoll": ((), ()),
    "location": ((), ()),
}
_ONLY_IN_QUICK_REPLIES = frozenset({"camera", "cameraRoll", "location"})
_INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")


def check_action(
    probe: Probe, *, label_most: int, label_needed: bool = True, quick_reply: bool = False
) -> None:
    kind = probe.at("type").value
    if not isinstance(kind, str) or kind not in _PROPERTIES:
        probe.at("type").fail("unknown kind of action")
        return
    if kind in _ONLY_IN_QUICK_REPLIES and not quick_reply:
        probe.fail(f"{kind} is for quick replies only")
    required, optional = _PROPERTIES[kind]
    label = ("label",)
    probe.is_object(
        ("type", *required, *(label if label_needed else ())),
        (*optional, *(() if label_needed else label)),
    )
    probe.optional("label", lambda at: at.text(label_most, count=count_clusters))
    _check_payload(kind, probe)


def _check_payload(kind: str, probe: Probe) -> None:
    if kind == "postback":
        _check_postback(probe)
    elif kind == "message":
        probe.optional("text", lambda at: at.text(300, count=count_clusters))
    elif kind == "uri":
        probe.optional("uri", Probe.uri)
        probe.optional("altUri", _check_desktop_uri)
    elif kind == "datetimepicker":
        probe.optional("data", lambda at: at.text(300, least=0))
        probe.optional("mode", lambda at: at.choice("date", "time", "datetime"))
        for key in ("initial", "max", "min"):
            probe.optional(key, lambda at: at.pattern(r"[0-9T:t-]{4,16}", "a date or time"))
    elif kind == "clipboard":
        probe.optional("clipboardText", lambda at: at.text(1000))


def _check_postback(probe: Probe) -> None:
    probe.optional("data", lambda at: at.text(300))
    for key in ("displayText", "text", "fillInText"):
        probe.optional(key, lambda at: at.text(300, count=count_clusters))
    probe.optional("inputOption", lambda at: at.choice(*_INPUT_OPTIONS))
    if probe.has("displayText") and probe.has("text"):
        probe.fail("displayText and text exclude each other")
    if probe.has("fillInText") and probe.at("inputOption").value != "openKeyboard":
        probe.at("fillInText").fail("needs inputOption openKeyboard")


def _check_desktop_uri(probe: Probe) -> None:
    if probe.is_object((), ("desktop",)):
        probe.optional("desktop", Probe.uri)
