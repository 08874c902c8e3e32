from faq import announcementfile, entryfile
from faq.schema import json_schema


def properties(*path: str) -> set[str]:
    node = json_schema()
    for step in path:
        node = node[step]
    return set(node["properties"])


def test_the_schema_names_the_keys_that_the_loader_reads():
    entry = ("properties", "entries", "items", "else")
    announcement = ("properties", "entries", "items", "then")
    assert properties(*announcement) == set(announcementfile.ANNOUNCEMENT_KEYS)
    assert properties(*announcement, "properties", "translations", "additionalProperties") == set(
        announcementfile.TRANSLATION_KEYS
    )
    assert properties() == set(entryfile.FILE_KEYS)
    assert properties(*entry) == set(entryfile.ENTRY_KEYS)
    assert properties(*entry, "properties", "valid") == set(entryfile.VALID_KEYS)
    assert properties(*entry, "properties", "buttons", "items") == set(entryfile.BUTTON_KEYS)
    assert properties(*entry, "properties", "silence", "items") == set(entryfile.SILENCE_KEYS)
    assert properties(*entry, "properties", "translations", "additionalProperties") == set(
        entryfile.TRANSLATION_KEYS
    )
