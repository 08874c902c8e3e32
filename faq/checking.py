"""A knowledge folder checked as a whole: what does not load, and what loads but is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faq.entryfile import FoundEntry
from faq.knowledge import Knowledge
from faq.loader import load_folder
from faq.problem import Problem
from faq.review import Remark, review_knowledge
from faq.yamltree import List, Node, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """The outcome of a check."""

    #: None when nothing can be served
    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_folder(path: Path, today: date, *, default_lang: str = "ja") -> Checkup:
    """Load the folder and review what was loaded."""
    result = load_folder(path, default_lang=default_lang)
    if result.knowledge is None:
        return Checkup(knowledge=None, problems=result.problems, warnings=())
    remarks = review_knowledge(result.knowledge, today)
    found = {each.entry.id: each for each in result.found}
    return Checkup(
        knowledge=result.knowledge,
        problems=(*result.problems, *_place(remarks, found, warning=False)),
        warnings=_place(remarks, found, warning=True),
    )


def _place(
    remarks: Iterable[Remark], found: Mapping[str, FoundEntry], *, warning: bool
) -> tuple[Problem, ...]:
    """Remarks with the place of the value they are about."""
    problems = []
    for remark in remarks:
        if remark.warning is not warning:
            continue
        each = found[remark.entry_id]
        node = _node(each.node, remark)
        what = f"{remark.entry_id}: {remark.what}"
        problems.append(
            Problem(file=each.file, line=node.line, column=node.column, what=what, how=remark.how)
        )
    return tuple(sorted(problems))


def _node(entry: Node, remark: Remark) -> Node:
    """The value a remark is about, or the nearest thing around it."""
    node = entry.values.get(remark.key) if isinstance(entry, Table) else None
    if node is None:
        return entry
    if isinstance(node, List) and remark.index is not None and remark.index < len(node.items):
        return node.items[remark.index]
    return node
