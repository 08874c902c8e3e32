"""How many somebody may send in a span of time."""

from bot import burst
from bot.burst import Bursts


def test_so_many_in_a_span_and_then_the_time_to_wait():
    bursts = Bursts(limit=2, span_ms=10_000)
    waits = [bursts.take("a", now=now) for now in (0, 4_000, 5_000, 9_999, 10_000, 10_001, 14_000)]
    assert waits == [0, 0, 5_000, 1, 0, 3_999, 0]
    assert bursts.take("b", now=14_000) == 0


def test_who_was_quiet_longest_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(burst, "REMEMBERED", 2)
    bursts = Bursts(limit=1, span_ms=10_000)
    told = [bursts.take(key, now=now) for now, key in enumerate("abacab")]
    assert told == [0, 0, 9_998, 0, 9_996, 0]
