"""Where a login leads to: pages of ours, and nowhere else."""

import re
from typing import Final

#: Pages of ours only: one slash and then no second one, nor a backslash that browsers take for it.
_OURS: Final = re.compile(r"/(?![/\\])[\w\-./?=&%~]{0,300}", re.ASCII)


def parse_next(value: str) -> str:
    """Where to go after logging in; never to another site."""
    return value if _OURS.fullmatch(value) and not value.startswith("/log") else "/desk"
