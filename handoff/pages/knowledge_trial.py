"""The knowledge with one change that nobody has published: to try questions, and to preview."""

import asyncio
import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Final

from aiohttp import web

from faq.entry import Entry
from faq.entryfile import FileDefaults, read_entry
from faq.fields import Reader
from faq.knowledge import Knowledge, build_knowledge
from faq.library import Library
from faq.loader import read_folder
from faq.problem import Problem
from faq.yamltree import Node, Table, Unreadable, parse_tree

#: Of so many versions the indexes are kept: an admin tries several questions with one change.
_KEPT: Final = 4
_FILE: Final = "entry"


class Trials:
    """Changed knowledges, each built once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Knowledge] = OrderedDict()
        self._building = asyncio.Lock()

    async def get(self, library: Library, entry_id: str, entry: Entry | None) -> Knowledge:
        """The knowledge that is served with this entry instead of its own; None: without it."""
        served = library.current
        if served.find(entry_id) == entry:
            return served
        digest = hashlib.sha256(repr(entry).encode("utf-8", "backslashreplace")).hexdigest()
        key = served.version, entry_id, digest
        # one after the other: building is work for a whole core
        async with self._building:
            if key not in self._kept:
                made = await asyncio.to_thread(
                    build_changed, library.path, served.default_lang, entry_id, entry
                )
                self._kept[key] = made
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key]


TRIALS = web.AppKey("knowledge_trials", Trials)


def build_changed(
    folder: Path, default_lang: str, entry_id: str, entry: Entry | None
) -> Knowledge:
    """The folder's knowledge with one entry put in its place, added at the end or taken out."""
    read = read_folder(folder, default_lang=default_lang)
    known = [found.entry for found in read.entries]
    order = [one if one.id != entry_id else entry for one in known]
    if entry is not None and entry not in order:
        order.append(entry)
    return build_knowledge(
        [one for one in order if one is not None], read.synonyms, default_lang=default_lang
    )


def read_one(text: str, defaults: FileDefaults) -> Entry | None:
    """The entry in a YAML text; None while it cannot be used."""
    problems: list[Problem] = []
    tree = _parse(text)
    return None if tree is None else read_entry(Reader(_FILE, problems), tree, defaults)


def _parse(text: str) -> Node | None:
    try:
        return parse_tree(text.encode("utf-8", "replace"), _FILE)
    except Unreadable:
        return None


def defaults_of(served: Knowledge, entry_id: str) -> FileDefaults:
    """What the head of the entry's file says, as far as the entry tells it."""
    known = served.find(entry_id)
    if known is None:
        return FileDefaults(lang=served.default_lang, category="")
    return FileDefaults(lang=known.lang, category=known.category)


def field_at(text: str, line: int) -> str:
    """The key whose value stands on this line: `answer`, `translations.en.answer`; or nothing."""
    node, path = _parse(text), []
    while isinstance(node, Table):
        above = [key for key, place in node.keys.items() if place.line <= line]
        if not above:
            break
        path.append(above[-1])
        node = node.values[above[-1]]
        if path[0] not in ("translations", "valid"):
            break
    return ".".join(path)
