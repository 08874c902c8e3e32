"""Our server as a process of its own, over knowledge made for the occasion, with a LINE sink."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.knowledge import write_knowledge
from benchmarks.turns import SECRET, process


@dataclass(frozen=True, kw_only=True)
class House:
    """Where everything is."""

    url: str
    pid: int
    sink: str
    folder: Path


def settings(folder: Path, sink: str) -> dict[str, str]:
    """The server's environment."""
    return {
        "MADOGUCHI_LINE__CHANNEL_SECRET": SECRET,
        "MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN": SECRET,
        "MADOGUCHI_LINE__API_BASE": sink,
        "MADOGUCHI_LINE__API_DATA_BASE": sink,
        "MADOGUCHI_KNOWLEDGE": str(folder / "knowledge"),
        "MADOGUCHI_DATA_DIR": str(folder / "data"),
        "MADOGUCHI_LOG_LEVEL": "error",
    }


@contextmanager
def serving(folder: Path, sink: str, *, port: int = 0) -> Iterator[House]:
    """The server alone, over what lies in the folder already."""
    program = str(Path(sys.executable).with_name("madoguchi"))
    env = settings(folder, sink)
    with process(program, "serve", "--port", str(port), env=env, cwd=folder) as (url, pid):
        yield House(url=url, pid=pid, sink=sink, folder=folder)


@contextmanager
def open_house(folder: Path, *, entries: int = 200) -> Iterator[House]:
    """Knowledge, tables, sink and server."""
    write_knowledge(folder / "knowledge", entries)
    program = str(Path(sys.executable).with_name("madoguchi"))
    with process(sys.executable, "-m", "benchmarks.sink") as (sink, _):
        env = {**os.environ, **settings(folder, sink)}
        subprocess.run([program, "db", "upgrade"], env=env, cwd=folder, check=True)
        with serving(folder, sink) as house:
            yield house
