"""The format of knowledge files as JSON Schema, for editors that complete and check."""

from typing import Any

from faq import announcementfile as told
from faq import entryfile as form

_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?$"}


def json_schema() -> dict[str, Any]:
    """The schema of one file."""
    entry = _table(_entry_keys(), ("id", "question", "answer"), "One question, fixed answer.")
    announcement = _table(_announcement_keys(), ("id", "announce"), "Told first for a while.")
    # one branch an item, so that an editor complains about the one that is meant
    item = {"if": {"required": ["announce"]}, "then": announcement, "else": entry}
    keys = {
        "lang": _text("Language of this file's texts.", form.LANG.pattern),
        "category": _text("Category of all entries that name none."),
        "entries": {"type": "array", "maxItems": form.MOST_ENTRIES, "items": item},
        "synonyms": {
            "description": "Groups of words that mean the same here.",
            "type": "array",
            "items": {"type": "array", "minItems": 2, "items": {"type": "string"}},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Madoguchi knowledge file",
        **_table(keys, (), "Questions, their answers, and words that mean the same."),
    }


def _entry_keys() -> dict[str, Any]:
    texts = _texts_keys()
    return {
        "id": _text("Unique in the folder.", form.ID.pattern),
        **texts,
        "next": _list(_text("An entry's id."), "Offered after this one.", form.MOST_NEXT),
        "escalate": {
            "description": "Hand over after answering: to this team, or true for the default.",
            "type": ["string", "boolean"],
        },
        "priority": _whole("Decides between equals.", *form.PRIORITIES),
        "threshold": _whole("Own least confidence.", 0, 100),
        "channels": _channels(),
        "valid": _table({"from": _DAY, "until": _DAY}, (), "Not served outside."),
        "translations": _translations(texts, ("question", "answer")),
        "expect": _list(_question("A message."), "Must be answered by it.", form.MOST_VARIANTS),
        "reject": _list(_question("A message."), "Must not be.", form.MOST_VARIANTS),
        "owner": _text("Who keeps it true."),
        "reviewed": {**_DAY, "description": "When somebody last read it."},
        "silence": _silences(),
    }


def _announcement_keys() -> dict[str, Any]:
    text = {
        "description": "What customers hear first: **bold**, lists and links.",
        "type": "string",
        "minLength": 1,
        "maxLength": told.LONGEST_ANNOUNCEMENT,
    }
    entry_id = _text("An entry's id.")
    topic = _text("A category, or an entry's id.")
    return {
        "id": _text("Unique in the folder.", form.ID.pattern),
        "announce": text,
        "topics": _list(topic, "It leads here; none: everywhere.", told.MOST_TOPICS),
        "from": {**_MOMENT, "description": "Begins; a date alone with its day."},
        "until": {**_MOMENT, "description": "Ends; a date alone with its day."},
        "pause": _list(entry_id, "Not answered meanwhile.", told.MOST_TOPICS),
        "channels": _channels(),
        "translations": _translations({"announce": text}, ("announce",)),
        "owner": _text("Who keeps it true."),
        "silence": _silences(),
    }


def _channels() -> dict[str, Any]:
    known = {"enum": list(form.CHANNELS)}
    return {**_list(known, "Served here only.", len(form.CHANNELS)), "uniqueItems": True}


def _translations(texts: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": "The same in other languages.",
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{form.LANG.pattern})$"},
        "additionalProperties": _table(texts, required, "One language."),
    }


def _silences() -> dict[str, Any]:
    keys = {
        "rule": _text("The rule's name, as `check` prints it."),
        "reason": {
            "description": "Why it does not hold here.",
            "type": "string",
            "minLength": 1,
            "maxLength": form.LONGEST_REASON,
        },
    }
    one = _table(keys, ("rule", "reason"), "A rule that this entry does not keep on purpose.")
    return _list(one, "Rules of the check to be silent about.", form.MOST_SILENCES)


def _texts_keys() -> dict[str, Any]:
    button = {
        **_table(
            {
                "label": {"type": "string", "maxLength": form.LONGEST_LABEL},
                "url": _text("A full address.", form.URL.pattern),
                "tel": _text("A phone number.", form.TEL.pattern),
            },
            ("label",),
            "Leads to a page or to a call.",
        ),
        "oneOf": [{"required": ["url"]}, {"required": ["tel"]}],
    }
    return {
        "question": _question("The way it is listed."),
        "variants": _list(_question("Another way to ask."), "Other ways.", form.MOST_VARIANTS),
        "answer": {
            "description": "The fixed reply: **bold**, lists and links.",
            "type": "string",
            "minLength": 1,
            "maxLength": form.LONGEST_ANSWER,
        },
        "category": _text("Overrides the file's."),
        "buttons": _list(button, "Below the answer.", form.MOST_BUTTONS),
    }


def _table(keys: dict[str, Any], required: tuple[str, ...], description: str) -> dict[str, Any]:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": keys,
    }


def _text(description: str, pattern: str | None = None) -> dict[str, Any]:
    form_ = {"pattern": f"^(?:{pattern})$"} if pattern else {"maxLength": form.LONGEST_NAME}
    return {"description": description, "type": "string", **form_}


def _question(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "type": "string",
        "minLength": 1,
        "maxLength": form.LONGEST_QUESTION,
    }


def _list(items: dict[str, Any], description: str, most: int) -> dict[str, Any]:
    return {"description": description, "type": "array", "maxItems": most, "items": items}


def _whole(description: str, least: int, most: int) -> dict[str, Any]:
    return {"description": description, "type": "integer", "minimum": least, "maximum": most}
