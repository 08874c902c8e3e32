"""docs/reliability.md: every promise has a test that would disprove it, or says why it cannot."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"
CODES = [f"P{number:02}" for number in range(1, 44)]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
MARK = re.compile(r"@pytest\.mark\.promise\(([^)]*)\)")
NOT_TESTED = "Not tested here:"
LEAST_WORDS = 4


def read_rows() -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    section = text.split("## The promises\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if re.match(r"\| P\d\d ", line)]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def test_there_is_one_row_for_each_promise():
    rows = read_rows()
    assert [row[0] for row in rows] == CODES
    assert [row for row in rows if len(row) != 3 or len(row[1].split()) < LEAST_WORDS] == []


def test_every_row_names_a_test_or_says_why_there_is_none():
    bare = [code for code, _, tests in read_rows() if not TEST.search(tests)]
    told = [code for code, _, tests in read_rows() if NOT_TESTED in tests]
    assert [code for code in bare if code not in told] == []


def test_every_test_that_is_named_exists():
    missing = []
    for code, _, tests in read_rows():
        for path, name in TEST.findall(tests):
            file = ROOT / path
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
            if not re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE):
                missing.append(f"{code}: {path}::{name}")
    assert missing == []


def test_marks_name_promises_that_there_are():
    marked = {
        code
        for path in (ROOT / "tests").rglob("test_*.py")
        for given in MARK.findall(path.read_text(encoding="utf-8"))
        for code in re.findall(r"\"([^\"]+)\"", given)
        if path != Path(__file__)
    }
    assert len(marked) > 5
    assert sorted(marked - set(CODES)) == []


def codes_of(mark: ast.expr) -> list[str]:
    """What `pytest.mark.promise("P01", …)` names."""
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise"):
        return []
    return [one.value for one in mark.args if isinstance(one, ast.Constant)]


def read_marks() -> list[tuple[str, str, str]]:
    """Promise, file and test of every mark; of a mark of a whole file no test."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT).as_posix()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
                found += [(code, file, "") for code in codes_of(node.value)]
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                codes = [code for mark in node.decorator_list for code in codes_of(mark)]
                found += [(code, file, node.name) for code in codes]
    return found


def test_every_test_that_guards_a_promise_stands_in_its_row():
    named = {code: TEST.findall(tests) for code, _, tests in read_rows()}
    missing = [
        (code, file, name)
        for code, file, name in read_marks()
        if not any(path == file and name in {"", test} for path, test in named[code])
    ]
    assert missing == []
