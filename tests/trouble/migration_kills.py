"""Kills an upgrade before its statement number N, and says how each life ended.

A process without threads bears each of them by fork: hundreds of deaths take seconds.
Arguments: a folder, a prepared database, and the numbers.
"""

import os
import shutil
import sys
from pathlib import Path

from bot import failpoints
from bot.failpoints import Failpoint
from bot.migrating import upgrade_file


def main() -> None:
    """One line for each number: the number and the exit code of that life."""
    folder, prepared = Path(sys.argv[1]), Path(sys.argv[2])
    for number in map(int, sys.argv[3:]):
        path = folder / f"{number}.db"
        shutil.copy(prepared, path)
        child = os.fork()
        if not child:
            failpoints._armed = Failpoint(name=f"migrate.statement_{number}", probability=1)
            upgrade_file(path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(number, code, flush=True)  # noqa: T201 - its answer
        if code == 0:
            # there is no such statement any more
            return


if __name__ == "__main__":
    main()
