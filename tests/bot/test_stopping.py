"""What a server that is told to stop still sends, and what it leaves for the next one."""

import asyncio

from fakes import FakePlatform

from bot.delivery import Delivery
from bot.phrases import Phrases
from bot.sending_rules import Rules


class Unequal(FakePlatform):
    """Answers some at once and some later, as platforms do."""

    flying = 0

    async def send(self, attempt):
        self.flying += 1
        await asyncio.sleep(0.05 + 0.01 * (int(attempt.to[1:]) % 10))
        self.flying -= 1
        return await super().send(attempt)


async def test_nothing_is_begun_while_the_server_stops(story, hints, clock):
    """What is cut off in mid-call might have arrived, and the next server would say it again."""
    platform = Unequal()
    for number in range(150):
        await story.say("送料はいくらですか？", customer=f"U{number}")
    delivery = Delivery(story.store, hints, platform, clock, Phrases(), Rules())
    running = asyncio.create_task(delivery.run())
    while not platform.flying:
        await asyncio.sleep(0.005)

    await delivery.drain(5)
    assert platform.flying == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert platform.flying == 0
    rows = await story.rows("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state ORDER BY 1")
    sent = len(platform.attempts)
    assert rows == [{"state": "pending", "n": 150 - sent}, {"state": "sent", "n": sent}]
    assert sent >= 1
