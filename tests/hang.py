"""Ends what hangs: hostile input may be slow on a busy machine, it may never be endless."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_hang(cpu_seconds: float = 10) -> Iterator[None]:
    """Fail when the block computes this long; what grows with the square does, a slow core not."""

    def give_up(_number: int, _frame: object) -> None:
        raise AssertionError(f"still computing after {cpu_seconds} s")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
