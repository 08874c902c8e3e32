"""How long the server keeps an idle question waiting, seen from a process of its own.

Started with an address it asks until its input closes, and then prints a line of JSON.
"""

import http.client
import json
import sys
import threading
import time

PAUSE_SECONDS = 0.02


def watch(host: str, port: int, stop: threading.Event) -> dict[str, float]:
    """Waiting times of /healthz in milliseconds over one connection."""
    waits: list[float] = []
    connection = http.client.HTTPConnection(host, port, timeout=60)
    while not stop.wait(PAUSE_SECONDS):
        began = time.perf_counter()
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            # a closed keep-alive is not a wait
            connection.close()
            continue
        waits.append((time.perf_counter() - began) * 1000)
    waits.sort()
    return {
        "asked": len(waits),
        "p50": _part(waits, 0.5),
        "p99": _part(waits, 0.99),
        "p99.9": _part(waits, 0.999),
        "max": _part(waits, 1),
    }


def _part(waits: list[float], part: float) -> float:
    return round(waits[min(int(len(waits) * part), len(waits) - 1)], 1) if waits else 0.0


def main() -> None:
    """Ask until nobody listens."""
    host, _, port = sys.argv[1].removeprefix("http://").rpartition(":")
    stop, found = threading.Event(), {}
    worker = threading.Thread(target=lambda: found.update(watch(host, int(port), stop)))
    worker.start()
    sys.stdin.read()
    stop.set()
    worker.join()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
