"""Reads a message beside what the knowledge says of it and what was said before it."""

from dataclasses import replace

from bot.conversation import Talk
from bot.turns import Mind
from bot.wishing import beside_wish
from bot.wording import has_word
from faq.calibration import LITERAL
from faq.decision import Decision, Kind
from faq.parting import leans_back, says_nothing_alone


def is_literal(text: str, mind: Mind) -> bool:
    """Whether an entry asks this very thing."""
    decision = mind.decide(text, ())
    return decision.kind is Kind.ANSWER and decision.candidates[0].confidence >= LITERAL


def refuses_people(text: str, mind: Mind) -> bool:
    """「担当者は結構です」, and nothing else."""
    named = has_word(text, mind.settings.human_words, mind.settings.neutral_words)
    return named and not beside_wish(text, mind)


def with_before(talk: Talk, question: str, decision: Decision, mind: Mind) -> tuple[str, Decision]:
    """A question that says nothing alone, read with the one before it."""
    leans = leans_back(question)
    if decision.kind is Kind.ANSWER and not leans:
        return question, decision
    both = f"{talk.question}\n{question}"
    together = mind.decide(both, ())
    if together.kind is Kind.ANSWER and together.candidates[0].entry_id != talk.entry_id:
        # the question before has been answered
        return both, replace(together, also=(), unmet=(), left=0)
    if decision.kind is not Kind.ANSWER or not says_nothing_alone(question):
        return question, decision
    # 「それはいくら？」 has a clear answer alone, which is one to another question
    return both, replace(mind.decide(both, (talk.entry_id or "",)), kind=Kind.SUGGEST, also=())
