"""Labelled questions read from a file, and decisions written to one."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from faq.decision import Decision
from faq.errors import FaqError
from faq.evaluate import Question


class QuestionsUnreadable(FaqError):
    says = "The file of labelled questions cannot be read."


def load_questions(path: Path) -> list[Question]:
    """One JSON object a line: `{"text": "…", "expect": ["id", …]}`."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsUnreadable(f"{path}: {error}; name a file in UTF-8") from None
    return parse_questions(lines, str(path))


def parse_questions(lines: Iterable[str], name: str) -> list[Question]:
    """The questions on these lines; `name` stands before what is wrong with one."""
    return [
        _parse_question(line, f"{name}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _parse_question(line: str, where: str) -> Question:
    how = 'write {"text": "…", "expect": ["id", …]}'
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise QuestionsUnreadable(f"{where}:1: not JSON; {how}") from None
    text = row.get("text") if isinstance(row, dict) else None
    expect = row.get("expect") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise QuestionsUnreadable(f"{where}:1: no `text`; {how}")
    if not isinstance(expect, list) or not all(isinstance(each, str) for each in expect):
        raise QuestionsUnreadable(f"{where}:1: `expect` is no list of ids; {how}")
    return Question(text=text, expect=tuple(expect))


def write_predictions(
    path: Path, questions: Iterable[Question], decisions: Iterable[Decision]
) -> None:
    """What was decided about each question, in order."""
    with path.open("w", encoding="utf-8") as out:
        for question, made in zip(questions, decisions, strict=True):
            out.write(json.dumps(prediction(question, made), ensure_ascii=False) + "\n")


def prediction(question: Question, made: Decision) -> dict[str, Any]:
    """One decision in the public form."""
    return {
        "text": question.text,
        "decision": made.kind.value,
        "candidates": [
            {"id": candidate.entry_id, "confidence": round(candidate.confidence, 2)}
            for candidate in made.candidates
        ],
    }
