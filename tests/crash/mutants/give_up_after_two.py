"""A request that failed twice is given up."""

from dataclasses import replace

from bot import delivery
from bot.sending_rules import RowState

PATIENCE = 2


def apply():
    plain = delivery.decide_next

    def decide(owed, route, result, *, now):
        after = plain(owed, route, result, now=now)
        if after.state is RowState.PENDING and owed.attempts >= PATIENCE:
            return replace(after, state=RowState.CANCELLED)
        return after

    delivery.decide_next = decide
