"""Sends signed LINE webhooks, as fast as they are answered or at a set pace."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field

import aiohttp


@dataclass(slots=True)
class Sent:
    """What one run saw."""

    seconds: float = 0.0
    #: seconds from request to answer
    times: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def make_bodies(texts: list[str], secret: bytes, *, tag: str) -> list[tuple[bytes, str]]:
    """Bodies and signatures, made before the clock runs."""
    made = []
    for number, text in enumerate(texts):
        event = {
            "type": "message",
            "mode": "active",
            "timestamp": 1_700_000_000_000 + number,
            "source": {
                "type": "user",
                "userId": "U"
                + hashlib.md5(  # noqa: S324 - only an id
                    f"{tag}{number % 5000}".encode()
                ).hexdigest(),
            },
            "webhookEventId": f"01{tag}{number:018d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": f"{tag}{number:030d}",
            "message": {"type": "text", "id": f"{tag}{number}", "quoteToken": "q", "text": text},
        }
        call = {"destination": "U" + "0" * 32, "events": [event]}
        body = json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()
        signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        made.append((body, signature))
    return made


async def send_all(
    url: str, bodies: list[tuple[bytes, str]], *, connections: int = 64, rate: float = 0
) -> Sent:
    """Closed loop, or paced when `rate` (a second) is given."""
    sent = Sent()
    waiting = iter(bodies)
    connector = aiohttp.TCPConnector(limit=connections if not rate else 1000)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(body: bytes, signature: str, due: float) -> None:
            async with session.post(
                f"{url}/line/webhook",
                data=body,
                headers={"x-line-signature": signature, "Content-Type": "application/json"},
            ) as answer:
                await answer.read()
                sent.errors += answer.status != 200
            sent.times.append(time.perf_counter() - due)

        async def worker() -> None:
            for body, signature in waiting:
                await one(body, signature, time.perf_counter())

        start = time.perf_counter()
        if rate:
            tasks = []
            for number, (body, signature) in enumerate(waiting):
                due = start + number / rate
                pause = due - time.perf_counter()
                if pause > 0:
                    await asyncio.sleep(pause)
                tasks.append(asyncio.create_task(one(body, signature, due)))
            await asyncio.gather(*tasks)
        else:
            await asyncio.gather(*(worker() for _ in range(connections)))
        sent.seconds = time.perf_counter() - start
    return sent
