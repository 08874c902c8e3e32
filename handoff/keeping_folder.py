"""The knowledge folder as the page sees it: each entry's text and place, one file rewritten."""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from faq.writer import Cut, Unwritable, cut_entries, delete_entry, insert_entry, replace_entry
from faq.writing_file import FileText, read_file, write_file
from handoff.keeping_errors import FolderBlocked
from handoff.keeping_values import EditKind

_ENDINGS = (".yaml", ".yml")
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]{1,120}")
#: Files whose entries are remembered, so that a page is not made from all of them anew.
_REMEMBERED = 64
GONE = (
    (
        "ナレッジのフォルダが見つからないため、公開できません。下書きは保存できます。"
        "フォルダを戻すか、設定 knowledge を直してサーバーを再起動してください。"
    ),
    (
        "The knowledge folder is gone, so nothing can be published; drafts are kept. "
        "Put the folder back, or mend the setting `knowledge` and restart the server."
    ),
)
READ_ONLY = (
    (
        "ナレッジのフォルダに書き込めないため、公開できません。下書きは保存できます。"
        "サーバーを動かしている利用者に書き込みを許可してください（例：chown、または読み取り専用マウントの解除）。"
    ),
    (
        "The knowledge folder cannot be written, so nothing can be published; drafts are kept. "
        "Let the account that runs the server write there (chown, or mount it writable)."
    ),
)
UNREADABLE = (
    (
        "読み込めないファイルがあるため、この項目は公開できません。下書きは保存されています。"
        "ナレッジの一覧に示す場所を直してから、もう一度お試しください。"
    ),
    (
        "A file cannot be read, so this entry cannot be published; the draft is kept. "
        "Mend the place that the list of the knowledge names, then try again."
    ),
)
FULL = (
    "ディスクに空きがないため、公開できません。空きを作ってから、もう一度公開してください。",
    "The disk is full, so nothing was published. Make room and publish again.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stood:
    """An entry where it stands."""

    entry_id: str
    file: str
    #: its own YAML, see `faq.writer.Cut`
    text: str
    line: int
    after_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The folder at one moment."""

    entries: Mapping[str, Stood]
    files: Mapping[str, FileText]
    #: files whose entries cannot be told
    broken: frozenset[str] = frozenset()
    is_there: bool = True

    def in_file(self, file: str) -> int:
        """How many entries a file holds."""
        return sum(each.file == file for each in self.entries.values())


def list_files(folder: Path) -> Iterator[str]:
    """Names of the YAML files that the loader reads, in its order."""
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in name.parts)
        is_ours = path.suffix.lower() in _ENDINGS and not is_hidden and path.is_file()
        if is_ours and path.resolve().is_relative_to(inside):
            yield name.as_posix()


def take_snapshot(folder: Path) -> Snapshot:
    """Read every file."""
    if not folder.is_dir():
        return Snapshot(entries={}, files={}, is_there=False)
    entries: dict[str, Stood] = {}
    files: dict[str, FileText] = {}
    broken = set()
    for name in list_files(folder):
        try:
            files[name] = read_file(folder / name)
            cuts = _cut(files[name].text, name)
        except (OSError, UnicodeDecodeError, Unwritable):
            broken.add(name)
            continue
        for cut in cuts:
            stood = Stood(
                entry_id=cut.entry_id,
                file=name,
                text=cut.text,
                line=cut.line,
                after_id=cut.after_id,
            )
            entries.setdefault(cut.entry_id, stood)
    return Snapshot(entries=entries, files=files, broken=frozenset(broken))


@lru_cache(maxsize=_REMEMBERED)
def _cut(text: str, name: str) -> tuple[Cut, ...]:
    return cut_entries(text, name)


def find_block(folder: Path) -> tuple[str, str] | tuple[()]:
    """Why nothing can be written there and what to do, in Japanese and English."""
    if not folder.is_dir():
        return GONE
    return () if os.access(folder, os.W_OK | os.X_OK) else READ_ONLY


def is_file_name(name: str) -> bool:
    """Whether a new file may have this name: inside the folder, visible, YAML."""
    parts = name.split("/")
    return (
        bool(_NAME.fullmatch(name))
        and name.lower().endswith(_ENDINGS)
        and all(part.strip() == part and part and not part.startswith(".") for part in parts)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One entry's change, worked out against the folder as it is."""

    kind: EditKind
    #: as it stands in the folder, or will
    entry_id: str
    file: str
    #: entry before it
    after_id: str
    #: the entry's text as it is, and as it shall be; empty: not there
    before_text: str
    text: str
    seen: FileText
    #: the file's text with the change
    file_text: str = ""


def spliced(plan: Plan) -> str:
    """The file's text with the change. Raises Unwritable."""
    text = plan.seen.text
    if plan.kind is EditKind.DELETE:
        return delete_entry(text, plan.file, plan.entry_id)
    if plan.kind is EditKind.NEW:
        return insert_entry(text, plan.file, plan.text, after_id=plan.after_id)
    return replace_entry(text, plan.file, plan.entry_id, plan.text)


def text_in(file_text: str, plan: Plan) -> tuple[str, int]:
    """The entry's text as it will be read from the file, and its line; nothing for a delete."""
    for cut in cut_entries(file_text, plan.file):
        if cut.entry_id == plan.entry_id and plan.kind is not EditKind.DELETE:
            return cut.text, cut.line
    return "", 0


def write_plan(folder: Path, plan: Plan) -> None:
    """Put the change into its file. Raises FolderBlocked, FileMoved."""
    if not folder.is_dir():
        raise FolderBlocked(*GONE)
    try:
        write_file(folder / plan.file, plan.file_text, seen=plan.seen)
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise FolderBlocked(*(FULL if is_full else READ_ONLY)) from error
