"""Tries one change: the entry alone, then the whole folder, compared with how it is now."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import unified_diff
from pathlib import Path

from faq.checking import Checkup, check_folder
from faq.cutting import Cuts
from faq.decision import SetLimits
from faq.entryfile import FileDefaults, read_defaults, read_entry
from faq.fields import Reader
from faq.knowledge import Knowledge
from faq.lint_finding import Advice, Severity
from faq.lint_loading import read_problem
from faq.lint_report import Placed
from faq.lint_rules import RULES
from faq.problem import Problem
from faq.quiet import build_quietly
from faq.writer import LONGEST_SNIPPET, Unwritable
from faq.writing_file import FileText, content_of, hash_of
from faq.yamltree import Table, Unreadable, parse_tree
from handoff.keeping_folder import Plan, Snapshot, spliced, text_in
from handoff.keeping_values import OWN_TEXT, CheckReport, EditKind

_TESTS = ("failed-expect", "failed-reject")
_MOST_DIFF = 2_000
#: So many texts stay cut between two tries: about 30 MB.
_MOST_REMEMBERED = 20_000
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What came of trying a change."""

    report: CheckReport
    #: the change with the file's new text; as it was given when that cannot be made
    plan: Plan
    #: with the change; None when it cannot be loaded
    knowledge: Knowledge | None = None


class Trier:
    """Tries changes of one folder; remembers the last outcome and how the folder is without."""

    def __init__(self, default_lang: str, limits: SetLimits) -> None:
        self._lang = default_lang
        self._limits = limits
        #: findings of the folder in the states met last: as it is, and with the last change
        self._known: list[tuple[object, frozenset[_Key]]] = []
        self._last: tuple[object, Trial] | None = None
        #: of one change and the next, nearly all texts are the same
        self._cuts = Cuts(most=_MOST_REMEMBERED)

    def try_plan(self, snapshot: Snapshot, plan: Plan, today: date) -> Trial:
        """Check a change. Takes as long as the check of the whole folder: not on the loop."""
        state = {name: file.hash for name, file in snapshot.files.items()}
        key = (state, plan, today)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._try(snapshot, plan, today, state))
        return self._last[1]

    def _try(self, snapshot: Snapshot, plan: Plan, today: date, state: Mapping[str, str]) -> Trial:
        problems = check_snippet(plan, self._lang) or _unreadable(snapshot)
        if problems:
            return Trial(report=CheckReport(errors=problems, file=plan.file), plan=plan)
        try:
            whole = replace(plan, file_text=spliced(plan))
            text, line = text_in(whole.file_text, whole)
        except Unwritable as error:
            found = placed(error.problem)
            return Trial(report=CheckReport(errors=(found,), file=plan.file), plan=plan)
        whole = replace(whole, text=text)
        checkup = self._check(snapshot, today, whole)
        before = self._findings(snapshot, today, state) if _has_doubts(checkup) else frozenset()
        content = content_of(whole.file_text, whole.seen)
        after = {**state, plan.file: hash_of(content)}
        self._remember((after, today), frozenset(map(_key, checkup.findings)))
        report = _report(checkup.findings, before, whole, line)
        knowledge = None if report.is_blocked else checkup.knowledge
        return Trial(report=report, plan=whole, knowledge=knowledge)

    def _findings(
        self, snapshot: Snapshot, today: date, state: Mapping[str, str]
    ) -> frozenset[_Key]:
        """What is found without the change: a published change's own findings are known."""
        key = (state, today)
        for known, found in self._known:
            if known == key:
                return found
        found = frozenset(map(_key, self._check(snapshot, today).findings))
        self._remember(key, found)
        return found

    def _check(self, snapshot: Snapshot, today: date, plan: Plan | None = None) -> Checkup:
        """The check over a copy of the folder, with the change where one is given."""
        files = dict(snapshot.files)
        if plan is not None:
            files[plan.file] = replace(plan.seen, text=plan.file_text)
        if self._cuts.is_full:
            self._cuts.forget()
        with tempfile.TemporaryDirectory(prefix="madoguchi-check-") as name:
            _copy(files, Path(name))
            # what is merely worth knowing stands in no report of a change
            return build_quietly(
                check_folder,
                Path(name),
                today,
                default_lang=self._lang,
                limits=self._limits,
                cuts=self._cuts,
                hints=False,
            )

    def _remember(self, key: object, found: frozenset[_Key]) -> None:
        self._known = [each for each in self._known if each[0] != key][-3:]
        self._known.append((key, found))


