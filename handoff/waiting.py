"""How long a customer will probably wait: a range that is right about four times in five."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from statistics import median

from bot.clock import HOUR_MS, MINUTE_MS

#: Only the latest handlings count: they know how today goes.
MOST_HANDLINGS = 200
#: The fallback counts as much as so many handlings, so that the first ones of a day do not rule.
_FALLBACK_WEIGHT = 5
#: A conversation left open over lunch says nothing about the next one.
_OUTLIER = 4
#: Spread taken for the fallback: standard deviation by mean, as usual for handling times.
_FALLBACK_SPREAD = 0.8
#: No range is narrower than this spread makes it: equal handling times are luck.
_LEAST_SPREAD = 0.3
#: The standard normal quantiles of 10 % and 90 %.
_LOW, _HIGH = -1.2816, 1.2816
#: Up to so many minutes, people expect such a step.
_STEPS = ((10, 1), (30, 5), (120, 10), (None, 30))
#: Beyond this an exact figure would be a pretence.
_LONG_MS = 2 * HOUR_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitRange:
    """The wait as it is shown: both ends are round figures."""

    low_ms: int
    high_ms: int


def expect_wait(
    position: int,
    agents_available: int,
    free_capacity: int,
    recent_handling_ms: Sequence[int],
    fallback_ms: int,
) -> WaitRange:
    """Expect the wait of whoever stands at this position of the queue, 1 being next.

    So many handlings must end first as people stand ahead beyond the free places. Handlings end
    side by side, one stream an agent, so the wait is the sum of that many handling times through
    the number of agents: about a gamma distribution, of which the 10 % and 90 % quantiles are
    told. With no agent at all it is the wait for one.
    """
    to_end = position - free_capacity
    if to_end <= 0:
        return WaitRange(low_ms=0, high_ms=MINUTE_MS)
    mean, spread = _handling(recent_handling_ms[-MOST_HANDLINGS:], fallback_ms)
    streams = max(agents_available, free_capacity, 1)
    expected = to_end * mean / streams
    shape = to_end / spread**2
    return WaitRange(
        low_ms=_round_down(expected * _gamma_quantile(shape, _LOW)),
        high_ms=max(_round_up(expected * _gamma_quantile(shape, _HIGH)), MINUTE_MS),
    )


def _handling(recent_ms: Sequence[int], fallback_ms: int) -> tuple[float, float]:
    """Find mean and spread of the handling times, the fallback standing in for missing ones."""
    fallback = max(fallback_ms, 1)
    longest = _OUTLIER * median(chain(recent_ms, [fallback] * _FALLBACK_WEIGHT))
    times = [min(max(one, 0), longest) for one in recent_ms]
    weight = len(times) + _FALLBACK_WEIGHT
    mean = (sum(times) + _FALLBACK_WEIGHT * fallback) / weight
    variance = sum((one - mean) ** 2 for one in times)
    variance += _FALLBACK_WEIGHT * ((fallback - mean) ** 2 + (_FALLBACK_SPREAD * fallback) ** 2)
    return mean, max(sqrt(variance / weight) / mean, _LEAST_SPREAD)


def _gamma_quantile(shape: float, normal: float) -> float:
    """Approximate a quantile as a multiple of the mean (Wilson and Hilferty)."""
    base = 1 - 1 / (9 * shape) + normal / (3 * sqrt(shape))
    return max(base, 0.0) ** 3


def _step_ms(minutes: float) -> int:
    for up_to, step in _STEPS:
        if up_to is None or minutes <= up_to:
            return step * MINUTE_MS
    raise AssertionError("the last step has no end")


def _round_down(wait_ms: float) -> int:
    step = _step_ms(wait_ms / MINUTE_MS)
    return int(wait_ms // step) * step


def _round_up(wait_ms: float) -> int:
    step = _step_ms(wait_ms / MINUTE_MS)
    return -int(-wait_ms // step) * step


def render_wait(wait: WaitRange, lang: str) -> str:
    """Say a wait as people do: 約3〜6分, about 3–6 minutes."""
    return _english(wait) if lang == "en" else _japanese(wait)


def _japanese(wait: WaitRange) -> str:
    if wait.low_ms >= _LONG_MS:
        return "2時間以上"
    high = _span_ja(wait.high_ms)
    if wait.low_ms == 0:
        return f"{high}以内" if wait.high_ms == MINUTE_MS else f"約{high}以内"
    if wait.low_ms == wait.high_ms:
        return f"約{high}"
    if wait.high_ms < HOUR_MS:
        return f"約{wait.low_ms // MINUTE_MS}〜{high}"
    return f"約{_span_ja(wait.low_ms)}〜{high}"


def _span_ja(span_ms: int) -> str:
    hours, minutes = divmod(span_ms // MINUTE_MS, 60)
    return (f"{hours}時間" if hours else "") + (f"{minutes}分" if minutes or not hours else "")


def _english(wait: WaitRange) -> str:
    if wait.low_ms >= _LONG_MS:
        return "more than 2 hours"
    high = _span_en(wait.high_ms)
    if wait.low_ms == 0:
        return f"within {high}" if wait.high_ms == MINUTE_MS else f"within about {high}"
    if wait.low_ms == wait.high_ms:
        return f"about {high}"
    if wait.high_ms < HOUR_MS:
        return f"about {wait.low_ms // MINUTE_MS}–{high}"
    return f"about {_span_en(wait.low_ms)} to {high}"


def _span_en(span_ms: int) -> str:
    hours, minutes = divmod(span_ms // MINUTE_MS, 60)
    parts = []
    if hours:
        parts.append("1 hour" if hours == 1 else f"{hours} hours")
    if minutes or not hours:
        parts.append("1 minute" if minutes == 1 else f"{minutes} minutes")
    return " ".join(parts)
