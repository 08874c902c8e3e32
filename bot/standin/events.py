"""Builds webhook events of every kind, in the shapes that LINE documents."""

import copy
import secrets
from collections.abc import Callable
from typing import Any

from bot.standin.values import Json

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: a person's id, or a whole source object (group, room)
Who = str | Json


class EventMaker:
    """One method per kind of event; ids and tokens are fresh, times come from the clock."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._message_number = 500_000_000_000_000_000 + secrets.randbelow(10**16)

    def next_message_id(self) -> str:
        self._message_number += 1
        return str(self._message_number)

    # -- messages -------------------------------------------------------------------------

    def message(self, who: Who, content: Json) -> Json:
        """A message of any kind, also one that LINE has not invented yet."""
        own = {"id": self.next_message_id(), "markAsReadToken": secrets.token_urlsafe(32)}
        return self.event("message", who, {"message": own | content})

    def text(self, who: Who, text: str, **more: Any) -> Json:
        """`more`: emojis, mention, quotedMessageId, or other properties of the message."""
        return self.message(who, {"type": "text", "text": text, **_quote(), **more})

    def sticker(
        self,
        who: Who,
        package_id: str = "446",
        sticker_id: str = "1988",
        *,
        keywords: list[str] | None = None,
        **more: Any,
    ) -> Json:
        content: Json = {
            "type": "sticker",
            "packageId": package_id,
            "stickerId": sticker_id,
            "stickerResourceType": "STATIC",
            **_quote(),
        }
        if keywords:
            content["keywords"] = keywords
        return self.message(who, content | more)

    def image(self, who: Who, **more: Any) -> Json:
        """`more` may hold imageSet, or a contentProvider of type external."""
        return self.message(who, {"type": "image", **_held_by_line(), **_quote(), **more})

    def video(self, who: Who, *, duration: int = 60_000, **more: Any) -> Json:
        content = {"type": "video", "duration": duration, **_held_by_line(), **_quote()}
        return self.message(who, content | more)

    def audio(self, who: Who, *, duration: int = 5_000, **more: Any) -> Json:
        content = {"type": "audio", "duration": duration, **_held_by_line()}
        return self.message(who, content | more)

    def file(self, who: Who, name: str = "見積書.pdf", *, size: int = 2138, **more: Any) -> Json:
        return self.message(who, {"type": "file", "fileName": name, "fileSize": size, **more})

    def location(
        self, who: Who, *, address: str = "東京都千代田区丸の内1-9-1", **more: Any
    ) -> Json:
        place = {"type": "location", "address": address, "latitude": 35.681, "longitude": 139.767}
        return self.message(who, place | more)

    def edited(self, who: Who, message_id: str, text: str) -> Json:
        """Groups only; the same message id, a new quote token, no read token."""
        content = {"type": "text", "id": message_id, "text": text, **_quote()}
        return self.event("messageEdited", who, {"message": content})

    def unsend(self, who: Who, message_id: str) -> Json:
        return self.event("unsend", who, {"unsend": {"messageId": message_id}}, token=False)

    # -- coming and going -----------------------------------------------------------------

    def follow(self, who: Who, *, unblocked: bool = False) -> Json:
        return self.event("follow", who, {"follow": {"isUnblocked": unblocked}})

    def unfollow(self, who: Who) -> Json:
        return self.event("unfollow", who, token=False)

    def join(self, who: Who) -> Json:
        return self.event("join", who)

    def leave(self, who: Who) -> Json:
        return self.event("leave", who, token=False)

    def member_joined(self, who: Who, *user_ids: str) -> Json:
        members = [{"type": "user", "userId": user_id} for user_id in user_ids]
        return self.event("memberJoined", who, {"joined": {"members": members}})

    def member_left(self, who: Who, *user_ids: str) -> Json:
        members = [{"type": "user", "userId": user_id} for user_id in user_ids]
        return self.event("memberLeft", who, {"left": {"members": members}}, token=False)

    # -- taps and things ------------------------------------------------------------------

    def postback(self, who: Who, postback: str, *, params: Json | None = None) -> Json:
        content: Json = {"data": postback}
        if params:
            content["params"] = params
        return self.event("postback", who, {"postback": content})

    def video_play_complete(self, who: Who, tracking_id: str = "guide-1") -> Json:
        return self.event(
            "videoPlayComplete", who, {"videoPlayComplete": {"trackingId": tracking_id}}
        )

    def beacon(self, who: Who, kind: str = "enter", *, hwid: str = "d41d8cd98f") -> Json:
        return self.event("beacon", who, {"beacon": {"hwid": hwid, "type": kind}})

    def membership(self, who: Who, kind: str = "joined", *, membership_id: int = 3189) -> Json:
        content = {"type": kind, "membershipId": membership_id}
        return self.event("membership", who, {"membership": content})

    def account_link(self, who: Who | None, *, nonce: str, ok: bool = True) -> Json:
        """A failed link has neither reply token nor source."""
        link = {"result": "ok" if ok else "failed", "nonce": nonce}
        return self.event("accountLink", who if ok else None, {"link": link}, token=ok)

    def delivery(self, who: Who, tag: str = "15034552939884E28681A7D668CEA94C") -> Json:
        return self.event("delivery", who, {"delivery": {"data": tag}}, token=False)

    # -- module channels ------------------------------------------------------------------

    def module(self, kind: str = "attached", *, bot_id: str = "U" + "5" * 32) -> Json:
        content: Json = {"type": kind, "botId": bot_id}
        content |= (
            {"scopes": ["message:send"]} if kind == "attached" else {"reason": "bot_deleted"}
        )
        return self.event("module", None, {"module": content}, token=False)

    def activated(self, who: Who, *, expire_at: int | None = None) -> Json:
        control = {"expireAt": expire_at or self._clock() + 3_600_000}
        return self.event("activated", who, {"chatControl": control}, token=False)

    def deactivated(self, who: Who) -> Json:
        return standby(self.event("deactivated", who, token=False))

    def bot_suspended(self) -> Json:
        return self.event("botSuspended", None, token=False)

    def bot_resumed(self) -> Json:
        return self.event("botResumed", None, token=False)

    # -- the frame around all of them -----------------------------------------------------

    def event(
        self, kind: str, who: Who | None, content: Json | None = None, *, token: bool = True
    ) -> Json:
        """An event of any kind, also one that LINE has not invented yet."""
        event: Json = {
            "type": kind,
            "timestamp": self._clock(),
            "mode": "active",
            "webhookEventId": make_ulid(self._clock()),
            "deliveryContext": {"isRedelivery": False},
        }
        if who is not None:
            event["source"] = {"type": "user", "userId": who} if isinstance(who, str) else who
        if token:
            event["replyToken"] = secrets.token_hex(16)
        return event | (content or {})


def group_source(group_id: str, user_id: str | None = None) -> Json:
    source = {"type": "group", "groupId": group_id}
    return source | ({"userId": user_id} if user_id else {})


def room_source(room_id: str, user_id: str | None = None) -> Json:
    source = {"type": "room", "roomId": room_id}
    return source | ({"userId": user_id} if user_id else {})


def make_ulid(now: int) -> str:
    number = (now << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


# -- changes to a finished event ------------------------------------------------------------


def without(event: Json, path: str) -> Json:
    """The event lacking one property, such as `source`, `mode` or `source.userId`."""
    changed = copy.deepcopy(event)
    *parents, last = path.split(".")
    inner = changed
    for key in parents:
        inner = inner[key]
    del inner[last]
    return changed


def at_time(event: Json, timestamp: int) -> Json:
    return copy.deepcopy(event) | {"timestamp": timestamp}


def standby(event: Json) -> Json:
    """As a channel sees it while another module has the chat: no reply token."""
    changed = copy.deepcopy(event) | {"mode": "standby"}
    changed.pop("replyToken", None)
    return changed


def redelivered(event: Json) -> Json:
    changed = copy.deepcopy(event)
    changed["deliveryContext"] = {"isRedelivery": True}
    return changed


def _quote() -> Json:
    return {"quoteToken": secrets.token_urlsafe(32)}


def _held_by_line() -> Json:
    return {"contentProvider": {"type": "line"}}
