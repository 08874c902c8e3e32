"""The bot's next turn while it has the conversation: a pure function of talk and utterance."""

from dataclasses import replace

from bot.announcing import announced
from bot.answers import answer, greet, human, list_category, miss, offer_human, suggest
from bot.assent import is_bare_no, is_fine, is_yes
from bot.bubbles import Bubble, Ours
from bot.conversation import Cause, Stage, Talk
from bot.events import ContentKind
from bot.meaning import meant_choice, still_open
from bot.picking import find_choice, find_named, is_none_of_these
from bot.reading import is_literal, refuses_people, with_before
from bot.smalltalk import (
    is_asking_who,
    is_declining,
    is_disappointed,
    is_farewell,
    is_laughing,
    wants_again,
    wished_language,
)
from bot.turns import Escalation, Mind, Said, Turn, idle, offering, plain
from bot.waiting_words import asks_call
from bot.wishing import beside_wish, wish_turn
from bot.wording import has_word, is_emoji, is_hello, is_thanks, wishes
from faq.decision import Decision, Kind
from faq.normalize import fold, strip_padding

#: Further questions of one message that are offered beside its answer.
OTHERS = 6
#: An unclear line this short may be the beginning of a longer question (characters).
SHORT_LINE = 40
#: Lines merged into one question at most; whoever goes on typing is asked back.
MERGED_LINES = 6


def next_turn(talk: Talk, said: Said, mind: Mind) -> Turn:
    """What the bot does about what the customer just said."""
    return announced(talk, _own_turn(talk, said, mind), mind)


def _own_turn(talk: Talk, said: Said, mind: Mind) -> Turn:
    if said.choice:
        return choice_turn(talk, said.choice, mind)
    if not said.text.strip() or is_emoji(said.text) or is_laughing(said.text):
        return _wordless_turn(talk, said, mind)
    if has_word(said.text, mind.settings.complaint_words, mind.settings.neutral_words):
        return Turn(
            talk=replace(idle(talk), question=said.text),
            escalate=Escalation(cause=Cause.COMPLAINT, urgent=True),
        )
    chosen = find_choice(said.text, talk.offered)
    if chosen:
        return choice_turn(talk, chosen.code, mind)
    everyday = _everyday_turn(talk, said, mind)
    if everyday:
        return everyday
    if has_word(said.text, mind.settings.human_words, mind.settings.neutral_words):
        # 「担当者はいいので、送料は？」: nobody is wished for, and the rest is the question
        said = replace(said, text=beside_wish(said.text, mind) or said.text)
    return _question_turn(talk, said, mind)


def settle(talk: Talk, mind: Mind) -> Turn:
    """The continuation did not come: answer the pending line as it is."""
    question = talk.pending
    turn = _decided_turn(talk, question, mind.decide(question, ()), mind)
    return announced(talk, turn, mind)


def _wordless_turn(talk: Talk, said: Said, mind: Mind) -> Turn:
    wordy = said.content in (ContentKind.STICKER, ContentKind.TEXT)
    return _polite_turn(talk, "sticker" if wordy else "picture", mind)


def before(said: Ours, turn: Turn) -> Turn:
    """The same turn with something said before it."""
    return replace(turn, says=(replace(said, bubble=Bubble(text=said.bubble.text)), *turn.says))


def _everyday_turn(talk: Talk, said: Said, mind: Mind) -> Turn | None:
    """Wishes for a person, thanks, greetings, yes and no; None for a question."""
    text = said.text
    if is_asking_who(text):
        return None if is_literal(text, mind) else _polite_turn(talk, "robot", mind)
    wished = wishes(text, mind.settings.human_words, mind.settings.neutral_words)
    if wished or asks_call(text):
        # 「担当者の名前を教えてください」 may be an entry
        return None if is_literal(text, mind) else wish_turn(talk, text, mind)
    code = "" if talk.pending else meant_choice(talk, text)
    if code:
        return choice_turn(talk, code, mind)
    if is_thanks(text) or is_fine(text):
        return _polite_turn(talk, "thanks", mind)
    if is_hello(text):
        return _polite_turn(talk, "hello", mind)
    if is_yes(text):
        # yes to nothing that was asked: a search for 「はい」 finds anything
        return _polite_turn(talk, "sticker", mind)
    small = _small_turn(talk, text, mind)
    return None if small and is_literal(text, mind) else small


