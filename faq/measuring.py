"""The commands that ask the knowledge labelled questions: eval and tune."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track

from faq.decision import NONE_SET, Decision, SetLimits
from faq.drawing import one_line, quality_lines, tuning_lines
from faq.evaluate import Question, measure_quality
from faq.knowledge import Knowledge
from faq.loader import load_folder
from faq.questions import QuestionsUnreadable, load_questions, write_predictions
from faq.tuning import read_outcomes, tune

GOOD, UNUSABLE = 0, 2
#: So many unknown ids are named.
_NAMED = 5


def evaluate(
    path: Path,
    queries: Path,
    *,
    today: date,
    predictions: Path | None = None,
    as_json: bool = False,
    default_lang: str = "ja",
    limits: SetLimits = NONE_SET,
) -> int:
    """How well the knowledge answers labelled questions."""
    knowledge, questions = _load(path, default_lang, limits), _read(queries)
    if knowledge is None or questions is None:
        return UNUSABLE
    _warn_of_unknown(questions, knowledge)
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
        _tell(quality_lines(quality))
    return GOOD


def tune_limits(
    path: Path,
    queries: Path | Sequence[Question],
    *,
    today: date,
    wrong: float,
    as_json: bool = False,
    default_lang: str = "ja",
    limits: SetLimits = NONE_SET,
) -> int:
    """From which confidence on to answer, by labelled questions."""
    knowledge = _load(path, default_lang, limits)
    questions = _read(queries) if isinstance(queries, Path) else list(queries)
    if knowledge is None or questions is None:
        return UNUSABLE
    if not questions:
        typer.echo(
            "No labelled questions yet: customers' taps and your decisions about gaps make them, "
            "or name a file with --queries.",
            err=True,
        )
        return UNUSABLE
    _warn_of_unknown(questions, knowledge)
    outcomes = read_outcomes(questions, _decide_all(questions, knowledge, today))
    found = tune(outcomes, wrong, knowledge.limits)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
    else:
        _tell(tuning_lines(found))
    return GOOD


def _warn_of_unknown(questions: Sequence[Question], knowledge: Knowledge) -> None:
    """A renamed entry makes its questions wrong whatever is answered."""
    unknown = {one for question in questions for one in question.expect if not knowledge.find(one)}
    if unknown:
        named = ", ".join(map(one_line, sorted(unknown)[:_NAMED]))
        more = "" if len(unknown) <= _NAMED else f" and {len(unknown) - _NAMED} more"
        typer.echo(
            f"`expect` names what is no entry: {named}{more}; "
            "write the ids as they stand in the knowledge",
            err=True,
        )


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _read(queries: Path) -> list[Question] | None:
    try:
        return load_questions(queries)
    except QuestionsUnreadable as error:
        typer.echo(str(error), err=True)
        return None


def _load(path: Path, default_lang: str, limits: SetLimits) -> Knowledge | None:
    """The knowledge as far as it can be served; its problems to standard error."""
    result = load_folder(path, default_lang=default_lang, limits=limits)
    for problem in result.problems:
        typer.echo(str(problem), err=True)
    return result.knowledge


def _decide_all(
    questions: Sequence[Question], knowledge: Knowledge, today: date
) -> list[Decision]:
    console = Console(stderr=True)
    shown = track(
        questions,
        "Asking",
        console=console,
        transient=True,
        # a log is no place for a bar
        disable=not console.is_terminal,
    )
    return [
        knowledge.decide(question.text, lang=None, channel="web", today=today)
        for question in shown
    ]
