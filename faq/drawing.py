"""Figures of `eval` and `tune` as lines of text."""

from collections.abc import Iterator

from faq.evaluate import Quality
from faq.tuning import Point, Tuning

_WIDTH = 30
#: The curve is told at every so many points of confidence.
_STEP = 5
#: So many confused pairs are told; all of them are in the JSON.
_PAIRS = 10


def quality_lines(quality: Quality) -> Iterator[str]:
    """The report of `eval`."""
    outside = quality.questions - quality.answerable
    yield f"{quality.questions} questions, {quality.answerable} answerable, {outside} out of scope"
    yield f"right entry first      {percent(quality.top1)}"
    yield f"right among three      {percent(quality.top3)}"
    yield f"right among ten        {percent(quality.top10)}"
    yield f"mean reciprocal rank   {_plain(quality.mrr)}"
    yield ""
    yield f"{'':14}{'answer':>9}{'suggest':>9}{'fallback':>9}"
    rows = (
        ("answerable", quality.answerable_by_kind),
        ("out of scope", quality.out_of_scope_by_kind),
    )
    for name, kinds in rows:
        yield f"{name:14}{kinds['answer']:>9}{kinds['suggest']:>9}{kinds['fallback']:>9}"
    yield ""
    yield f"answers right          {percent(quality.answer_precision)}"
    yield f"right at 90 and above  {percent(quality.precision_at_90)}"
    yield f"out of scope refused   {percent(quality.rejected)}"
    yield f"calibration error      {_plain(quality.calibration_error)}"
    yield f"AUROC                  {_plain(quality.auroc)}"
    yield from _reliability(quality)
    yield from _confusions(quality)


def _reliability(quality: Quality) -> Iterator[str]:
    if not quality.reliability:
        return
    yield ""
    yield f"{'confidence':12}{'questions':>9}{'said':>8}{'right':>8}   █ right, | said"
    for held in quality.reliability:
        bar = list(_bar(held.right).ljust(_WIDTH + 1))
        bar[round(held.confidence * _WIDTH)] = "|"
        span = f"{held.low:>3} to {held.high:>3}"
        yield (
            f"{span:12}{held.questions:>9}{held.confidence:>8.0%}{held.right:>8.0%}"
            f"   {''.join(bar).rstrip()}"
        )


def _confusions(quality: Quality) -> Iterator[str]:
    if not quality.confusions:
        return
    yield ""
    yield "most confused (times, the entry that is right ← the entry that came first)"
    for pair in quality.confusions[:_PAIRS]:
        yield f"{pair.count:>5}  {pair.right} ← {pair.first}: {one_line(pair.example)}"


def tuning_lines(tuning: Tuning) -> Iterator[str]:
    """The report of `tune`."""
    outside = tuning.questions - tuning.answerable
    yield f"{tuning.questions} labelled questions, {outside} of them out of scope"
    yield ""
    yield f"{'answer at':>10}  {'answered':<{_WIDTH + 8}}{'wrong':>7}   with 95 % certainty"
    for point in tuning.curve:
        chosen = point == tuning.best
        if point.answer_at % _STEP == 0 or chosen:
            yield _row(point, "→" if chosen else " ")
    now = tuning.now
    yield ""
    yield f"now: from {now.answer_at:.0f} on, {percent(now.answered)} answered, " + _wrong(now)
    yield ""
    yield from _advice(tuning)


def _advice(tuning: Tuning) -> Iterator[str]:
    best = tuning.best
    if best is None:
        yield f"No threshold keeps wrong answers at {tuning.wanted:.1%} of the questions:"
        yield "see with `madoguchi eval` which entries are confused, or allow more with --wrong."
        return
    if tuning.is_thin:
        yield f"Too few to rely on: {tuning.wanted:.1%} needs {tuning.needed} labelled questions."
    yield f"from {best.answer_at:.0f} on: {percent(best.answered)} answered, " + _wrong(best)
    if tuning.suggest_at is not None:
        share = tuning.strangers_offered
        also = "" if share is None else f", and {share:.0%} of those out of scope"
        yield f"offering from {tuning.suggest_at:.0f} on reaches 95 % of whom it helps{also}"
    yield ""
    yield "To set it, write into madoguchi.yaml and start the server again:"
    yield "talk:"
    yield f"  answer_at: {best.answer_at:.0f}"
    if tuning.margin != tuning.now_margin:
        yield f"  margin: {tuning.margin:.0f}"
    if tuning.suggest_at is not None:
        yield f"  suggest_at: {tuning.suggest_at:.0f}"


def _row(point: Point, mark: str) -> str:
    # a share of wrong answers is small: a sign for each percent
    wrong = "x" * min(round(point.wrong * 100), _WIDTH)
    return (
        f"{mark}{point.answer_at:>9.0f}  {_bar(point.answered):<{_WIDTH}} {point.answered:>6.1%} "
        f"{point.wrong:>7.1%}   {point.wrong_low:.1%} to {point.wrong_high:.1%} {wrong}"
    ).rstrip()


def _wrong(point: Point) -> str:
    low, high = point.wrong_low, point.wrong_high
    return f"{point.wrong:.1%} answered wrongly (between {low:.1%} and {high:.1%})"


def _bar(share: float) -> str:
    return "█" * round(share * _WIDTH)


def one_line(text: str) -> str:
    """A customer's text without what moves a terminal's cursor."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:60]


def percent(share: float | None) -> str:
    """A share; a dash where there is none."""
    return "-" if share is None else f"{share:.1%}"


def _plain(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.3f}"
