"""A reply whose fate is unknown is pushed as well."""

from dataclasses import replace

from bot import delivery


def apply():
    plain = delivery.plan_attempt

    def plan(owed, *, now, rules):
        if owed.reply_doubt:
            owed = replace(owed, reply_doubt=False, reply_token=None)
        return plain(owed, now=now, rules=rules)

    delivery.plan_attempt = plan
