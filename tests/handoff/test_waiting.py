"""The wait that is promised shrinks with agents, grows with the queue, and mostly comes true."""

import heapq
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from handoff.waiting import WaitRange, expect_wait, render_wait

FIVE = 5 * MINUTE_MS
HANDLINGS = st.lists(st.integers(min_value=0, max_value=3 * HOUR_MS), max_size=30)
FALLBACKS = st.integers(min_value=MINUTE_MS, max_value=HOUR_MS)


def minutes(low, high):
    return WaitRange(low_ms=low * MINUTE_MS, high_ms=high * MINUTE_MS)


@pytest.mark.parametrize(
    ("position", "agents", "free", "expected"),
    [
        (1, 2, 1, minutes(0, 1)),
        (1, 1, 0, minutes(3, 7)),
        (1, 0, 0, minutes(3, 7)),
        (4, 1, 0, minutes(15, 25)),
        (4, 4, 0, minutes(4, 6)),
        (4, 4, 2, minutes(1, 4)),
        (40, 2, 0, minutes(90, 110)),
    ],
)
def test_a_wait_follows_the_queue_and_the_agents(position, agents, free, expected):
    steady = [4 * MINUTE_MS, FIVE, 6 * MINUTE_MS] * 20

    assert expect_wait(position, agents, free, steady, FIVE) == expected


def test_with_nothing_handled_yet_the_fallback_speaks():
    assert expect_wait(2, 1, 0, [], FIVE) == minutes(3, 20)


def test_a_conversation_left_open_over_lunch_hardly_counts():
    usual = [FIVE] * 30
    with_lunch = expect_wait(2, 1, 0, [*usual, 2 * HOUR_MS], FIVE)

    assert expect_wait(2, 1, 0, usual, FIVE) == minutes(7, 15)
    assert with_lunch == minutes(6, 20)


def test_only_the_latest_handlings_count():
    slow_morning, quick_afternoon = [HOUR_MS] * 500, [FIVE] * 200

    after_both = expect_wait(3, 1, 0, slow_morning + quick_afternoon, FIVE)

    assert after_both == expect_wait(3, 1, 0, quick_afternoon, FIVE)


@given(HANDLINGS, FALLBACKS, st.integers(1, 60), st.integers(0, 12), st.integers(0, 6))
def test_one_place_further_back_never_waits_less(recent, fallback, position, agents, free):
    here = expect_wait(position, agents, free, recent, fallback)
    behind = expect_wait(position + 1, agents, free, recent, fallback)

    assert here.low_ms <= behind.low_ms
    assert here.high_ms <= behind.high_ms
    assert 0 <= here.low_ms <= here.high_ms


@given(HANDLINGS, FALLBACKS, st.integers(1, 60), st.integers(0, 12), st.integers(0, 6))
def test_one_agent_or_free_place_more_never_waits_longer(recent, fallback, position, agents, free):
    here = expect_wait(position, agents, free, recent, fallback)

    for more in (
        expect_wait(position, agents + 1, free, recent, fallback),
        expect_wait(position, agents, free + 1, recent, fallback),
    ):
        assert more.low_ms <= here.low_ms
        assert more.high_ms <= here.high_ms


def draw_handling(draw):
    # half of all handlings take less than four minutes, one in ten more than nine
    return int(draw.lognormvariate(0, 0.65) * 4 * MINUTE_MS)


def draw_rest(draw):
    """Look at an agent who has been busy all day: how long does the handling under way last?"""
    left = 4 * HOUR_MS
    while left > 0:
        left -= draw_handling(draw)
    return -left


def live_through_wait(draw, position, agents):
    """Serve the queue in order, each agent taking the next one as soon as a handling ends."""
    ends = [draw_rest(draw) for _ in range(agents)]
    heapq.heapify(ends)
    for _ in range(position - 1):
        heapq.heappush(ends, heapq.heappop(ends) + draw_handling(draw))
    return heapq.heappop(ends)


@pytest.mark.parametrize(("position", "agents"), [(1, 1), (3, 1), (2, 3), (6, 3), (10, 5)])
def test_four_promises_in_five_come_true(position, agents):
    draw = Random(position * 100 + agents)  # noqa: S311 - a seed makes it repeatable
    recent = [draw_handling(draw) for _ in range(100)]
    promise = expect_wait(position, agents, 0, recent, FIVE)

    waits = [live_through_wait(draw, position, agents) for _ in range(2_000)]
    kept = sum(promise.low_ms <= wait <= promise.high_ms for wait in waits) / len(waits)

    # near four in five, and no worse than seven in ten for the handling one cannot see into
    assert 0.7 < kept < 0.9


@pytest.mark.parametrize(
    ("wait", "ja", "en"),
    [
        (minutes(3, 6), "約3〜6分", "about 3–6 minutes"),
        (minutes(0, 1), "1分以内", "within 1 minute"),
        (minutes(0, 4), "約4分以内", "within about 4 minutes"),
        (minutes(5, 5), "約5分", "about 5 minutes"),
        (minutes(1, 1), "約1分", "about 1 minute"),
        (minutes(30, 60), "約30分〜1時間", "about 30 minutes to 1 hour"),
        (minutes(60, 100), "約1時間〜1時間40分", "about 1 hour to 1 hour 40 minutes"),
        (minutes(120, 210), "2時間以上", "more than 2 hours"),
    ],
)
def test_a_wait_is_told_as_people_say_it(wait, ja, en):
    assert [render_wait(wait, "ja"), render_wait(wait, "en")] == [ja, en]
