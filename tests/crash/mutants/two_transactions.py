"""An event is noted as done in one transaction, and its work follows in another."""

from bot import intake, taking
from bot.eventrows import record_event
from bot.failpoints import hit


def apply():
    plain = intake.Intake._take
    taking.record_event = lambda _tx, _event, *, now: True

    async def take(self, arrival):
        event = arrival.event
        if not await self._store.write(record_event, event, now=self._clock()):
            return await self._receipt(event, taking.TakenEvent(repeated=True))
        hit("mutant.gap")
        return await plain(self, arrival)

    intake.Intake._take = take
