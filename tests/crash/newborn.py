"""A process that has imported the server and bears one child after the other.

A life takes a tenth of a second to begin instead of some seconds, so that a hundred of them fit
into a test. Commands come as lines of JSON, news goes out as lines: `born`, `serves on`, `dead`.
"""

import asyncio
import contextlib
import json
import os
import random
import select
import signal
import sys
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 - imported once, for all the lives

import handoff.serving
from bot import failpoints, intake, messages
from bot.schema import upgrade_sqlite
from handoff.composition import open_house
from handoff.configuration import load_settings
from tests.crash.moved_clock import MovedClock
from tests.crash.mutants import apply_mutant

#: Events of whoever has this in the id raise when they come and not when they are tried again.
POISON = "badbad"


def main() -> None:
    """Bear children until nobody listens any more."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    children: set[int] = set()
    say("ready")
    buffered = b""
    while True:
        ready, _, _ = select.select([0, wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 100)
            _bury(children)
        if 0 in ready:
            read = os.read(0, 65_536)
            if not read:
                break
            *lines, buffered = (buffered + read).split(b"\n")
            for line in lines:
                _bear(json.loads(line), children)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def say(text: str) -> None:
    """One line, whole, to whoever listens."""
    os.write(1, f"{text}\n".encode())


def _bury(children: set[int]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        children.discard(child)
        say(f"dead {child} {os.waitstatus_to_exitcode(status)}")


def _bear(wish: dict[str, Any], children: set[int]) -> None:
    child = os.fork()
    if child:
        children.add(child)
        say(f"born {child}")
        return
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _live(wish)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it goes into the log
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        # never back into the loop that bears
        os._exit(code)


def _live(wish: dict[str, Any]) -> None:
    folder = Path(wish["folder"])
    os.chdir(folder)
    log = os.open(folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    random.seed(wish["seed"])
    failpoints._armed = failpoints.parse_failpoint(wish["failpoint"])
    if wish["mutant"]:
        apply_mutant(wish["mutant"])
    if wish["act"] == "migrate":
        upgrade_sqlite(Path(wish["database"]))
    else:
        _poison()
        # the storm's people say more in a minute than a person in a day
        messages.FLOOD = 1_000_000
        clock = MovedClock(folder / "clock")
        handoff.serving.open_house = lambda settings: open_house(settings, clock=clock)
        asyncio.run(handoff.serving.serve_forever(load_settings(None)))


def _poison() -> None:
    """Let some events raise, as an event does that nobody foresaw."""

    sane = intake.take_event

    def take(tx: Any, arrival: Any) -> Any:
        taken = sane(tx, arrival)
        if POISON in (arrival.event.customer_key or ""):
            raise RuntimeError("poison")
        return taken

    def retake(tx: Any, inbox_id: int, arrival: Any) -> Any:
        intake.free_parked(tx, inbox_id)
        return sane(tx, arrival)

    intake.take_event, intake.retake_event = take, retake


if __name__ == "__main__":
    main()
