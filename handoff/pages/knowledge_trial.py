"""The knowledge with one change that nobody has published: to try questions, and to preview."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from aiohttp import web

from faq.cutting import Cuts
from faq.entry import Entry
from faq.entryfile import FileDefaults, read_entry
from faq.fields import Reader
from faq.knowledge import Knowledge, build_knowledge
from faq.library import Library
from faq.loader import read_folder
from faq.matcher import build_matcher
from faq.problem import Problem
from faq.yamltree import Node, Table, Unreadable, parse_tree

#: Of so many versions the indexes are kept: an admin tries several questions with one change.
_KEPT: Final = 4
#: From so many entries on the calibration is taken over.
_LARGE: Final = 400
#: So many texts stay cut between two changes: about 30 MB.
_MOST_REMEMBERED: Final = 20_000
_FILE: Final = "entry"


class Trials:
    """Changed knowledges, each built once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Knowledge] = OrderedDict()
        self._building = asyncio.Lock()
        #: of one change and the next, nearly all texts are the same
        self._cuts = Cuts(most=_MOST_REMEMBERED)

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
                made = await asyncio.to_thread(self._build, library, entry_id, entry)
                self._kept[key] = made
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key]

    def _build(self, library: Library, entry_id: str, entry: Entry | None) -> Knowledge:
        if self._cuts.is_full:
            self._cuts.forget()
        return build_changed(library, entry_id, entry, self._cuts)


TRIALS = web.AppKey("knowledge_trials", Trials)


def build_changed(
    library: Library, entry_id: str, entry: Entry | None, cuts: Cuts | None = None
) -> Knowledge:
    """The knowledge with one entry put in its place, added at the end or taken out."""
    served = library.current
    order = [one if one.id != entry_id else entry for one in served.order]
    if entry is not None and entry_id not in served.entries:
        order.append(entry)
    kept = [one for one in order if one is not None]
    if len(kept) > _LARGE:
        return _with_order(served, kept, cuts)
    # the files know the synonyms in groups
    synonyms = read_folder(library.path, default_lang=library.default_lang).synonyms
    return build_knowledge(
        kept, synonyms, default_lang=library.default_lang, limits=library.limits, cuts=cuts
    )


def _with_order(served: Knowledge, order: Sequence[Entry], cuts: Cuts | None) -> Knowledge:
    """One entry of many moves the calibration by nothing that could be seen, and it is dear."""
    reader = served.matcher.reader
    return replace(
        served,
        entries=MappingProxyType({entry.id: entry for entry in order}),
        matcher=build_matcher(order, reader.synonyms, reader.readings, cuts),
        order=tuple(order),
        restricted=tuple(
            place
            for place, entry in enumerate(order)
            if entry.channels or entry.valid_from or entry.valid_until
        ),
    )


def read_one(text: str, defaults: FileDefaults) -> Entry | None:
    """The entry in a YAML text; None while it cannot be used."""
    problems: list[Problem] = []
    tree = parse_text(text)
    return None if tree is None else read_entry(Reader(_FILE, problems), tree, defaults)


def parse_text(text: str) -> Node | None:
    """An entry's text as a tree; None while it is no YAML."""
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


def field_at(tree: Node | None, line: int) -> str:
    """The key whose value stands on this line: `answer`, `translations.en.answer`; or nothing."""
    node, path = tree, []
    while isinstance(node, Table):
        above = [key for key, place in node.keys.items() if place.line <= line]
        if not above:
            break
        path.append(above[-1])
        node = node.values[above[-1]]
        if path[0] not in ("translations", "valid"):
            break
    return ".".join(path)
