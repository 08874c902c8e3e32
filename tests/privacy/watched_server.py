"""The real server, with a list of every address that it asks for or connects to.

python watched_server.py LIST serve --port 0
"""

import sys
from pathlib import Path
from typing import Any

WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def watch(path: Path) -> None:
    """Write down each address from here on; an audit hook cannot be taken off again."""
    file = path.open("a", encoding="utf-8", buffering=1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED:
            where = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
            file.write(f"{event} {where!r}\n")

    sys.addaudithook(hook)


if __name__ == "__main__":
    watch(Path(sys.argv.pop(1)))
    from server import main

    main()
