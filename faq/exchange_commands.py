"""Carries knowledge in and out: the commands import and export, each with its exit code."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from faq.exchange_out import to_csv, to_json
from faq.exchange_plan import Outcome, Plan, Planned, plan_import
from faq.exchange_profiles import KNOWN, Profile, choose_profile, read_rows
from faq.exchange_rows import ImportUnreadable, Row
from faq.exchange_tables import decode, read_list, read_table
from faq.exchange_write import Written, write_plan
from faq.loader import read_folder
from faq.readings import best_readings

GOOD, PROBLEMS, UNUSABLE = 0, 1, 2
#: Rows of each outcome that are listed; the counts are whole.
LISTED = 20


def load_rows(raw: bytes, *, is_json: bool, profile: Profile | None = None) -> list[Row]:
    """The rows of a file's bytes. Raises ImportUnreadable."""
    text = decode(raw)
    if is_json:
        return [
            Row(number=number, values=values) if isinstance(values, dict) else _no_row(number)
            for number, values in enumerate(read_list(text), start=1)
        ]
    known = KNOWN[profile] if profile else frozenset().union(*KNOWN.values())
    lines = read_table(text, known)
    if not lines:
        raise ImportUnreadable("there are headings and no rows below them")
    headings = {name for line in lines for name in line.texts}
    return read_rows(profile or choose_profile(headings), lines)


def _no_row(number: int) -> Row:
    raise ImportUnreadable(f'item {number} is no object; write {{"question": …}}')


def import_file(
    file: Path,
    folder: Path,
    *,
    profile: str | None = None,
    into: str | None = None,
    update: bool = False,
    write: bool = False,
    as_json: bool = False,
    default_lang: str = "ja",
) -> int:
    """Report what an import would do, and with `write` do it."""
    try:
        rows = load_rows(
            file.read_bytes(),
            is_json=file.suffix.lower() == ".json",
            profile=Profile(profile) if profile else None,
        )
        existing = [one.entry for one in read_folder(folder, default_lang=default_lang).entries]
        plan = plan_import(
            rows, existing, best_readings(), file=file.name, default_lang=default_lang
        )
        written: tuple[Written, ...] = ()
        if write:
            written = _write(
                folder,
                plan,
                into or f"imported-{_stem(file)}",
                update=update,
                default_lang=default_lang,
            )
    except OSError as error:
        typer.echo(f"{error.filename or file}: {error.strerror}", err=True)
        return UNUSABLE
    except ImportUnreadable as error:
        typer.echo(f"{file}: {error}", err=True)
        return UNUSABLE
    if as_json:
        typer.echo(json.dumps(_as_json(plan, written), ensure_ascii=False, indent=2))
    else:
        for line in _report(plan, written, write=write, update=update):
            typer.echo(line)
    refused = len(plan.of(Outcome.REFUSED))
    if write and refused < len(plan.rows):
        if refused:
            left_out = "1 row was" if refused == 1 else f"{refused} rows were"
            # changes that wait for --update went nowhere, as the report says
            rest = "" if plan.of(Outcome.CHANGED) and not update else ", the others went in"
            typer.echo(f"Warning: {left_out} left out{rest}.", err=True)
        return GOOD
    return PROBLEMS if refused else GOOD


def _write(
    folder: Path, plan: Plan, into: str, *, update: bool, default_lang: str
) -> tuple[Written, ...]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Writing", total=None)
        return write_plan(
            folder,
            plan,
            into=into,
            update=update,
            default_lang=default_lang,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _stem(file: Path) -> str:
    kept = "".join(letter for letter in file.stem if letter.isalnum() or letter in "-_")
    return kept or "entries"


def _report(plan: Plan, written: tuple[Written, ...], *, write: bool, update: bool) -> list[str]:
    counts = plan.counts()
    lines = [", ".join(f"{number} {name}" for name, number in counts.items())]
    for outcome in (Outcome.REFUSED, Outcome.CHANGED, Outcome.NEW, Outcome.SKIPPED):
        rows = plan.of(outcome)
        lines += [line for each in rows[:LISTED] for line in _tell(each)]
        if len(rows) > LISTED:
            lines.append(f"  … and {len(rows) - LISTED} more {outcome.value}")
    lines += [f"{each.file}: {each.entries} entries" for each in written]
    if not write:
        lines.append("Nothing was written. Run it again with --write.")
    elif counts["changed"] and not update:
        lines.append("Entries that are there were not changed. Add --update to change them.")
    return lines


def _tell(planned: Planned) -> list[str]:
    entry = planned.entry
    what = f"{entry.id}: {entry.question}" if entry else ""
    more = f" ({', '.join(planned.changes)})" if planned.changes else ""
    more = f" ({planned.reason})" if planned.reason else more
    head = f"  row {planned.row.number} {planned.outcome.value} {what}{more}".rstrip()
    return [head, *(f"    {problem}" for problem in planned.problems)]


def _as_json(plan: Plan, written: tuple[Written, ...]) -> dict[str, object]:
    return {
        "counts": plan.counts(),
        "rows": [
            {
                "row": each.row.number,
                "outcome": each.outcome.value,
                "id": each.entry.id if each.entry else None,
                "changes": list(each.changes),
                "problems": [str(problem) for problem in each.problems],
                "reason": each.reason,
            }
            for each in plan.rows
        ],
        "written": {each.file: each.entries for each in written},
    }


def export_file(
    folder: Path, *, out: Path | None, form: str, lang: str, default_lang: str = "ja"
) -> int:
    """The whole folder as one table or list, to a file or to standard output."""
    found = read_folder(folder, default_lang=default_lang)
    entries = [one.entry for one in found.entries]
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    if not entries:
        typer.echo(f"{folder}: no entries that can be read", err=True)
        return UNUSABLE
    text = to_json(entries) if form == "json" else to_csv(entries, lang=lang)
    try:
        if out is None:
            typer.echo(text.encode(), nl=False)
        else:
            out.write_bytes(text.encode())
            typer.echo(f"{out}: {len(entries)} entries", err=True)
    except OSError as error:
        typer.echo(f"{out}: {error.strerror}; choose another file", err=True)
        return UNUSABLE
    return PROBLEMS if found.problems else GOOD
