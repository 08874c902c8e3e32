"""Why a message was decided as it was, in values and in sentences an admin can act on.

told = explain_text(knowledge, "返却はいつまで", lang="ja", channel="web", today=today)
told = explain_decision(knowledge, text, decision, lang="ja")
told.sentences   what a page shows, one after the other; `told.as_json()` for scripts
told.candidates  the first three, each with what it shares with the message and its score
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from faq.changes import (
    Change,
    ChangeKind,
    common_words,
    list_changes,
    readings_shared,
    unknown_words,
)
from faq.decision import Candidate, Decision, Kind
from faq.everyday import built_in_everyday
from faq.explaining_texts import sentences_of
from faq.knowledge import Knowledge
from faq.message import Message
from faq.normalize import fold
from faq.ranking import Match, Ranking, shared_pieces
from faq.told import Explanation, Outcome, Part, Told

#: So many candidates are explained in full.
TOLD = 3
_MOST_WORDS = 8


def explain_text(
    knowledge: Knowledge, text: str, *, lang: str, channel: str = "web", today: date
) -> Told:
    """What this knowledge decides about a text, and why."""
    made = knowledge.decide(text, lang=lang, channel=channel, today=today)
    return explain_decision(knowledge, text, made, lang=lang)


def explain_decision(knowledge: Knowledge, text: str, decision: Decision, *, lang: str) -> Told:
    """Why this knowledge decided so about this text."""
    asked = decision.part or text
    ranking = _rank(knowledge, asked, decision)
    best = decision.candidates[0] if decision.candidates else None
    entry = knowledge.find(best.entry_id) if best else None
    own = entry.threshold if entry else None
    candidates = _explain_all(knowledge, asked, decision, ranking, lang)
    changes = _with_written(knowledge, asked, best)
    told = Told(
        text=asked,
        kind=decision.kind,
        outcome=_outcome(decision, candidates, knowledge, own),
        current=True,
        knowledge_version=decision.knowledge_version,
        changes=changes,
        candidates=candidates,
        threshold=knowledge.limits.answer if own is None else own,
        own_threshold=own is not None,
        margin=decision.margin,
        least_margin=knowledge.limits.margin,
        coverage=ranking.coverage,
        unknown=_unknown_words(knowledge, ranking, _recognised(changes, candidates)),
        alone=bool(decision.part),
        also=tuple(question_of(knowledge, each.entry_id, lang) for each in decision.also),
        unmet=len(decision.unmet),
        left=decision.left,
    )
    return replace(told, sentences=sentences_of(told, lang))


def question_of(knowledge: Knowledge, entry_id: str, lang: str) -> str:
    """An entry's question, or its id once it is gone."""
    entry = knowledge.find(entry_id)
    return entry.question_in(lang) if entry else entry_id


def _rank(knowledge: Knowledge, text: str, decision: Decision) -> Ranking:
    """The matches behind these candidates, and no others."""
    wanted = {candidate.entry_id for candidate in decision.candidates}
    blocked = {n for n, entry in enumerate(knowledge.order) if entry.id not in wanted}
    return knowledge.matcher.rank(text, blocked)


def _explain_all(
    knowledge: Knowledge, text: str, decision: Decision, ranking: Ranking, lang: str
) -> tuple[Explanation, ...]:
    matches = {knowledge.order[match.entry].id: match for match in ranking.matches}
    return tuple(
        _explain(knowledge, text, candidate, (matches[candidate.entry_id], ranking), lang)
        for candidate in decision.candidates[:TOLD]
        if candidate.entry_id in matches
    )


