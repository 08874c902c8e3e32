"""The database cannot be written for a while: LINE hears 503, brings it again, and all is well."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tests.contracts.line_house import LineDoor, answered, question


@contextmanager
def locked_by_somebody(door: LineDoor) -> Iterator[None]:
    """Another process writes and does not finish."""
    connection = sqlite3.connect(door.house.settings.database_path(), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def test_a_locked_database_gets_503_in_time_and_the_redelivery_heals_it(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == answered(0)
    event = door.events.text(hana, question(1))
    with locked_by_somebody(door):
        receipts = [await door.sender.send(event) for _ in range(2)]
        assert [receipt.status for receipt in receipts] == [503, 503]
        assert max(receipt.seconds for receipt in receipts) < 1.9
    receipt = await door.sender.send_until_acknowledged(event)
    assert receipt.status == 200
    assert await door.seen_by(hana) == answered(0, 1)
    assert [sender for sender, _ in await door.said(hana)] == ["customer", "bot", "bot"] * 2


async def test_a_lock_that_ends_in_time_costs_nothing_but_time(door: LineDoor):
    hana = door.customer()
    event = door.events.text(hana, question(0))
    with locked_by_somebody(door):
        sending = asyncio.create_task(door.sender.send(event))
        await asyncio.sleep(0.5)
    assert (await sending).status == 200
    assert await door.seen_by(hana) == answered(0)
