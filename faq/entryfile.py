"""The format of a knowledge file: which keys it has and how each becomes part of an entry."""

import re
from dataclasses import dataclass
from datetime import date

from faq.entry import Button, Entry, Silence, Translation
from faq.fields import Reader, is_absent, shorten
from faq.yamltree import Node, Table

CHANNELS = ("line", "web")
FILE_KEYS = ("lang", "category", "entries", "synonyms")
ENTRY_KEYS = (
    "id",
    "question",
    "variants",
    "answer",
    "buttons",
    "next",
    "escalate",
    "category",
    "priority",
    "threshold",
    "channels",
    "valid",
    "translations",
    "expect",
    "reject",
    "owner",
    "reviewed",
    "silence",
)
TRANSLATION_KEYS = ("question", "variants", "answer", "category", "buttons")
BUTTON_KEYS = ("label", "url", "tel")
VALID_KEYS = ("from", "until")
SILENCE_KEYS = ("rule", "reason")

LONGEST_QUESTION = 500
#: Five bubbles of 5,000 UTF-16 units are the most that one LINE call carries.
LONGEST_ANSWER = 25_000
LONGEST_NAME = 100
LONGEST_LABEL = 40
LONGEST_REASON = 300
MOST_VARIANTS = 1_000
MOST_BUTTONS = 4
MOST_NEXT = 10
MOST_SILENCES = 50
MOST_ENTRIES = 20_000
PRIORITIES = (-100, 100)

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
URL = re.compile(r"https://[^\s<>\"'\\^`{|}@]+")
TEL = re.compile(r"\+?[0-9][0-9() -]{1,18}[0-9]")
_LINK = re.compile(r"\]\(\s*<?\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_LINK_SCHEMES = ("https", "tel", "mailto")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntry:
    """An entry and the node it was read from, for complaints that come later."""

    entry: Entry
    node: Node
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDefaults:
    """What the head of a file says for all its entries."""

    lang: str
    category: str


def read_defaults(reader: Reader, table: Table, default_lang: str) -> FileDefaults:
    """Language and category of a file."""
    lang = reader.matched(table.values.get("lang"), "lang", LANG, "write a language such as ja")
    category = reader.text(table.values.get("category"), "category", LONGEST_NAME)
    return FileDefaults(lang=lang or default_lang, category=category or "")


def read_entry(reader: Reader, node: Node, defaults: FileDefaults) -> Entry | None:
    """An entry; None when it has no id, question or answer that can be used."""
    # `announce` never stands here, but who misspells it is led to it
    table = reader.table(node, "entries", (*ENTRY_KEYS, "announce"))
    if table is None:
        return None
    value = table.values.get
    entry_id = reader.matched(
        value("id"), "id", ID, "use small letters a-z, digits and hyphens, at most 64"
    )
    question, answer = _question_and_answer(reader, table)
    for name, found in (("id", entry_id), ("question", question), ("answer", answer)):
        if found is None and is_absent(table.values.get(name)):
            reader.wrong(table, f"the entry has no `{name}`", f"add `{name}: …`")
    if entry_id is None or question is None or answer is None:
        return None
    valid_from, valid_until = _read_validity(reader, value("valid"))
    return Entry(
        id=entry_id,
        lang=defaults.lang,
        question=question,
        answer=answer,
        category=reader.text(value("category"), "category", LONGEST_NAME) or defaults.category,
        variants=reader.texts(value("variants"), "variants", MOST_VARIANTS, LONGEST_QUESTION),
        buttons=_read_buttons(reader, value("buttons")),
        next_ids=reader.texts(value("next"), "next", MOST_NEXT, LONGEST_NAME),
        escalate=reader.flag_or_text(value("escalate"), "escalate", LONGEST_NAME),
        priority=reader.number(value("priority"), "priority", *PRIORITIES) or 0,
        threshold=reader.number(value("threshold"), "threshold", 0, 100),
        channels=read_channels(reader, value("channels")),
        valid_from=valid_from,
        valid_until=valid_until,
        translations=_read_translations(reader, value("translations"), defaults.lang),
        expect=reader.texts(value("expect"), "expect", MOST_VARIANTS, LONGEST_QUESTION),
        reject=reader.texts(value("reject"), "reject", MOST_VARIANTS, LONGEST_QUESTION),
        owner=reader.text(value("owner"), "owner", LONGEST_NAME),
        reviewed=reader.day(value("reviewed"), "reviewed"),
        silence=read_silences(reader, value("silence")),
    )


def _question_and_answer(reader: Reader, table: Table) -> tuple[str | None, str | None]:
    question = reader.text(table.values.get("question"), "question", LONGEST_QUESTION)
    node = table.values.get("answer")
    answer = reader.text(node, "answer", LONGEST_ANSWER)
    if node is not None:
        has_known_links(reader, node, "answer", answer)
    return question, answer


def has_known_links(reader: Reader, node: Node, name: str, text: str | None) -> bool:
    """Whether the text leads to harmless places only; each other link is told."""
    unknown = [
        scheme for scheme in _LINK.findall(text or "") if scheme.lower() not in _LINK_SCHEMES
    ]
    for scheme in unknown:
        what = f"`{name}` holds a link that starts with `{scheme[:20]}:`"
        reader.wrong(node, what, "link to https:, tel: or mailto: only")
    return not unknown


def _read_buttons(reader: Reader, node: Node | None) -> tuple[Button, ...]:
    buttons = []
    for item in reader.items(node, "buttons", MOST_BUTTONS):
        table = reader.table(item, "buttons", BUTTON_KEYS)
        if table is None:
            continue
        label = reader.text(table.values.get("label"), "label", LONGEST_LABEL)
        url = reader.matched(
            table.values.get("url"), "url", URL, "write a full address that starts with https://"
        )
        tel = reader.matched(
            table.values.get("tel"), "tel", TEL, "write a phone number such as +81-120-000-000"
        )
        if label is None:
            reader.wrong(item, "the button has no `label`", "add `label: …`")
        elif ("url" in table.values) == ("tel" in table.values):
            reader.wrong(item, "a button leads to one place", "give it either `url` or `tel`")
        elif url or tel:
            buttons.append(Button(label=label, url=url, tel=tel))
    return tuple(buttons)


def read_silences(reader: Reader, node: Node | None) -> tuple[Silence, ...]:
    """Rules that are not kept on purpose; what one lacks is told by the check only."""
    silences = []
    for item in reader.items(node, "silence", MOST_SILENCES):
        table = reader.table(item, "silence", SILENCE_KEYS)
        if table is not None:
            rule = reader.text(table.values.get("rule"), "rule", LONGEST_NAME)
            reason = reader.text(table.values.get("reason"), "reason", LONGEST_REASON)
            silences.append(Silence(rule=rule or "", reason=reason or ""))
    return tuple(silences)


def read_channels(reader: Reader, node: Node | None) -> tuple[str, ...]:
    """Where something is shown; empty for everywhere."""
    how = f"known are {', '.join(CHANNELS)}"
    known = re.compile("|".join(CHANNELS))
    read = [
        reader.matched(item, "channels", known, how)
        for item in reader.items(node, "channels", len(CHANNELS))
    ]
    return tuple(dict.fromkeys(channel for channel in read if channel))


def _read_validity(reader: Reader, node: Node | None) -> tuple[date | None, date | None]:
    table = None if node is None else reader.table(node, "valid", VALID_KEYS)
    if table is None:
        return None, None
    first = reader.day(table.values.get("from"), "from")
    last = reader.day(table.values.get("until"), "until")
    if first and last and first > last:
        reader.wrong(table, "`valid` ends before it begins", "exchange `from` and `until`")
    return first, last


def _read_translations(reader: Reader, node: Node | None, own: str) -> dict[str, Translation]:
    if node is None:
        return {}
    if not isinstance(node, Table):
        reader.wrong(node, "`translations` must hold languages", "write `en: {question: …}`")
        return {}
    translations = {}
    for lang, place in node.keys.items():
        if not LANG.fullmatch(lang):
            reader.wrong(place, f"`{shorten(lang)}` is no language", "write a language such as en")
        elif lang == own:
            reader.wrong(place, f"the entry itself is in `{lang}`", "delete this translation")
        elif translation := _read_translation(reader, node.values[lang]):
            translations[lang] = translation
    return translations


def _read_translation(reader: Reader, node: Node) -> Translation | None:
    table = reader.table(node, "translations", TRANSLATION_KEYS)
    if table is None:
        return None
    question, answer = _question_and_answer(reader, table)
    for name, found in (("question", question), ("answer", answer)):
        if found is None and is_absent(table.values.get(name)):
            reader.wrong(table, f"the translation has no `{name}`", f"add `{name}: …`")
    if question is None or answer is None:
        return None
    value = table.values.get
    return Translation(
        question=question,
        answer=answer,
        variants=reader.texts(value("variants"), "variants", MOST_VARIANTS, LONGEST_QUESTION),
        category=reader.text(value("category"), "category", LONGEST_NAME),
        buttons=_read_buttons(reader, value("buttons")),
    )