def _small_turn(talk: Talk, text: str, mind: Mind) -> Turn | None:
    """What is said beside any matter; a search for it would find anything."""
    if talk.entry_id and wants_again(text):
        return choice_turn(talk, f"entry:{talk.entry_id}", mind)
    if wished_language(text):
        return _polite_turn(talk, "language", mind)
    if is_farewell(text):
        return _polite_turn(talk, "declined", mind)
    if is_declining(text) or refuses_people(text, mind):
        return _polite_turn(idle(talk, misses=0), "declined", mind)
    if is_bare_no(text) or is_none_of_these(text):
        return _polite_turn(talk, "other_ask", mind)
    if is_disappointed(text):
        if talk.stage is Stage.SOLVED:
            return _unsolved(talk, mind)
        return _none_of_these(talk, mind) if talk.offered else offer_human(talk, text, mind)
    return None


def _polite_turn(talk: Talk, key: str, mind: Mind) -> Turn:
    """A sentence that settles nothing; a line that waited for its rest is answered with it."""
    said = plain(mind.say(key), quick=(human(mind),))
    if talk.pending:
        settled = settle(talk, mind)
        return before(said, settled) if key == "picture" else settled
    return Turn(talk=offering(talk, (said,)), says=(said,))


def _question_turn(talk: Talk, said: Said, mind: Mind) -> Turn:
    """Match; a clear line is answered at once, an unclear short one waits for its rest."""
    question = _merge(talk, said)
    decision = mind.decide(question, ())
    if talk.pending and decision.kind is not Kind.ANSWER:
        # the newest line may stand for itself: 「すみません」「返品したい」「返品期限は？」
        alone = mind.decide(said.text, ())
        if alone.kind is Kind.ANSWER:
            question, decision = said.text, alone
    if decision.kind is Kind.ANSWER and decision.clear:
        return _decided_turn(talk, question, decision, mind)
    if _may_continue(talk, said, mind):
        return Turn(
            talk=replace(
                talk,
                pending=question,
                pending_id=said.message_id,
                pending_at=min(talk.pending_at or said.occurred_at, said.occurred_at),
            ),
            wait_until=mind.now + mind.settings.merge_ms,
        )
    return _decided_turn(talk, question, decision, mind)


def _may_continue(talk: Talk, said: Said, mind: Mind) -> bool:
    return (
        mind.settings.merge_ms > 0
        # the notice about masked digits is said now, so the turn is too
        and not said.masked
        and len(said.text) <= SHORT_LINE
        and talk.pending.count("\n") + 1 < MERGED_LINES
        and not said.text.rstrip().endswith(("？", "?", "。"))
    )


def _merge(talk: Talk, said: Said) -> str:
    """The pending line and this one, in the order in which they were written."""
    if not talk.pending:
        return said.text
    if said.occurred_at < talk.pending_at:
        return f"{said.text}\n{talk.pending}"
    return f"{talk.pending}\n{said.text}"


def _decided_turn(talk: Talk, question: str, decision: Decision, mind: Mind) -> Turn:
    if talk.question and talk.stage is Stage.SOLVED:
        question, decision = with_before(talk, question, decision, mind)
    named = find_named(question, talk.offered) if talk.stage is Stage.SUGGESTED else None
    if named and not _offers(talk, decision):
        # 「使い方」 below a list that has one is that one, whatever it means alone
        return choice_turn(talk, named.code, mind)
    if decision.kind is not Kind.ANSWER and not strip_padding(fold(question)):
        # 「すみません」, and nothing came of it
        return _polite_turn(idle(talk), "hello", mind)
    if decision.kind is Kind.ANSWER:
        entry = mind.find_entry(decision.candidates[0].entry_id)
        answered = entry is not None and entry.id == talk.entry_id
        if entry and entry.id in talk.rejected and (answered or not decision.clear):
            # it was turned down a moment ago: saying it again helps nobody
            return _unsolved(replace(talk, question=question), mind)
        if entry:
            return _escalated(
                answer(talk, entry, decision, question, mind, others=_others(decision, talk)),
                entry.escalate,
            )
    if decision.kind is Kind.SUGGEST:
        suggested = suggest(talk, decision, question, mind)
        if suggested:
            return suggested
    return miss(talk, decision, question, mind)


def _offers(talk: Talk, decision: Decision) -> bool:
    """Whether what would be answered was offered just now."""
    sure = decision.candidates[:1] if decision.kind is Kind.ANSWER else ()
    return any(one.code == f"entry:{best.entry_id}" for best in sure for one in talk.offered)


