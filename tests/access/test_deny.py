"""A check that says no is heard everywhere, and a check that is not awaited cannot pass."""

import ast
import builtins
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import handoff.access
import handoff.auth
from bot import web
from handoff.access import Agent, Verb
from handoff.appkeys import LOGINS
from handoff.errors import NotAllowed
from tests.access.access_house import AccessHouse
from tests.access.access_table import STAFF, read_rows
from tests.access.test_table import ABSENT, body_of, fill, find_samples, sample

ROWS = [row for row in read_rows() if row.who in STAFF]
ROOT = Path(__file__).parents[2]
#: Leaving is nobody's right to be refused.
FREE = {"/logout"}


_EDIT = {"id": "return-deadline", "kind": "edit", "text": "id: return-deadline"}
_SEEN = {"id": "return-deadline", "seen": 0}
#: What the knowledge's acts understand, so that it is the service that refuses.
EDITS = {
    "/knowledge/api/check": _EDIT,
    "/knowledge/api/replay": _EDIT,
    "/knowledge/api/draft": {**_EDIT, "seen": 0},
    "/knowledge/api/discard": _SEEN,
    "/knowledge/api/merge": _SEEN,
    "/knowledge/api/rebase": {**_SEEN, "values": {}},
    "/knowledge/api/publish": _SEEN,
    "/knowledge/api/values": {"text": "id: a"},
}


def deny(agent: Agent, verb: Verb) -> bool:
    return False


async def statuses(access: AccessHouse, name: str) -> dict[tuple[str, str], int]:
    found, told = await find_samples(access), {}
    for row in ROWS:
        person = access[name]
        more = body_of(row, csrf=person.csrf)
        if row.path not in FREE:
            told[row.key] = (await person.ask(row.method, sample(row, found), **more)).status
    return told


@pytest.mark.promise("P32")
async def test_a_policy_that_denies_denies_everywhere(
    access: AccessHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page and every API asks the one question: without it nothing of the staff opens."""
    monkeypatch.setattr(handoff.auth, "is_allowed", deny)
    told = await statuses(access, "admin")
    assert {key: status for key, status in told.items() if status != 403} == {}


@pytest.mark.promise("P32")
async def test_without_a_login_that_is_found_nothing_opens(
    access: AccessHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(token: str | None, *, touch: bool = True) -> None:
        return None

    monkeypatch.setattr(access.house.app[LOGINS], "find_agent", nobody)
    told = await statuses(access, "admin")
    assert {key: status for key, status in told.items() if status != 401} == {}


@pytest.mark.promise("P32")
async def test_services_refuse_where_a_page_forgot_to_ask(
    access: AccessHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind an edge that lets everybody through, no agent does what is a leader's to do."""
    monkeypatch.setattr(handoff.auth, "is_allowed", lambda agent, verb: True)
    before = [
        await access.rows(f"SELECT * FROM {table} ORDER BY id")
        for table in ("agent", "login_session", "gap", "knowledge_draft", "audit_log")
    ]
    passed = []
    for row in ROWS:
        if row.method != "POST" or row.less != "403":
            continue
        agent = access["agent"]
        path = fill(row.path, {**ABSENT, "id": str(access["other_team"].agent_id)})
        given = EDITS.get(row.path)
        body = {"json": given} if given else body_of(row, csrf=agent.csrf)
        answer = await agent.ask("POST", path, **body)
        if given and answer.status != 403:
            passed.append((row.path, answer.status))
        # 409: a page that says why it was not done; below stands whether it was
        if answer.status not in {400, 403, 404, 409}:
            passed.append((row.path, answer.status))
    assert passed == []
    after = [
        await access.rows(f"SELECT * FROM {table} ORDER BY id")
        for table in ("agent", "login_session", "gap", "knowledge_draft", "audit_log")
    ]
    assert after == before


def test_the_checks_are_plain_functions() -> None:
    """One that had to be awaited would be true whenever somebody forgot to."""
    checks = (
        handoff.access.is_allowed, handoff.access.may, handoff.access.require,
        handoff.auth.require_agent, handoff.auth.is_public, handoff.auth.csrf_token,
        web.require_own_origin, web.is_own_origin,
    )  # fmt: skip
    assert [check.__name__ for check in checks if inspect.iscoroutinefunction(check)] == []
    agent = Agent(id=1, login="a", name="a", role=handoff.access.Role.AGENT, active=False)
    with pytest.raises(NotAllowed):
        handoff.access.require(agent, Verb.VIEW_DESK)


def list_nodes() -> Iterator[tuple[Path, ast.AST]]:
    for package in ("bot", "handoff"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path, node


def conditions(node: ast.AST) -> list[ast.expr]:
    """What a statement takes for true or false, or throws away."""
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [node.operand]
    return [node.value] if isinstance(node, ast.Expr) else []


@pytest.mark.promise("P32")
def test_no_coroutine_is_taken_for_an_answer() -> None:
    """No async function of ours stands in a condition, or alone on a line, without `await`."""
    nodes = list(list_nodes())
    names = {node.name for _, node in nodes if isinstance(node, ast.AsyncFunctionDef)}
    # a name that something else has as well proves nothing
    plain = {node.name for _, node in nodes if isinstance(node, ast.FunctionDef)}
    local = {node.arg for _, node in nodes if isinstance(node, ast.arg)}
    certain = names - plain - local - set(dir(builtins))
    found = [
        f"{path.name}:{test.lineno} {_name(test)}"
        for path, node in nodes
        for test in conditions(node)
        if isinstance(test, ast.Call) and _name(test) in certain
    ]
    assert len(certain) > 100
    assert found == []


def _name(call: ast.Call) -> str:
    """The function of this package that is called: by its name, or as a part of oneself."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return call.func.attr if call.func.value.id == "self" else ""
    return ""


@pytest.mark.promise("P32")
def test_a_coroutine_that_nobody_awaits_fails_its_test(tmp_path: Path) -> None:
    """The test run's own settings turn the interpreter's warning into a failure."""
    case = tmp_path / "test_forgotten.py"
    case.write_text(
        dedent(
            """
            import gc

            async def is_allowed():
                return False

            def test_it():
                assert is_allowed()
                gc.collect()
            """
        ),
        encoding="utf-8",
    )
    told = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"),
         "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(case)],
        capture_output=True, check=False, cwd=tmp_path, text=True,
    )  # fmt: skip
    assert told.returncode == 1, told.stdout
    assert "was never awaited" in told.stdout
