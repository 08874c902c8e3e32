"""Builds large things in a thread without the garbage collector stopping everybody else."""

import gc
from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_lock = Lock()
_building = 0


def build_quietly(build: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """What `build` returns, made while no collection runs.

    Collections hold the interpreter's lock, and one that walks through a half-built knowledge of
    5,000 entries takes 300 ms. Nothing in a knowledge refers back to what holds it, so it goes
    without a collector when nobody uses it any more; until then it is left out of collections.
    """
    _pause()
    try:
        return build(*args, **kwargs)
    finally:
        _resume()


def _pause() -> None:
    global _building  # noqa: PLW0603 - the collector is one for the whole process as well
    with _lock:
        if not _building:
            gc.collect(1)  # what is young and dead is not to be kept for good below
        _building += 1
        gc.disable()


def _resume() -> None:
    global _building  # noqa: PLW0603 - as above
    with _lock:
        _building -= 1
        if not _building:
            gc.freeze()
            gc.enable()
