"""The knowledge's commands: check, ask, eval and schema, each returning its exit code."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track

from faq.announcement import Announcement, find_concerning
from faq.checking import check_folder
from faq.decision import Candidate, Decision, Kind
from faq.evaluate import Quality, Question, measure_quality
from faq.explaining import explain_decision
from faq.knowledge import Knowledge
from faq.lint_finding import Severity
from faq.lint_report import WRITERS, Report, at_least, summary
from faq.loader import load_folder
from faq.questions import QuestionsUnreadable, load_questions, write_predictions
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
) -> int:
    """Load, review and test a knowledge folder; findings to standard output."""
    with Console(stderr=True).status("…"):
        checkup = check_folder(path, today, default_lang=default_lang)
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
) -> int:
    """What the bot would do with a message, and why; and, given the time, what it tells first."""
    knowledge = _load(path, default_lang)
    if knowledge is None:
        return UNUSABLE
    made = knowledge.decide(text, lang=lang, channel=channel, today=today)
    told = explain_decision(knowledge, text, made, lang=lang or default_lang)
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


def evaluate(
    path: Path,
    queries: Path,
    *,
    today: date,
    predictions: Path | None = None,
    as_json: bool = False,
    default_lang: str = "ja",
) -> int:
    """How well the knowledge answers labelled questions."""
    knowledge = _load(path, default_lang)
    if knowledge is None:
        return UNUSABLE
    try:
        questions = load_questions(queries)
    except QuestionsUnreadable as error:
        typer.echo(str(error), err=True)
        return UNUSABLE
    decisions = _decide_all(questions, knowledge, today)
    if predictions is not None:
        try:
            write_predictions(predictions, questions, decisions)
        except OSError as error:
            typer.echo(f"{predictions}: {error.strerror}; choose another file", err=True)
            return UNUSABLE
    quality = measure_quality(questions, decisions)
    if as_json:
        typer.echo(json.dumps(quality.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in _report(quality):
            typer.echo(line)
    return GOOD


def schema() -> int:
    """The JSON Schema of knowledge files."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return GOOD


def _load(path: Path, default_lang: str) -> Knowledge | None:
    """The knowledge as far as it can be served; its problems to standard error."""
    result = load_folder(path, default_lang=default_lang)
    for problem in result.problems:
        typer.echo(str(problem), err=True)
    return result.knowledge


def _decide_all(
    questions: Sequence[Question], knowledge: Knowledge, today: date
) -> list[Decision]:
    console = Console(stderr=True)
    return [
        knowledge.decide(question.text, lang=None, channel="web", today=today)
        for question in track(questions, "Asking", console=console, transient=True)
    ]


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
    return lines


def _candidate(candidate: Candidate) -> str:
    return f"{candidate.confidence:5.1f}  {candidate.entry_id}: {candidate.variant}"


def _report(quality: Quality) -> list[str]:
    outside = quality.questions - quality.answerable
    rows = (
        ("answerable", quality.answerable_by_kind),
        ("out of scope", quality.out_of_scope_by_kind),
    )
    table = [
        f"{name:14}{kinds['answer']:>9}{kinds['suggest']:>9}{kinds['fallback']:>9}"
        for name, kinds in rows
    ]
    return [
        f"{quality.questions} questions, {quality.answerable} answerable, {outside} out of scope",
        f"right entry first      {_percent(quality.top1)}",
        f"right among three      {_percent(quality.top3)}",
        f"right among ten        {_percent(quality.top10)}",
        f"mean reciprocal rank   {_plain(quality.mrr)}",
        "",
        f"{'':14}{'answer':>9}{'suggest':>9}{'fallback':>9}",
        *table,
        "",
        f"answers right          {_percent(quality.answer_precision)}",
        f"right at 90 and above  {_percent(quality.precision_at_90)}",
        f"out of scope refused   {_percent(quality.rejected)}",
        f"calibration error      {_plain(quality.calibration_error)}",
        f"AUROC                  {_plain(quality.auroc)}",
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _plain(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.3f}"
