"""What goes out to a customer, before a channel gives it its own shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: LINE shows at most four buttons a bubble and thirteen quick replies; nobody reads more.
BUTTON_LIMIT = 4
QUICK_LIMIT = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """A button or quick reply: exactly one of code, url, tel is set."""

    label: str
    #: sent back to us when tapped, at most 300 characters
    code: str = ""
    url: str = ""
    #: E.164 with or without hyphens, e.g. "+81-120-000-000"
    tel: str = ""

    def as_json(self) -> dict[str, str]:
        """Storable and sent to the web chat as it is."""
        fields = {"label": self.label, "code": self.code, "url": self.url, "tel": self.tel}
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One message of ours: a text, buttons that stay, quick replies that go with the next one."""

    text: str
    buttons: tuple[Action, ...] = ()
    quick: tuple[Action, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The body stored beside the text."""
        body: dict[str, Any] = {}
        if self.buttons:
            body["buttons"] = [action.as_json() for action in self.buttons]
        if self.quick:
            body["quick"] = [action.as_json() for action in self.quick]
        return body


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """One message of ours to append."""

    bubble: Bubble
    entry_id: str | None = None
    confidence: float | None = None
    knowledge_version: str | None = None
    decision: Mapping[str, Any] | None = None
    #: id of the announcement that this message is
    announcement: str | None = None


def action_from_json(value: Mapping[str, str]) -> Action:
    """The inverse of `Action.as_json`."""
    return Action(
        label=value["label"],
        code=value.get("code", ""),
        url=value.get("url", ""),
        tel=value.get("tel", ""),
    )


def bubble_from_row(text: str, body: Mapping[str, Any]) -> Bubble:
    """The inverse of `Bubble.as_json` with its text."""
    return Bubble(
        text=text,
        buttons=tuple(action_from_json(item) for item in body.get("buttons", ())),
        quick=tuple(action_from_json(item) for item in body.get("quick", ())),
    )


def choices(pairs: Iterable[tuple[str, str]]) -> tuple[Action, ...]:
    """Actions from (label, code) pairs."""
    return tuple(Action(label=label, code=code) for label, code in pairs)
