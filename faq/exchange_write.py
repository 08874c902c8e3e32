"""Writes an import into the folder: new entries into files of their own, changes in place."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from faq.entryfile import FoundEntry
from faq.exchange_plan import Outcome, Plan, Planned, join_translations
from faq.exchange_rows import ImportUnreadable
from faq.loader import read_folder
from faq.problem import Problem
from faq.writer import Unwritable, cut_entries, replace_entry
from faq.writing_file import FileMoved, FileText, read_file, write_file
from faq.writing_values import apply_values, read_values, write_values
from faq.yamltree import MOST_BYTES

#: A file of imported entries stays well below what one file may hold.
_FULL = MOST_BYTES * 3 // 4
_NAME = re.compile(r"[\w-]{1,100}")


class ImportRefused(ImportUnreadable):
    says = "Writing would leave the folder worse than it is; nothing was written."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file that was made or changed."""

    file: str
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A file's text before and after."""

    file: str
    seen: FileText
    text: str
    entries: int


def write_plan(
    folder: Path,
    plan: Plan,
    *,
    into: str,
    update: bool,
    default_lang: str = "ja",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Written, ...]:
    """Write what the plan says; without `update` entries that are there stay as they are.

    `into` names the new files, without ending. Raises ImportRefused, OSError.
    """
    if not _NAME.fullmatch(into):
        raise ImportRefused("name the new file with letters, digits, - and _ only")
    changes = _new_files(folder, plan, into, default_lang)
    if update:
        changes += _changed_files(folder, plan, default_lang, progress)
    _require_no_harm(folder, changes, default_lang)
    for change in changes:
        try:
            write_file(folder / change.file, change.text, seen=change.seen)
        except FileMoved:
            how = "somebody changed it meanwhile; import again"
            raise ImportRefused(f"{change.file}: {how}") from None
    return tuple(Written(file=change.file, entries=change.entries) for change in changes)


def _new_files(folder: Path, plan: Plan, into: str, default_lang: str) -> list[_Change]:
    by_lang: dict[str, list[Planned]] = defaultdict(list)
    for each in plan.of(Outcome.NEW):
        by_lang[each.entry.lang if each.entry else default_lang].append(each)
    changes = []
    for lang, rows in by_lang.items():
        stem = into if lang == default_lang else f"{into}-{lang}"
        for number, blocks in enumerate(_parts(rows), start=1):
            name = f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml"
            path = folder / name
            if path.exists():
                raise ImportRefused(f"{name} exists; name another file with --into")
            text = f"lang: {lang}\nentries:\n" + "\n".join(blocks)
            changes.append(
                _Change(file=name, seen=read_file(path), text=text, entries=len(blocks))
            )
    return changes


def _parts(rows: Iterable[Planned]) -> list[list[str]]:
    """The entries as blocks of a file, as many files as needed."""
    parts: list[list[str]] = []
    size = _FULL
    for each in rows:
        block = _block({key: value for key, value in each.row.values.items() if key != "lang"})
        size += len(block.encode())
        if size > _FULL:
            parts.append([])
            size = len(block.encode())
        parts[-1].append(block)
    return parts


def _block(values: Mapping[str, Any]) -> str:
    first, *rest = write_values(values).rstrip("\n").split("\n")
    return "\n".join([f"  - {first}", *(f"    {line}" if line else "" for line in rest)]) + "\n"


def _changed_files(
    folder: Path, plan: Plan, default_lang: str, progress: Callable[[int, int], None]
) -> list[_Change]:
    places = {one.entry.id: one for one in read_folder(folder, default_lang=default_lang).entries}
    by_file: dict[str, list[Planned]] = defaultdict(list)
    for each in plan.of(Outcome.CHANGED):
        if each.entry and each.entry.id in places:
            by_file[_file_of(folder, places[each.entry.id])].append(each)
    total, done = sum(map(len, by_file.values())), 0
    changes = []
    for file, rows in by_file.items():
        seen = read_file(folder / file)
        text = seen.text
        for each in rows:
            text = _with_change(text, file, each)
            done += 1
            progress(done, total)
        changes.append(_Change(file=file, seen=seen, text=text, entries=len(rows)))
    return changes


def _file_of(folder: Path, found: FoundEntry) -> str:
    path = Path(found.file)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else found.file


def _with_change(text: str, file: str, planned: Planned) -> str:
    entry_id = planned.entry.id if planned.entry else ""
    own = next((cut.text for cut in cut_entries(text, file) if cut.entry_id == entry_id), "")
    values: dict[str, Any] = dict(read_values(own))
    for key in planned.changes:
        came = planned.row.values[key]
        values[key] = join_translations(values.get(key), came) if key == "translations" else came
    try:
        return replace_entry(text, file, entry_id, apply_values(own, values))
    except (Unwritable, KeyError):
        how = "its file cannot be changed by parts; change it by hand"
        raise ImportRefused(f"{file}: `{entry_id}`: {how}") from None


def _require_no_harm(folder: Path, changes: Iterable[_Change], default_lang: str) -> None:
    """Try it on a copy: no problem that is not there already."""
    before = {
        _text(problem) for problem in read_folder(folder, default_lang=default_lang).problems
    }
    with TemporaryDirectory(prefix="import-") as scratch:
        copy = Path(scratch) / "knowledge"
        shutil.copytree(folder, copy, ignore=_only_knowledge)
        for change in changes:
            (copy / change.file).write_text(change.text, encoding="utf-8")
        after = read_folder(copy, default_lang=default_lang).problems
    harm = [problem for problem in after if _text(problem) not in before]
    if harm:
        told = "\n  ".join(str(problem) for problem in harm[:20])
        raise ImportRefused(f"nothing was written: the folder would have problems.\n  {told}")


def _text(problem: Problem) -> tuple[str, str]:
    """Places move with the lines above them."""
    return Path(problem.file).name, problem.what


def _only_knowledge(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if not (Path(folder) / name).is_dir() and not name.endswith((".yaml", ".yml"))
    } | {name for name in names if name.startswith(".")}
