"""The knowledge's commands: check, ask and schema, each returning its exit code."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import typer
from rich.console import Console

from faq.announcement import Announcement, find_concerning
from faq.checking import check_folder
from faq.decision import NONE_SET, Candidate, Decision, Kind, SetLimits
from faq.explaining import explain_decision
from faq.knowledge import Knowledge
from faq.language import choose_language
from faq.lint_finding import Severity
from faq.lint_report import WRITERS, Report, at_least, summary
from faq.loader import load_folder
from faq.quiet import build_quietly
from faq.schema import json_schema
from faq.told import Told

GOOD, PROBLEMS, UNUSABLE = 0, 1, 2


def check(
    path: Path,
    *,
    today: date,
    default_lang: str = "ja",
    lang: str | None = None,
    form: str = "text",
    strict: bool = False,
    least: str = "warning",
    limits: SetLimits = NONE_SET,
) -> int:
    """Load, review and test a knowledge folder; findings to standard output."""
    with Console(stderr=True).status("…"):
        checkup = build_quietly(
            check_folder, path, today, default_lang=default_lang, limits=limits
        )
    report = Report(
        findings=at_least(checkup.findings, Severity(least)),
        all=checkup.findings,
        entries=len(checkup.knowledge.entries) if checkup.knowledge else 0,
        folder=_from_here(path),
        lang=lang or default_lang,
        announcements=len(checkup.knowledge.announcements) if checkup.knowledge else 0,
    )
    typer.echo(WRITERS[form](report), nl=False)
    if checkup.knowledge is None:
        ja = report.lang == "ja"
        nothing = "案内できる項目がありません。" if ja else "Nothing in this folder can be served."
        typer.echo(nothing, err=True)
        return UNUSABLE
    typer.echo(summary(report), err=True)
    bad = Severity.WARNING if strict else Severity.ERROR
    return PROBLEMS if at_least(checkup.findings, bad) else GOOD


def _from_here(path: Path) -> str:
    """The folder as a code host knows it, when the command runs in the checkout's root."""
    here = Path.cwd().resolve()
    whole = path.resolve()
    return (whole.relative_to(here) if whole.is_relative_to(here) else path).as_posix()


def ask(
    text: str,
    path: Path,
    *,
    today: date,
    lang: str | None = None,
    channel: str = "web",
    as_json: bool = False,
    default_lang: str = "ja",
    now: datetime | None = None,
    limits: SetLimits = NONE_SET,
) -> int:
    """What the bot would do with a message, and why; and, given the time, what it tells first."""
    knowledge = _load(path, default_lang, limits)
    if knowledge is None:
        return UNUSABLE
    told_in = lang or default_lang
    lang = lang or choose_language(text, knowledge.matcher)
    made = knowledge.decide(text, lang=lang, channel=channel, today=today)
    told = explain_decision(knowledge, text, made, lang=told_in)
    among = knowledge.announcements_on(channel=channel, now=now) if now else ()
    leading = _leading(text, made, knowledge, among)
    if as_json:
        row = {"text": text, **made.as_json(), "explanation": told.as_json()}
        row["announcements"] = [{"id": each.id, "text": each.text_in(lang)} for each in leading]
        typer.echo(json.dumps(row, ensure_ascii=False, indent=2))
        return GOOD
    for line in _answer(made, told, knowledge, lang):
        typer.echo(line)
    for each in leading:
        instead = made.kind is Kind.ANSWER and made.candidates[0].entry_id in each.pause
        how = "instead of the answer" if instead else "announced first"
        typer.echo(f"\n{how} ({each.id}):\n{each.text_in(lang)}")
    return GOOD


def _leading(
    text: str, made: Decision, knowledge: Knowledge, among: Sequence[Announcement]
) -> Sequence[Announcement]:
    """What is announced with this decision."""
    if made.kind is Kind.FALLBACK:
        return knowledge.announcements_named(text, among)
    return find_concerning(knowledge.entries[made.candidates[0].entry_id], among)


def schema() -> int:
    """The JSON Schema of knowledge files."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return GOOD


def _load(path: Path, default_lang: str, limits: SetLimits) -> Knowledge | None:
    """The knowledge as far as it can be served; its problems to standard error."""
    result = load_folder(path, default_lang=default_lang, limits=limits)
    for problem in result.problems:
        typer.echo(str(problem), err=True)
    return result.knowledge


def _answer(made: Decision, told: Told, knowledge: Knowledge, lang: str | None) -> list[str]:
    lines = [f"{made.kind.value} (margin {made.margin:.0f}, knowledge {made.knowledge_version})"]
    lines += map(_candidate, made.candidates)
    lines += ["", *(f"  {sentence}" for sentence in told.sentences)]
    if made.kind is Kind.ANSWER:
        entry = knowledge.entries[made.candidates[0].entry_id]
        lines += ["", entry.answer_in(lang)]
    if made.also:
        lines += ["", "also asked:", *map(_candidate, made.also)]
    lines += [f"no answer for: {question}" for question in made.unmet]
    lines += [f"questions not looked at: {made.left}"] if made.left else []
    return lines


def _candidate(candidate: Candidate) -> str:
    return f"{candidate.confidence:5.1f}  {candidate.entry_id}: {candidate.variant}"
