"""A real server in a process of its own, and whoever talks to it while things go wrong."""

import base64
import ctypes
import hashlib
import hmac
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-W", "error", "-m", "server", "serve", "--port", "0"]
SECRET, TOKEN = "a-channel-secret", "an-access-token"
KNOWLEDGE = """\
entries:
  - id: shipping-fee
    question: 送料はいくらですか？
    answer: 全国一律500円です。
"""
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2


def environment(folder: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "MADOGUCHI" not in name}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "MADOGUCHI_DATA_DIR": str(folder / "data"),
        "MADOGUCHI_KNOWLEDGE": str(folder / "knowledge"),
        "MADOGUCHI_LINE__CHANNEL_SECRET": SECRET,
        "MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN": TOKEN,
        # nobody listens there: what is owed stays owed
        "MADOGUCHI_LINE__API_BASE": "http://127.0.0.1:9",
        "MADOGUCHI_LINE__API_DATA_BASE": "http://127.0.0.1:9",
        **variables,
    }


def make_folder(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True, mode=0o700)
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "faq.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    return folder


def refused(folder: Path, **variables: str) -> tuple[int, str]:
    """A start that comes to nothing: exit code, and what the operator reads."""
    done = subprocess.run(  # noqa: S603 - our own program
        SERVE,
        cwd=folder,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=without_root,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def without_root() -> None:
    """Rights on files count for root too: in containers tests run as root."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


@dataclass(eq=False)
class Server:
    """A running server."""

    folder: Path
    process: subprocess.Popen
    url: str
    #: ids of LINE events that got their 200
    acknowledged: list[str] = field(default_factory=list)
    count: int = 0

    def line(self, text: str = "送料はいくらですか？", *, key: str = "") -> tuple[int, float, str]:
        """One signed call of LINE's: status, seconds, event id."""
        self.count += 1
        event = key or f"01EVENT{self.count:08d}"
        body = json.dumps(
            {
                "destination": "U" + "0" * 32,
                "events": [
                    {
                        "type": "message",
                        "mode": "active",
                        "webhookEventId": event,
                        "timestamp": int(time.time() * 1000),
                        "deliveryContext": {"isRedelivery": bool(key)},
                        "source": {"type": "user", "userId": "U" + event[-8:].zfill(32)},
                        "replyToken": f"t{event}",
                        "message": {"id": f"m{event}", "type": "text", "text": text},
                    }
                ],
            }
        ).encode()
        made = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        began = time.monotonic()
        status, _ = self.call("/line/webhook", body, {"X-Line-Signature": made})
        if status == 200:
            self.acknowledged.append(event)
        return status, time.monotonic() - began, event

    def call(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, object]:
        request = urllib.request.Request(  # noqa: S310 - a loopback address
            self.url + path,
            data=body,
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - as above
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
                return error.code, json.loads(text) if text[:1] == b"{" else None

    def visitor(self) -> Callable[[str], tuple[int, object]]:
        """A chat on the web: says something, under a client id of its own."""
        origin = {"Origin": self.url}
        status, told = self.call("/chat/hello", b'{"type": "hello", "after": 0}', origin)
        assert status == 200, told
        token = told["token"]

        def say(client_id: str) -> tuple[int, object]:
            frame = {"type": "send", "client_id": client_id, "text": "送料はいくらですか？"}
            return self.call(
                "/chat/send",
                json.dumps(frame).encode(),
                {**origin, "Authorization": f"Bearer {token}"},
            )

        return say

    @property
    def database(self) -> Path:
        return self.folder / "data" / "madoguchi.db"

    def stored(self) -> set[str]:
        with closing(sqlite3.connect(self.database)) as found:
            assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return {key for (key,) in found.execute("SELECT event_key FROM inbox")}

    def errors(self) -> str:
        return (self.folder / "stderr").read_text()


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Server]:
    """From its first line to its end."""
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program
            SERVE,
            cwd=folder,
            env=environment(folder, **variables),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, (line, (folder / "stderr").read_text())
        yield Server(folder, process, found[0])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(found: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for another process."""
    end = time.monotonic() + seconds
    while not found():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)  # noqa: TID251 - another process is waited for
    return True
