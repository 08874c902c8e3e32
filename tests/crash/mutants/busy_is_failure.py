"""429 counts as a refusal for good."""

from bot.channels.line import api
from bot.sending import Outcome


def apply():
    plain = api._judge

    def judge(status):
        outcome = plain(status)
        return Outcome.REFUSED if outcome is Outcome.BUSY else outcome

    api._judge = judge
