"""Nothing is recognised when it comes again."""

import uuid
from dataclasses import replace

from bot import intake


def apply():
    plain = intake.take_event

    def take(tx, arrival):
        key = uuid.uuid4().hex
        event = replace(arrival.event, event_key=key, source_key=key)
        return plain(tx, replace(arrival, event=event))

    intake.take_event = take
