"""Why a decision was made that was kept with a message, as far as it can still be known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from faq.decision import Kind
from faq.explaining import TOLD, explain_decision, question_of
from faq.explaining_texts import sentences_of
from faq.knowledge import Knowledge
from faq.told import Explanation, Outcome, Told

#: So many entries that were turned down are tried.
_MOST_LEFT_OUT = 6


def explain_stored(
    knowledge: Knowledge, texts: Sequence[str], stored: Mapping[str, Any], *, lang: str,
    channel: str, today: date, exclude: Sequence[str] = (),
) -> Told:  # fmt: skip
    """Why a decision was made that is kept as JSON.

    `texts` are what may have been decided: a line alone, or together with those before it. The
    one that gives the same decision in the same version is explained; where none does, or the
    knowledge has changed, what is stored is told and no more.
    """
    if stored.get("knowledge") == knowledge.version:
        # what a customer turned down grew one by one
        for count, text in product(range(min(len(exclude), _MOST_LEFT_OUT) + 1), texts):
            made = knowledge.decide(
                text, lang=lang, channel=channel, today=today, exclude=exclude[:count]
            )
            if _is_same(made.as_json(), stored):
                return explain_decision(knowledge, text, made, lang=lang)
    return _from_stored(knowledge, stored, lang)


def _is_same(made: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """A literal hit is stored without those behind it, so the first one counts."""
    if made["kind"] != stored.get("kind"):
        return False
    first, kept = made["candidates"][:1], list(stored.get("candidates") or ())[:1]
    return bool(first == kept)


def _from_stored(knowledge: Knowledge, stored: Mapping[str, Any], lang: str) -> Told:
    kept = [one for one in stored.get("candidates") or () if isinstance(one, Mapping)]
    also = [one for one in stored.get("also") or () if isinstance(one, Mapping)]
    kind = str(stored.get("kind", ""))
    outcome = None
    if kind and not stored.get("knowledge"):
        # nothing was decided: the customer had chosen, or had turned down what was offered
        outcome = Outcome.CHOSEN if kind == "chosen" else Outcome.REFUSED
    told = Told(
        text="",
        kind=Kind(kind) if kind in set(Kind) else Kind.FALLBACK,
        outcome=outcome,
        current=outcome is not None,
        knowledge_version=str(stored.get("knowledge", "")),
        candidates=tuple(
            Explanation(
                entry_id=str(one.get("id", "")),
                question=question_of(knowledge, str(one.get("id", "")), lang),
                confidence=float(one.get("confidence") or 0.0),
                variant=str(one.get("variant", "")),
                literal=False,
                nearly=False,
                shared=(),
                meant=(),
                sounds=(),
                parts=(),
                score=0.0,
            )
            for one in kept[:TOLD]
        ),
        margin=float(stored.get("margin") or 0.0),
        alone=bool(stored.get("part")),
        also=tuple(question_of(knowledge, str(one.get("id", "")), lang) for one in also),
        unmet=int(stored.get("unmet") or 0),
        left=int(stored.get("left") or 0),
    )
    return replace(told, sentences=sentences_of(told, lang))
