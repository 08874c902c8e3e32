"""A folder of YAML files read into a knowledge, or into problems with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faq.announcement import Announcement
from faq.announcementfile import (
    MOST_ANNOUNCEMENTS,
    FoundAnnouncement,
    is_announcement,
    read_announcement,
)
from faq.cutting import Cuts
from faq.decision import NONE_SET, SetLimits
from faq.entry import Entry
from faq.entryfile import (
    FILE_KEYS,
    LONGEST_NAME,
    MOST_ENTRIES,
    FileDefaults,
    FoundEntry,
    read_defaults,
    read_entry,
)
from faq.fields import Reader
from faq.knowledge import Knowledge, build_knowledge
from faq.problem import Problem
from faq.readings import Readings
from faq.yamltree import MOST_BYTES, Node, Unreadable, parse_tree

_ENDINGS = (".yaml", ".yml")
_MOST_FILES = 1_000
_MOST_SYNONYMS = 5_000
_MOST_WORDS = 50


@dataclass(slots=True)
class Folder:
    """What the files of a folder hold, before it becomes a knowledge."""

    entries: list[FoundEntry] = field(default_factory=list)
    synonyms: list[tuple[str, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    announcements: list[FoundAnnouncement] = field(default_factory=list)
    by_id: dict[str, FoundEntry | FoundAnnouncement] = field(default_factory=dict)
    ends_cleanly: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What can be served, and what is wrong."""

    #: made of the files and entries that could be read; None when there are none
    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    #: where each entry stands, for complaints that come later
    found: tuple[FoundEntry, ...] = ()
    announcements: tuple[FoundAnnouncement, ...] = ()
    #: every file ends with a line end, as files do that were written to their end
    ends_cleanly: bool = True

    @property
    def version(self) -> str | None:
        """The version that was read."""
        return self.knowledge.version if self.knowledge else None


def load_folder(
    path: Path,
    *,
    default_lang: str = "ja",
    readings: Readings | None = None,
    limits: SetLimits = NONE_SET,
    cuts: Cuts | None = None,
) -> LoadResult:
    """Read every YAML file in the folder and below it; `cuts` remembers texts for another time."""
    folder = read_folder(path, default_lang=default_lang)
    entries = [found.entry for found in folder.entries]
    knowledge = None
    if entries:
        knowledge = build_knowledge(
            entries,
            folder.synonyms,
            default_lang=default_lang,
            readings=readings,
            limits=limits,
            announcements=[found.announcement for found in folder.announcements],
            cuts=cuts,
        )
    return LoadResult(
        knowledge=knowledge,
        problems=tuple(sorted(folder.problems)),
        found=tuple(folder.entries),
        announcements=tuple(folder.announcements),
        ends_cleanly=folder.ends_cleanly,
    )


def read_folder(path: Path, *, default_lang: str = "ja") -> Folder:
    """The entries, synonyms and problems of a folder."""
    folder = Folder()
    files = list(_list_files(path, folder))
    for file in files[:_MOST_FILES]:
        _read_file(path, file, folder, default_lang)
    if len(files) > _MOST_FILES:
        _complain(folder, ".", f"more than {_MOST_FILES} files", "join some of them")
    if len(folder.entries) > MOST_ENTRIES:
        _complain(folder, ".", f"more than {MOST_ENTRIES} entries", "split the knowledge")
        del folder.entries[MOST_ENTRIES:]
    if len(folder.announcements) > MOST_ANNOUNCEMENTS:
        what = f"more than {MOST_ANNOUNCEMENTS} announcements"
        _complain(folder, ".", what, "delete those that are over")
        del folder.announcements[MOST_ANNOUNCEMENTS:]
    if not folder.entries and not folder.problems:
        name = files[0].relative_to(path).as_posix() if files else "."
        how = "write a file with `entries:` and one entry under it"
        _complain(folder, name, "the folder holds no entries", how)
    return folder


def _list_files(path: Path, folder: Folder) -> Iterator[Path]:
    """YAML files in a fixed order; nothing hidden and nothing outside the folder."""
    if not path.is_dir():
        _complain(folder, str(path), "there is no such folder", "name the knowledge folder")
        return
    inside = path.resolve()
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path)
        if file.suffix.lower() not in _ENDINGS or any(part.startswith(".") for part in name.parts):
            continue
        if not file.resolve().is_relative_to(inside):
            _complain(folder, name.as_posix(), "the link leads out of the folder", "copy the file")
        elif file.is_file():
            yield file


def _read_file(path: Path, file: Path, folder: Folder, default_lang: str) -> None:
    name = file.relative_to(path).as_posix()
    reader = Reader(name, folder.problems)
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        folder.ends_cleanly &= content.endswith(b"\n")
        tree = parse_tree(content, name)
    except Unreadable as error:
        folder.problems.append(error.problem)
        return
    except OSError as error:
        _complain(folder, name, f"cannot be read ({error.strerror})", "mend its permissions")
        return
    table = None if tree is None else reader.table(tree, "entries", FILE_KEYS)
    if table is None:
        return
    defaults = read_defaults(reader, table, default_lang)
    for node in reader.items(table.values.get("entries"), "entries", MOST_ENTRIES + 1):
        read = _read_item(reader, node, defaults)
        if read is not None:
            _keep(folder, reader, read, node)
    _read_synonyms(reader, table.values.get("synonyms"), folder)


def _read_item(reader: Reader, node: Node, defaults: FileDefaults) -> Entry | Announcement | None:
    if is_announcement(node):
        return read_announcement(reader, node, defaults)
    return read_entry(reader, node, defaults)


def _keep(folder: Folder, reader: Reader, read: Entry | Announcement, node: Node) -> None:
    first = folder.by_id.get(read.id)
    if first is not None:
        where = f"{first.file}:{first.node.line}"
        reader.wrong(node, f"the id `{read.id}` is taken by {where}", "choose another id")
    elif isinstance(read, Entry):
        entry = FoundEntry(entry=read, file=reader.file, node=node)
        folder.by_id[read.id] = entry
        folder.entries.append(entry)
    else:
        told = FoundAnnouncement(announcement=read, file=reader.file, node=node)
        folder.by_id[read.id] = told
        folder.announcements.append(told)


def _read_synonyms(reader: Reader, node: Node | None, folder: Folder) -> None:
    for item in reader.items(node, "synonyms", _MOST_SYNONYMS):
        words = reader.texts(item, "synonyms", _MOST_WORDS, LONGEST_NAME)
        if len(words) > 1:
            folder.synonyms.append(words)
        elif words:
            reader.wrong(item, "a synonym needs at least two words", "add what it stands for")


def _complain(folder: Folder, file: str, what: str, how: str) -> None:
    folder.problems.append(Problem(file=file, line=1, column=1, what=what, how=how))
