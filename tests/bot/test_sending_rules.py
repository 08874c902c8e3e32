import pytest
from factories import NOON, owed

from bot.clock import DAY_MS
from bot.sending import RETRY_KEY_MS, TOKEN_TRUSTED_MS, Outcome, Result, Route
from bot.sending_rules import Next, Plan, RowState, Rules, decide_next, plan_attempt

FREE = Rules()
EXACT = Rules(exactly_once=True)
ONCE = Rules(resend_in_doubt=False)
YOUNG, OLD = NOON + TOKEN_TRUSTED_MS - 1, NOON + TOKEN_TRUSTED_MS
KEY_DIES = NOON + RETRY_KEY_MS
REPLY = Plan(route=Route.REPLY)
PUSH = Plan(route=Route.PUSH)
MARKED = Plan(route=Route.PUSH, resent=True)
NOBODY_KNOWS = Plan(route=None)


@pytest.mark.parametrize(
    ("fields", "now", "rules", "plan"),
    [
        ({}, YOUNG, FREE, REPLY),
        ({}, OLD, FREE, PUSH),
        ({}, YOUNG, EXACT, PUSH),
        # the clock was set back: a 400 would not mean that our first try arrived
        ({"reply_doubt": True}, NOON - DAY_MS, FREE, MARKED),
        ({"reply_token": None, "token_at": None}, YOUNG, FREE, PUSH),
        ({"token_at": None}, YOUNG, FREE, PUSH),
        ({"reply_doubt": True}, YOUNG, FREE, REPLY),
        ({"reply_doubt": True}, OLD, FREE, MARKED),
        ({"reply_doubt": True}, OLD, ONCE, NOBODY_KNOWS),
        ({"reply_doubt": True, "reply_token": None}, YOUNG, FREE, MARKED),
        ({"doubted": True}, KEY_DIES, FREE, PUSH),
        ({"doubted": True}, KEY_DIES + 1, FREE, NOBODY_KNOWS),
        ({"doubted": False}, KEY_DIES + 1, FREE, PUSH),
        # the doubt is about the reply: the key was never used
        ({"doubted": True, "reply_doubt": True}, KEY_DIES + 1, FREE, MARKED),
        (
            {"doubted": True, "reply_doubt": True, "reply_token": None},
            KEY_DIES + 1,
            FREE,
            NOBODY_KNOWS,
        ),
    ],
)
def test_the_way_of_the_next_try(fields, now, rules, plan):
    assert plan_attempt(owed(**fields), now=now, rules=rules) == plan


@pytest.mark.parametrize(
    ("outcome", "route", "fields", "after"),
    [
        (Outcome.SENT, Route.REPLY, {}, Next(state=RowState.SENT)),
        (Outcome.SENT, Route.PUSH, {"reply_doubt": True}, Next(state=RowState.SENT)),
        (
            Outcome.TOKEN_DEAD,
            Route.REPLY,
            {},
            Next(state=RowState.PENDING, next_at=NOON, drop_token=True, unused=True),
        ),
        (Outcome.TOKEN_DEAD, Route.REPLY, {"reply_doubt": True}, Next(state=RowState.SENT)),
        (Outcome.REFUSED, Route.PUSH, {}, Next(state=RowState.FAILED)),
        (Outcome.QUOTA, Route.PUSH, {}, Next(state=RowState.BLOCKED_QUOTA, unused=True)),
        (Outcome.QUOTA, Route.PUSH, {"doubted": True}, Next(state=RowState.BLOCKED_QUOTA)),
        (
            Outcome.BUSY,
            Route.REPLY,
            {"reply_doubt": True, "doubted": True},
            Next(state=RowState.PENDING, next_at=NOON, reply_doubt=True, pause=True),
        ),
        (
            Outcome.UNAUTHORISED,
            Route.PUSH,
            {},
            Next(state=RowState.PENDING, next_at=NOON, pause=True, unused=True),
        ),
        (
            Outcome.DOUBT,
            Route.REPLY,
            {},
            Next(state=RowState.PENDING, next_at=NOON + 300, reply_doubt=True),
        ),
    ],
)
def test_what_becomes_of_a_row(outcome, route, fields, after):
    assert decide_next(owed(**fields), route, Result(outcome=outcome), now=NOON) == after


def test_a_push_in_doubt_waits_longer_each_time_and_never_beyond_its_key():
    waits, now, tries = [], NOON, 0
    while True:
        tries += 1
        after = decide_next(
            owed(attempts=tries), Route.PUSH, Result(outcome=Outcome.DOUBT), now=now
        )
        if after.state is RowState.IN_DOUBT:
            break
        waits.append(after.next_at - now)
        now = after.next_at
    assert waits[:8] == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    assert RETRY_KEY_MS - 60_000 < now - NOON <= RETRY_KEY_MS


def test_every_outcome_has_a_row_state():
    for outcome in Outcome:
        for route in Route:
            after = decide_next(owed(), route, Result(outcome=outcome), now=NOON)
            assert after.state in RowState
