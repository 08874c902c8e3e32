"""A customer's events keep their order, also when the store fails for the first of them alone."""

import pytest

from bot.errors import StoreUnavailable

RETURN, FEE = "返品はいつまでできますか？", "送料はいくらですか？"


class FailsOnce:
    """A store that is locked for a moment: for the first write, and not for the next."""

    def __init__(self, store):
        self._store = store
        self.failed = False

    async def write(self, fn, /, *args, **kwargs):
        if not self.failed:
            self.failed = True
            raise StoreUnavailable
        return await self._store.write(fn, *args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._store, name)


async def test_what_came_first_stands_first_after_a_failure_of_the_store(story):
    story.intake._store = FailsOnce(story.store)
    events = [story.event(RETURN), story.event(FEE), story.event("だれか", customer="U2")]
    with pytest.raises(StoreUnavailable):
        await story.intake.receive(events)
    taken = [receipt.taken for receipt in await story.intake.receive(events)]
    # the other customer's was taken at once
    assert taken == ["new", "new", "repeated"]
    rows = await story.rows(
        "SELECT text FROM message WHERE sender = 'customer' AND customer_id ="
        " (SELECT customer_id FROM message WHERE text = :text) ORDER BY seq",
        text=RETURN,
    )
    assert [row["text"] for row in rows] == [RETURN, FEE]
