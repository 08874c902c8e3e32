"""What comes in through a channel, as values that no channel can be told from."""

from dataclasses import dataclass
from enum import StrEnum

#: Longest text of one message that we keep, in code points.
TEXT_LIMIT = 20_000


class EventKind(StrEnum):
    """What happened."""

    MESSAGE = "message"
    CHOICE = "choice"  # a button or quick reply was tapped
    FOLLOW = "follow"  # reachable (again): greet
    UNFOLLOW = "unfollow"  # blocked us: unreachable
    UNSEND = "unsend"  # the customer takes a message back
    OTHER = "other"  # kept, never answered


class ContentKind(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    STICKER = "sticker"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    LOCATION = "location"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture, sound, film or file that came with a message."""

    #: where the bytes are fetched from: a LINE message id, or empty when we hold them already
    source: str = ""
    #: id of a stored attachment (web uploads), or empty
    attachment: str = ""
    name: str = ""
    size: int = 0
    content_type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One event of one customer."""

    channel: str
    #: unique in the channel, 1-100 characters; a repeated key is a repeated event
    event_key: str
    kind: EventKind
    #: ms since the epoch, UTC
    occurred_at: int
    #: the channel's id of the customer, None when the channel did not say
    customer_key: str | None = None
    content: ContentKind = ContentKind.TEXT
    text: str = ""
    #: the code behind a tapped button
    choice: str = ""
    #: the channel's id of the message; unique among the customer's messages
    source_key: str = ""
    #: unsend: source_key of the message that was taken back
    target_key: str = ""
    media: Media | None = None
    #: place, sticker keywords and the like, small and printable
    detail: tuple[tuple[str, str], ...] = ()
    reply_token: str | None = None
    #: shows the customer that everything up to this message was read, None when it cannot
    read_token: str | None = None
    #: another module of the account is talking: record, send nothing
    standby: bool = False
    #: language the channel says the customer uses ("ja", "en"), None when unknown
    lang: str | None = None
    #: for admins: the channel's own name of the event
    native_kind: str = ""
