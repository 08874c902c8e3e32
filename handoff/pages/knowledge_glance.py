"""A first glance at an entry's text while it is typed: what needs no look at the other entries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from faq.entry import Entry
from faq.entryfile import FileDefaults, read_entry
from faq.fields import Reader
from faq.knowledge import Knowledge
from faq.lint_answer import check_answers
from faq.lint_entry import check_care, check_dates
from faq.lint_finding import Finding, Severity
from faq.lint_folder import check_next
from faq.lint_places import check_buttons
from faq.lint_rules import RULES, advise
from faq.yamltree import List, Node, Table, Unreadable, parse_tree
from handoff.keeping_check import placed
from handoff.keeping_values import OWN_TEXT
from handoff.pages.knowledge_view import placed_json


def glance_at(
    text: str, defaults: FileDefaults, served: Knowledge, today: date, lang: str
) -> dict[str, Any]:
    """A report like that of the whole check, as far as it is known at once."""
    reader = Reader(OWN_TEXT)
    try:
        tree = parse_tree(text.encode("utf-8", "replace"), OWN_TEXT)
    except Unreadable as error:
        return _report([placed_json(placed(error.problem), None, lang)], [])
    entry = None if tree is None else read_entry(reader, tree, defaults)
    problems = [placed_json(placed(one), tree, lang) for one in sorted(reader.problems)]
    found = [] if entry is None or tree is None else list(_find(entry, served, today))
    silent = {each.rule for each in entry.silence if each.reason} if entry else set()
    told = [
        _finding_json(one, tree, lang)
        for one in found
        if tree is not None
        and one.rule not in silent
        and RULES[one.rule].severity is not Severity.INFO
    ]
    errors = [one for one in told if one["severity"] == Severity.ERROR.value]
    return _report([*problems, *errors], [one for one in told if one not in errors])


def _report(errors: list[dict[str, Any]], warnings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "errors": errors,
        "failed": [],
        "failing": [],
        "warnings": warnings,
        "blocked": bool(errors),
        "needs_reason": False,
        "file": OWN_TEXT,
        "line": 0,
    }


def _find(entry: Entry, served: Knowledge, today: date) -> Iterator[Finding]:
    yield from check_next(entry, {**served.entries, entry.id: entry}, today)
    yield from check_dates(entry, today)
    yield from check_care(entry)
    yield from check_buttons(entry)
    yield from check_answers(entry)


def _finding_json(finding: Finding, tree: Node, lang: str) -> dict[str, Any]:
    told = advise(finding, lang)
    node = _node(tree, finding)
    return {
        "field": ".".join(step for step in finding.path if isinstance(step, str)),
        "own": True,
        "entry": finding.entry_id,
        "file": OWN_TEXT,
        "line": node.line,
        "column": node.column,
        "rule": finding.rule,
        "severity": RULES[finding.rule].severity.value,
        "what": told.what,
        "how": told.how,
        "sentence": f"{told.what}{'。' if lang == 'ja' else '; '}{told.how}",
    }


def _node(tree: Node, finding: Finding) -> Node:
    """The value a finding is about, or the nearest thing around it."""
    node = tree
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
