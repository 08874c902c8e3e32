"""Each try of a push carries another retry key."""

import uuid
from dataclasses import replace

from bot.channels.line import api


def apply():
    plain = api.LineSender._push

    async def push(self, attempt, messages):
        return await plain(self, replace(attempt, retry_key=str(uuid.uuid4())), messages)

    api.LineSender._push = push