def _has_doubts(checkup: Checkup) -> bool:
    """Whether it matters what was found before."""
    return any(each.severity is not Severity.INFO for each in checkup.findings)


def _unreadable(snapshot: Snapshot) -> tuple[Placed, ...]:
    """Files that keep the server from taking any change, and that cannot be copied either."""
    names = sorted(snapshot.broken - snapshot.files.keys())
    what, how = "the text is not UTF-8", "save the file as UTF-8"
    return tuple(
        placed(Problem(file=name, line=1, column=1, what=what, how=how)) for name in names
    )


def check_snippet(plan: Plan, default_lang: str) -> tuple[Placed, ...]:
    """What is wrong with the entry's text alone, with places in it."""
    if plan.kind is EditKind.DELETE:
        return ()
    reader = Reader(OWN_TEXT)
    if len(plan.text) > LONGEST_SNIPPET:
        reader.problems.append(_problem("the entry is too long", "split it"))
        return tuple(map(placed, reader.problems))
    try:
        tree = parse_tree(plan.text.encode("utf-8", "surrogatepass"), OWN_TEXT)
    except Unreadable as error:
        return (placed(error.problem),)
    if not isinstance(tree, Table):
        reader.problems.append(_problem("`entries` must hold keys and values", "write `id: …`"))
    else:
        entry = read_entry(reader, tree, _defaults(plan, default_lang))
        if entry is not None and entry.id != plan.entry_id:
            return (_renamed(tree, plan.entry_id),)
    return tuple(map(placed, sorted(reader.problems)))


def _defaults(plan: Plan, default_lang: str) -> FileDefaults:
    """What the head of the entry's file says."""
    try:
        tree = parse_tree(plan.seen.text.encode(), plan.file)
    except Unreadable:
        tree = None
    head = tree if isinstance(tree, Table) else Table(line=1, column=1)
    return read_defaults(Reader(plan.file), head, default_lang)


def placed(problem: Problem) -> Placed:
    """A loader's problem as a finding."""
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


def _problem(what: str, how: str) -> Problem:
    return Problem(file=OWN_TEXT, line=1, column=1, what=what, how=how)


def _renamed(tree: Table, entry_id: str) -> Placed:
    node = tree.values["id"]
    return Placed(
        file=OWN_TEXT,
        line=node.line,
        column=node.column,
        rule="schema",
        severity=Severity.ERROR,
        entry_id=entry_id,
        ja=Advice(
            what=f"公開済みの id「{entry_id}」は変えられません（集計が途切れます）",
            how="新しい項目を作り、こちらを削除してください",
        ),
        en=Advice(
            what=f"the id of a published entry stays `{entry_id}`: its figures hang on it",
            how="make a new entry and delete this one",
        ),
    )


def _copy(files: Mapping[str, FileText], folder: Path) -> None:
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode())


def _key(found: Placed) -> _Key:
    """What makes two findings the same, wherever it stands."""
    return found.rule, found.entry_id, "" if found.entry_id else found.file, found.en.what


def _report(
    findings: Iterable[Placed], before: frozenset[_Key], plan: Plan, line: int
) -> CheckReport:
    errors: list[Placed] = []
    failed: list[Placed] = []
    failing: list[Placed] = []
    warnings: list[Placed] = []
    first = line - _remarks_above(plan.text)
    last = first + plan.text.count("\n")
    for found in findings:
        is_old = _key(found) in before
        is_own = found.file == plan.file and line and first <= found.line < last
        told = replace(found, file=OWN_TEXT, line=found.line - first + 1) if is_own else found
        if found.rule in _TESTS:
            (failing if is_old else failed).append(told)
        elif found.severity is Severity.ERROR:
            # what does not load keeps the server from taking the change at all
            if not is_old or not found.entry_id or is_own:
                errors.append(told)
        elif found.severity is Severity.WARNING and (not is_old or is_own):
            warnings.append(told)
    return CheckReport(
        errors=tuple(errors),
        failed_tests=tuple(failed),
        failing_before=tuple(failing),
        warnings=tuple(warnings),
        diff=_diff(plan),
        file=plan.file,
        line=line,
    )


def _remarks_above(text: str) -> int:
    """Comment lines that stand above the dash."""
    count = 0
    for row in text.split("\n"):
        if not row.lstrip().startswith("#"):
            break
        count += 1
    return count


def _diff(plan: Plan) -> tuple[str, ...]:
    old, new = (
        text.replace("\r\n", "\n").split("\n") for text in (plan.seen.text, plan.file_text)
    )
    lines = unified_diff(old, new, plan.file, plan.file, lineterm="")
    return tuple(lines)[:_MOST_DIFF]
