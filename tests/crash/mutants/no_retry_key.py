"""Pushes carry no retry key."""

from bot.channels.line import api


def apply():
    plain = api.LineSender._post

    async def post(self, path, body, headers=None):
        return await plain(self, path, body)

    api.LineSender._post = post