def _explain(
    knowledge: Knowledge, text: str, candidate: Candidate, found: tuple[Match, Ranking], lang: str
) -> Explanation:
    match, ranking = found
    mix = knowledge.matcher.mix(ranking.message)
    parts = (
        ("shape", match.shape, mix.shape),
        ("line", match.line, mix.line),
        ("sound", match.sound, mix.sound),
        ("sense", match.sense, mix.sense),
        ("learned", match.learned, mix.learned),
        ("alike", mix.likeness(match.similarity), mix.alike),
    )
    return Explanation(
        entry_id=candidate.entry_id,
        question=question_of(knowledge, candidate.entry_id, lang),
        confidence=candidate.confidence,
        variant=match.variant,
        literal=match.literal,
        nearly=match.nearly,
        shared=_shared(knowledge, text, match, ranking.message),
        meant=_meant(match, ranking.message),
        sounds=readings_shared(knowledge.matcher, text, match.variant),
        parts=tuple(
            Part(name=name, value=value, points=100 * value * weight)
            for name, value, weight in parts
            if weight
        ),
        score=100 * sum(value * weight for _, value, weight in parts),
    )


def _meant(match: Match, message: Message) -> tuple[str, ...]:
    """The variant's words that often stand for what was said, and were not said."""
    words = built_in_everyday().words(match.text, message.sense)
    return tuple(word for word in words if word not in message.folded)[:_MOST_WORDS]


def _shared(knowledge: Knowledge, text: str, match: Match, message: Message) -> tuple[str, ...]:
    """What message and variant have in common, as both write it where they do."""
    pieces = shared_pieces(message, match.text)
    if not message.japanese:
        return pieces
    found = common_words(message.folded, match.text, pieces)
    said, written = fold(text), fold(match.variant)
    words = {first: word for word, first in knowledge.matcher.reader.synonyms.replaced(said)}
    return tuple(
        next(
            (back for back in _put_back(word, words) if back in said and back in written),
            word,
        )
        for word in found
    )


def _put_back(word: str, words: Mapping[str, str]) -> Iterator[str]:
    """The word, and with its synonyms as they were said."""
    yield word
    for first, said in words.items():
        if first in word:
            yield word.replace(first, said)


def _outcome(
    decision: Decision,
    candidates: tuple[Explanation, ...],
    knowledge: Knowledge,
    own: float | None,
) -> Outcome:
    if not candidates:
        return Outcome.NOTHING
    best, least = candidates[0], knowledge.limits.answer if own is None else own
    if decision.kind is Kind.ANSWER:
        if best.literal:
            return Outcome.LITERAL
        return Outcome.NEARLY if best.nearly else Outcome.SURE
    if decision.kind is Kind.FALLBACK:
        return Outcome.FAR
    if sum(each.literal for each in candidates) > 1:
        return Outcome.TWINS
    if best.confidence < least:
        return Outcome.BELOW if own is None else Outcome.OWN
    return Outcome.NEAR


def _with_written(knowledge: Knowledge, text: str, best: Candidate | None) -> tuple[Change, ...]:
    """The changes, synonyms with the word that the best variant has."""
    changes = list_changes(knowledge.matcher, text)
    if best is None:
        return changes
    written = fold(best.variant)
    meant = {first: word for word, first in knowledge.matcher.reader.synonyms.replaced(written)}
    return tuple(
        replace(change, after=meant.get(change.after, change.after))
        if change.kind is ChangeKind.SYNONYM and change.after not in written
        else change
        for change in changes
        # the same word on both sides bridges nothing
        if change.kind is not ChangeKind.SYNONYM or change.before not in written
    )


def _recognised(
    changes: tuple[Change, ...], candidates: tuple[Explanation, ...]
) -> frozenset[str]:
    """Words that are nowhere in the knowledge and were understood nevertheless."""
    sounds = candidates[0].sounds if candidates else ()
    return frozenset(change.before for change in (*changes, *sounds))


def _unknown_words(
    knowledge: Knowledge, ranking: Ranking, recognised: frozenset[str]
) -> tuple[str, ...]:
    """Words of the message of which no piece is known, by sight."""
    found = unknown_words(knowledge.matcher, ranking.message.folded)
    return tuple(word for word in found if word not in recognised)[:_MOST_WORDS]
