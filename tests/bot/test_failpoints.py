"""Failpoints: how they are written, what they do, and that the docs list them all."""

import errno
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.failpoints import Failpoint, hit, parse_failpoint

ROOT = Path(__file__).parents[2]


def test_nothing_is_armed_by_default():
    hit("group.before_commit")
    assert parse_failpoint("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b", Failpoint(name="a.b", probability=1)),
        ("a.b:0.25", Failpoint(name="a.b", probability=0.25)),
        ("a.b:0.25:kill", Failpoint(name="a.b", probability=0.25)),
        ("a.b:1:sleep=300", Failpoint(name="a.b", probability=1, sleep_ms=300)),
        ("a.b:1:raise=ENOSPC", Failpoint(name="a.b", probability=1, error=errno.ENOSPC)),
    ],
)
def test_it_is_written_as_the_docs_say(text: str, expected: Failpoint):
    assert parse_failpoint(text) == expected


@pytest.mark.parametrize(
    "text", ["a:1:explode", "a:often", "a:1:sleep", "a:1:kill=3", "a:1:raise", "a:1:raise=NO"]
)
def test_a_mistake_is_told(text: str):
    with pytest.raises(ValueError, match=r"failpoint|FAILPOINT|float"):
        parse_failpoint(text)


def _run(failpoint: str) -> subprocess.CompletedProcess[str]:
    script = "from bot.failpoints import hit; hit('other'); print('between'); hit('here')"
    return subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-u", "-c", script],
        env={"MADOGUCHI_FAILPOINT": failpoint},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_kill_ends_the_process_at_the_named_point():
    ended = _run("here:1:kill")
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "between\n")


def test_a_probability_of_nothing_never_strikes():
    assert _run("here:0").returncode == 0


def test_sleep_stands_still_and_goes_on():
    started = time.monotonic()
    assert _run("here:1:sleep=300").returncode == 0
    assert time.monotonic() - started >= 0.3


def test_raise_raises_the_named_error():
    assert "No space left on device" in _run("here:1:raise=ENOSPC").stderr


def test_the_docs_list_every_point():
    passed = {
        name
        for package in ("bot", "handoff")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"\bhit\(\"([a-z_.]+)\"\)", path.read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "reference" / "failpoints.md").read_text(encoding="utf-8")
    assert passed == set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE))
