"""The format of an announcement in a knowledge file."""

from dataclasses import dataclass

from faq.announcement import Announcement
from faq.entryfile import (
    ID,
    LANG,
    LONGEST_NAME,
    FileDefaults,
    has_known_links,
    read_channels,
    read_silences,
)
from faq.fields import Reader, is_absent, shorten
from faq.yamltree import Node, Table

ANNOUNCEMENT_KEYS = (
    "id",
    "announce",
    "topics",
    "from",
    "until",
    "pause",
    "channels",
    "translations",
    "owner",
    "silence",
)
TRANSLATION_KEYS = ("announce",)
#: It stands above an answer and at the top of a chat on a phone.
LONGEST_ANNOUNCEMENT = 1_000
MOST_TOPICS = 200
MOST_ANNOUNCEMENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnnouncement:
    """An announcement and the node it was read from, for complaints that come later."""

    announcement: Announcement
    node: Node
    file: str


def is_announcement(node: Node) -> bool:
    """Whether this item of `entries` announces something."""
    return isinstance(node, Table) and "announce" in node.keys


def read_announcement(reader: Reader, node: Node, defaults: FileDefaults) -> Announcement | None:
    """An announcement; None when it has no id or text that can be used."""
    table = reader.table(node, "entries", ANNOUNCEMENT_KEYS)
    if table is None:
        return None
    value = table.values.get
    own_id = reader.matched(
        value("id"), "id", ID, "use small letters a-z, digits and hyphens, at most 64"
    )
    text = _read_text(reader, table)
    for name, found in (("id", own_id), ("announce", text)):
        if found is None and is_absent(value(name)):
            reader.wrong(table, f"the announcement has no `{name}`", f"add `{name}: …`")
    starts = reader.moment(value("from"), "from")
    ends = reader.moment(value("until"), "until", is_end=True)
    if starts and ends and starts >= ends:
        how = "exchange `from` and `until`, or mend the one that is wrong"
        reader.wrong(value("until") or table, "the announcement ends before it begins", how)
    rest = _read_rest(reader, table, defaults.lang)
    if own_id is None or text is None:
        return None
    return Announcement(
        id=own_id,
        text=text,
        lang=defaults.lang,
        starts=starts,
        ends=ends,
        topics=rest.topics,
        pause=rest.pause,
        channels=rest.channels,
        translations=rest.translations,
        owner=rest.owner,
        silence=rest.silence,
    )


def _read_rest(reader: Reader, table: Table, lang: str) -> Announcement:
    """Everything that is optional, told of even where the id or the text is wrong."""
    value = table.values.get
    return Announcement(
        id="",
        text="",
        topics=reader.texts(value("topics"), "topics", MOST_TOPICS, LONGEST_NAME),
        pause=reader.texts(value("pause"), "pause", MOST_TOPICS, LONGEST_NAME),
        channels=read_channels(reader, value("channels")),
        translations=_read_translations(reader, value("translations"), lang),
        owner=reader.text(value("owner"), "owner", LONGEST_NAME),
        silence=read_silences(reader, value("silence")),
    )


def _read_text(reader: Reader, table: Table) -> str | None:
    node = table.values.get("announce")
    text = reader.text(node, "announce", LONGEST_ANNOUNCEMENT)
    return text if node is None or has_known_links(reader, node, "announce", text) else None


def _read_translations(reader: Reader, node: Node | None, own: str) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, Table):
        reader.wrong(node, "`translations` must hold languages", "write `en: {announce: …}`")
        return {}
    translations = {}
    for lang, place in node.keys.items():
        if not LANG.fullmatch(lang):
            reader.wrong(place, f"`{shorten(lang)}` is no language", "write a language such as en")
            continue
        if lang == own:
            what, how = f"the announcement itself is in `{lang}`", "delete this translation"
            reader.wrong(place, what, how)
            continue
        table = reader.table(node.values[lang], "translations", TRANSLATION_KEYS)
        text = _read_text(reader, table) if table else None
        if text:
            translations[lang] = text
        elif table and is_absent(table.values.get("announce")):
            reader.wrong(table, "the translation has no `announce`", "add `announce: …`")
    return translations
