"""A knowledge folder checked as a whole: what does not load, and what loads but is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faq.announcementfile import FoundAnnouncement
from faq.cutting import Cuts
from faq.decision import NONE_SET, SetLimits
from faq.entryfile import FoundEntry
from faq.knowledge import Knowledge
from faq.lint import lint_knowledge
from faq.lint_finding import Advice, Finding, Severity
from faq.lint_loading import read_problem
from faq.lint_report import Placed
from faq.lint_rules import RULES, advise
from faq.loader import load_folder
from faq.problem import Problem
from faq.yamltree import MOST_BYTES, List, Node, Table

#: The indexes of a folder are built several times; so many of its texts are cut but once.
MOST_REMEMBERED = 40_000
#: A quoted word is looked for in so many lines after the value begins.
_NEAR = 60
#: Enough of a sentence to find it where the file folds its lines.
_HEAD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """The outcome of a check."""

    #: None when nothing can be served
    knowledge: Knowledge | None
    findings: tuple[Placed, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, in English."""
        return self._list(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful, in English."""
        return self._list(Severity.WARNING)

    def _list(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(
            Problem(
                file=each.file,
                line=each.line,
                column=each.column,
                what=each.told("en").what,
                how=each.told("en").how,
            )
            for each in self.findings
            if each.severity is severity
        )


def check_folder(
    path: Path,
    today: date,
    *,
    default_lang: str = "ja",
    limits: SetLimits = NONE_SET,
    cuts: Cuts | None = None,
    hints: bool = True,
) -> Checkup:
    """Load the folder and review what was loaded; `cuts` remembers texts for another time.

    Without `hints` the dear part of what is merely worth knowing is left out.
    """
    cuts = Cuts(most=MOST_REMEMBERED) if cuts is None else cuts
    result = load_folder(path, default_lang=default_lang, limits=limits, cuts=cuts)
    findings = [_from_loader(problem) for problem in result.problems]
    if result.knowledge is not None:
        found: dict[str, FoundEntry | FoundAnnouncement] = {
            each.announcement.id: each for each in result.announcements
        }
        found |= {each.entry.id: each for each in result.found}
        findings += _place_all(
            lint_knowledge(result.knowledge, today, cuts, hints=hints), found, path
        )
    return Checkup(knowledge=result.knowledge, findings=tuple(sorted(findings, key=_order)))


def _order(placed: Placed) -> tuple[str, int, int, str]:
    return placed.file, placed.line, placed.column, placed.rule


def _from_loader(problem: Problem) -> Placed:
    read = read_problem(problem)
    return Placed(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        rule=read.rule,
        severity=RULES[read.rule].severity,
        ja=read.ja,
        en=read.en,
    )


def _place_all(
    findings: Iterable[Finding], found: Mapping[str, FoundEntry | FoundAnnouncement], path: Path
) -> list[Placed]:
    """Findings with the places of the words that they are about."""
    lines: dict[str, list[str]] = {}
    placed = []
    for finding in findings:
        each = found.get(finding.entry_id)
        if each is None:
            placed.append(_placed(finding, ".", 1, 1))
            continue
        node = _node(each.node, finding)
        line, column = node.line, node.column
        if finding.quote:
            if each.file not in lines:
                lines[each.file] = _read_lines(path / each.file)
            line, column = _find_quote(lines[each.file], node, finding.quote)
        placed.append(_placed(finding, each.file, line, column))
    return placed


def _placed(finding: Finding, file: str, line: int, column: int) -> Placed:
    return Placed(
        file=file,
        line=line,
        column=column,
        rule=finding.rule,
        severity=RULES[finding.rule].severity,
        entry_id=finding.entry_id,
        ja=_with_id(finding, advise(finding, "ja")),
        en=_with_id(finding, advise(finding, "en")),
    )


def _with_id(finding: Finding, advice: Advice) -> Advice:
    before = f"{finding.entry_id}: " if finding.entry_id else ""
    return Advice(what=before + advice.what, how=advice.how)


def _node(entry: Node, finding: Finding) -> Node:
    """The value a finding is about, or the nearest thing around it."""
    node = entry
    for step in finding.path:
        inner: Node | None = None
        if isinstance(node, Table) and isinstance(step, str):
            inner = node.values.get(step)
        elif isinstance(node, List) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            break
        node = inner
    return node


def _read_lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8-sig", "replace").split("\n")
    except OSError:  # gone since it was loaded: the value's own place will do
        return []


def _find_quote(lines: list[str], node: Node, quote: str) -> tuple[int, int]:
    """Line and column of these words inside a value; where they are folded, of their beginning."""
    head = quote.split("\n", 1)[0]
    for words in (head, head[:_HEAD], head.split(" ", 1)[0]):
        start = node.column - 1
        for number, line in enumerate(lines[node.line - 1 : node.line - 1 + _NEAR], node.line):
            column = line.find(words, start)
            if column >= 0:
                return number, column + 1
            start = 0
    return node.line, node.column
