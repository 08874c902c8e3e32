"""Without asserts and docstrings (`python -OO`) the product says and does the same."""

import ast
import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BARE = [sys.executable, "-OO", "-m", "server"]
PRODUCT = [
    ROOT / "server.py",
    *(path for name in ("faq", "bot", "handoff") for path in sorted((ROOT / name).rglob("*.py"))),
]
#: Help of every command, and what every error says by itself.
TELL = """
import importlib, json, pkgutil, sys
import server, typer, bot, faq, handoff
from bot.errors import MadoguchiError
from faq.errors import FaqError

def helps(command, way=()):
    options = {one.name: getattr(one, "help", "") for one in command.params}
    told = {" ".join(way): [command.help, options]}
    for name, below in getattr(command, "commands", {}).items():
        told |= helps(below, (*way, name))
    return told

def errors(kind):
    told = {kind.__name__: kind.says}
    for below in kind.__subclasses__():
        told |= errors(below)
    return told

for package in (bot, faq, handoff):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations" not in found.name and "__main__" not in found.name:
            importlib.import_module(found.name)
told = {"help": helps(typer.main.get_command(server.app)),
        "errors": errors(MadoguchiError) | errors(FaqError), "optimised": sys.flags.optimize,
        "bare": [str(MadoguchiError()), str(FaqError())]}
json.dump(told, sys.stdout)
"""


def tell(*options: str) -> dict[str, object]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, *options, "-c", TELL],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_help_and_errors_are_told_without_docstrings():
    told = tell("-OO")
    assert told == {**tell(), "optimised": 2}
    assert told["bare"] == ["Something went wrong.", "Something about the knowledge is wrong."]
    assert [way for way, (text, _) in told["help"].items() if not text] == []
    assert [name for name, says in told["errors"].items() if len(says.split()) < 3] == []


def test_help_is_shown(tmp_path):
    done = subprocess.run(  # noqa: S603 - our own program
        [*BARE, "serve", "--help"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert "Run the server." in done.stdout


def call(url: str, path: str, token: str = "", body: object = None) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310 - a loopback address
        url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Origin": url}
        | ({"Authorization": f"Bearer {token}"} if token else {}),
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        return dict(json.loads(answer.read()))


@pytest.fixture
def house(tmp_path):
    """A server in a process of its own; its address."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*BARE, "serve", "--port", "0"],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
             "MADOGUCHI_DATA_DIR": str(tmp_path / "data"),
             "MADOGUCHI_KNOWLEDGE": str(ROOT / "faq" / "example")},
    )  # fmt: skip
    line = process.stdout.readline()
    yield re.findall(r"http://\S+", line)[0]
    process.terminate()
    assert process.wait(timeout=60) == 0
    process.stdout.close()


def test_the_house_answers_a_question(house):
    token = call(house, "/chat/hello", body={"type": "hello", "lang": "ja"})["token"]
    said = {"type": "send", "client_id": "12345678", "text": "返品はいつまでできますか？"}
    call(house, "/chat/send", token, said)
    end, texts = time.monotonic() + 60, []
    while "8日以内" not in "".join(texts) and time.monotonic() < end:
        events = call(house, "/chat/poll?after=0&wait=5", token)["events"]
        texts = [one["text"] for one in events if one["from"] == "bot"]
    assert "8日以内" in "".join(texts), texts


def test_nothing_of_the_product_reads_docstrings_or_acts_in_an_assert():
    """What -O leaves out may narrow a type and nothing else."""
    reading, acting = [], []
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", getattr(node, "id", ""))
            if name in {"__doc__", "getdoc", "__debug__"}:
                reading.append((path.name, node.lineno))
            if isinstance(node, ast.Assert) and not narrows(node.test):
                acting.append((path.name, ast.unparse(node)))
    assert (reading, acting) == ([], [])


def narrows(test: ast.expr) -> bool:
    """`x is not None` or `isinstance(x, …)`: neither calls anything that could matter."""
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], ast.IsNot) and ast.unparse(test.comparators[0]) == "None"
    return isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance"