def _others(decision: Decision, talk: Talk) -> tuple[str, ...]:
    """Entries for the message's further questions, without those turned down a moment ago."""
    found = (candidate.entry_id for candidate in decision.also)
    return tuple(one for one in found if one not in talk.rejected)[:OTHERS]


def _escalated(turn: Turn, escalate: str | bool | None) -> Turn:  # noqa: FBT001 - the format's own type
    """An entry may hand over after answering; then nobody is asked whether it solved it."""
    if not escalate:
        return turn
    team = escalate if isinstance(escalate, str) else None
    return replace(
        turn,
        says=turn.says[:1],
        talk=replace(turn.talk, stage=Stage.IDLE, offered=()),
        escalate=Escalation(cause=Cause.ENTRY, team=team),
    )


def choice_turn(talk: Talk, code: str, mind: Mind) -> Turn:
    """A tapped or typed choice; one that no longer means anything gets a kind answer."""
    name, _, value = code.partition(":")
    if name == "entry":
        return _chosen_entry(talk, value, mind)
    if name == "cat":
        return list_category(talk, value, mind)
    simple = {
        "human": lambda: Turn(talk=idle(talk), escalate=Escalation(cause=_human_cause(talk))),
        "solved": lambda: Turn(
            talk=idle(talk, misses=0),
            says=(plain(mind.say("solved_thanks")),),
            solved=True,
        ),
        "unsolved": lambda: _unsolved(talk, mind),
        "none": lambda: _none_of_these(talk, mind),
        "all": lambda: _all_of_them(talk, mind),
        "again": lambda: _polite_turn(idle(talk, misses=0), "again_ask", mind),
        "other": lambda: _polite_turn(idle(talk, misses=0), "other_ask", mind),
        "greet": lambda: greet(talk, mind),
    }
    if name == "solved" and not talk.entry_id:
        return _polite_turn(idle(talk), "stale", mind)
    if name in simple:
        return simple[name]()
    return _polite_turn(idle(talk), "stale", mind)


def _human_cause(talk: Talk) -> Cause:
    """People came in because the bot failed, or because the customer wished so."""
    if talk.stage is not Stage.ESCALATE:
        return Cause.ASKED
    if talk.unsolved:
        return Cause.UNSOLVED
    # an announcement instead of an answer offers people, too: then nothing was missed
    return Cause.MISSES if talk.misses else Cause.ASKED


def _all_of_them(talk: Talk, mind: Mind) -> Turn:
    """The first of the suggestions, with the others offered below it."""
    codes = [one.code for one in talk.offered if one.code.startswith("entry:")]
    if not codes:
        return _polite_turn(idle(talk), "stale", mind)
    first, *others = [code.removeprefix("entry:") for code in codes]
    return _chosen_entry(talk, first, mind, others=tuple(others))


def _chosen_entry(talk: Talk, entry_id: str, mind: Mind, *, others: tuple[str, ...] = ()) -> Turn:
    entry = mind.find_entry(entry_id)
    if entry is None:
        return _polite_turn(idle(talk), "entry_gone", mind)
    others = tuple(one for one in (*still_open(talk), *others) if one != entry_id)
    turn = answer(talk, entry, None, talk.question, mind, others=others)
    return _escalated(turn, entry.escalate)


def _unsolved(talk: Talk, mind: Mind) -> Turn:
    """Not solved: the next best entries once, a person the second time."""
    rejected = talk.rejected
    if talk.entry_id and talk.entry_id not in rejected:
        rejected = (*rejected, talk.entry_id)[-20:]
    unsolved = replace(talk, rejected=rejected, unsolved=talk.unsolved + 1)
    if unsolved.unsolved == 1 and talk.question:
        decision = mind.decide(talk.question, rejected)
        if decision.kind is not Kind.FALLBACK:
            closer = suggest(unsolved, decision, talk.question, mind, key="unsolved")
            if closer:
                return closer
    return offer_human(unsolved, talk.question, mind)


def _none_of_these(talk: Talk, mind: Mind) -> Turn:
    """None of the suggestions: they are not offered again for this question."""
    turned_down = tuple(
        action.code.removeprefix("entry:")
        for action in talk.offered
        if action.code.startswith("entry:") and action.code[6:] not in talk.rejected
    )
    rejected = replace(talk, rejected=(*talk.rejected, *turned_down)[-20:])
    if talk.unsolved:
        return offer_human(rejected, talk.question, mind)
    return miss(rejected, None, talk.question, mind)
