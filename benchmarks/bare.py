"""The line we compare with: HMAC, JSON, one row, group commit with fsync, then 200."""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
import threading
from pathlib import Path
from queue import SimpleQueue

from aiohttp import web

GROUP = 256


class Writer:
    """One thread that commits together whatever waits."""

    def __init__(self, path: Path) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: SimpleQueue[tuple[tuple[str, bytes], asyncio.Future[None]]] = SimpleQueue()
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("PRAGMA wal_autocheckpoint=4000")
        self.connection.execute("CREATE TABLE event (key TEXT PRIMARY KEY, body BLOB)")
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while True:
            group = [self.queue.get()]
            while len(group) < GROUP and not self.queue.empty():
                group.append(self.queue.get())
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.executemany(
                "INSERT OR IGNORE INTO event VALUES (?, ?)", [row for row, _ in group]
            )
            self.connection.execute("COMMIT")
            self.loop.call_soon_threadsafe(self.tell, [future for _, future in group])

    @staticmethod
    def tell(futures: "list[asyncio.Future[None]]") -> None:
        for future in futures:
            future.set_result(None)


async def serve(path: Path, secret: bytes) -> None:
    writer = Writer(path)

    async def webhook(request: web.Request) -> web.Response:
        body = await request.read()
        signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest())
        given = request.headers.get("x-line-signature", "").encode()
        if not hmac.compare_digest(signature, given):
            return web.Response(status=401)
        for event in json.loads(body)["events"]:
            done: asyncio.Future[None] = writer.loop.create_future()
            writer.queue.put(((event["webhookEventId"], body), done))
            await done
        return web.Response()

    app = web.Application()
    app.router.add_post("/line/webhook", webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"serves on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("secret")
    given = parser.parse_args()
    asyncio.run(serve(given.database, given.secret.encode()))
