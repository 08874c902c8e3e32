"""Whatever the code records has its words: found in the code itself, so that none is forgotten."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from handoff.audit_acts import ACTS, GROUPS
from handoff.gap_values import GapState
from handoff.keeping_values import ChangeKind
from handoff.page_words import texts_of

ROOT: Final = Path(__file__).parents[3]
#: How the log is written, and where in the call the act stands.
WRITERS: Final = {
    "audit.record": 1,
    "audit_act": 2,
    "_audit_delivery": 2,
    "self.start": 1,
    "self._logins.start": 1,
}
#: Functions that hand on an act which their own callers name.
RELAYS: Final = {"audit_act", "_audit_delivery", "start"}
#: What the second halves of composed acts are.
ENDINGS: Final = {
    # a group is never decided to be open: that is `gap_undo`
    "gap_": {state.value for state in GapState} - {"open"},
    "knowledge_": {kind.value for kind in ChangeKind},
    "pick_": {"added", "dismissed", "open"},
}
#: Named by every call, and no detail.
COLUMNS: Final = {"now", "agent_id", "conversation_id", "ask_code", "action"}


def sources() -> dict[str, str]:
    """The product's files."""
    files = [*(ROOT / "handoff").rglob("*.py"), *(ROOT / "bot").rglob("*.py"), ROOT / "server.py"]
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the product with its file; those inside another are walked with it."""
    for file, text in sources().items():
        tree = ast.parse(text)
        bodies = [tree.body, *(one.body for one in tree.body if isinstance(one, ast.ClassDef))]
        for body in bodies:
            for one in body:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield file, one


def writes() -> Iterator[tuple[str, ast.Call]]:
    """Every call that adds to the log, with the function it stands in."""
    for file, function in functions():
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or (name := ast.unparse(node.func)) not in WRITERS:
                continue
            if name != "self.start" or file == "handoff/logins.py":
                yield function.name, node


def acts_of(function: str, given: ast.expr) -> set[str]:
    match given:
        case ast.Constant(value=str(act)):
            return {act}
        case ast.IfExp(body=body, orelse=other):
            return acts_of(function, body) | acts_of(function, other)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]):
            return {start + end for end in ENDINGS[start]}
        case ast.Name(id="action") if function in RELAYS:
            return set()
    raise AssertionError(f"{function}: which act is {ast.unparse(given)}?")


def test_every_act_that_the_code_records_stands_in_one_group() -> None:
    recorded: set[str] = set()
    for function, call in writes():
        recorded |= acts_of(function, call.args[WRITERS[ast.unparse(call.func)]])
    listed = [act for acts in GROUPS.values() for act in acts]
    assert sorted(listed) == sorted(recorded)
    assert set(listed) == ACTS


def test_the_log_is_written_in_no_other_way() -> None:
    texts = sources()
    adding = [name for name, text in texts.items() if "INTO audit_log" in text]
    assert adding == ["handoff/audit.py"]
    other_names = re.compile(r"handoff\.audit import .*record|audit as |import handoff\.audit\b")
    assert [name for name, text in texts.items() if other_names.search(text)] == []
    relays = {function for function, call in writes() if any(
        isinstance(one, ast.Name) and one.id == "action" for one in call.args)}  # fmt: skip
    assert relays == RELAYS


def test_every_act_group_and_detail_has_its_words() -> None:
    details = {
        keyword.arg
        for function, call in writes()
        for keyword in call.keywords
        if keyword.arg is not None
    } - COLUMNS
    wanted = {f"audit.group.{name}" for name in GROUPS}
    wanted |= {f"audit.act.{act}" for act in ACTS} | {f"audit.of.{name}" for name in details}
    kinds = ("audit.group.", "audit.act.", "audit.of.")
    assert {key for key in texts_of("ja") if key.startswith(kinds)} == wanted
