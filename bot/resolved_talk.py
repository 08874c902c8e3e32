"""The talk after a handling: a score, a comment, thanks, or another matter."""

from dataclasses import replace

from bot.bubbles import Action
from bot.clock import HOUR_MS
from bot.conversation import Conversation, Customer, Stage, State
from bot.rows import find_conversation, find_open, save
from bot.speaking import Scene, close, speak
from bot.store import Tx
from bot.survey import LOW_SCORE, Asked, SurveyWord, parse_score, read_word
from bot.survey_rows import find_survey, record_comment, record_score
from bot.turns import Mind, Said, plain
from bot.wording import has_word
from faq.calibration import LITERAL
from faq.decision import Kind
from faq.parting import asks


def is_new_matter(word: SurveyWord, text: str, mind: Mind) -> bool:
    """Whether a message in a resolved conversation begins another one."""
    if word.kind is Asked.COMMENT:
        words = (*mind.settings.complaint_words, *mind.settings.human_words)
        if has_word(text, words, mind.settings.neutral_words):
            return True
        decision = mind.decide(text, ())
        if decision.kind is not Kind.ANSWER:
            return False
        # a comment that is word for word a question of ours is a question, and so is a clear one
        literal = decision.candidates[0].confidence >= LITERAL
        return literal or (decision.clear and asks(text))
    return word.kind is Asked.NEW


def tapped_score(tx: Tx, customer: Customer, choice: str, *, now: int) -> Conversation | None:
    """The conversation that a tapped score is about, however late the tap comes."""
    word = parse_score(choice)
    if word is None:
        return None
    conversation = find_conversation(tx, word.conversation_id)
    if conversation is None or conversation.customer_id != customer.id:
        return None
    if conversation.state in (State.RESOLVED, State.CLOSED):
        return conversation
    return None


def resolved_turn(tx: Tx, scene: Scene, said: Said) -> None:
    """Take the answer to the survey and say thanks."""
    conversation, mind = scene.conversation, scene.mind
    word = read_word(conversation.talk, said.text, said.choice, said.content)
    if word.conversation_id not in (0, conversation.id):
        speak(tx, scene, (plain(mind.say("survey_over")),))
    elif word.kind is Asked.SCORE:
        _scored(tx, scene, word.round or conversation.round, word.score)
    elif word.kind is Asked.COMMENT:
        record_comment(tx, conversation.id, conversation.round, word.comment)
        _end(tx, scene)
    elif word.kind is Asked.SKIP:
        _end(tx, scene)
    elif word.kind is Asked.THANKS:
        speak(tx, scene, (plain(mind.say("thanks")),))


def _scored(tx: Tx, scene: Scene, round_: int, score: int) -> None:
    conversation, mind = scene.conversation, scene.mind
    survey = find_survey(tx, conversation.id, round_)
    now_open = find_open(tx, scene.customer.id)
    if now_open and now_open.state is State.ASSIGNED:
        # an old survey, tapped while a person talks about something else: noted in silence
        open_for = scene.context.settings.survey_hours * HOUR_MS
        record_score(tx, conversation.id, round_, score, open_ms=open_for, now=scene.now)
        return
    open_ms = scene.context.settings.survey_hours * HOUR_MS
    if not survey or not record_score(
        tx, conversation.id, round_, score, open_ms=open_ms, now=scene.now
    ):
        speak(tx, scene, (plain(mind.say("survey_over")),))
        return
    if conversation.state is State.CLOSED or round_ != conversation.round:
        speak(tx, scene, (plain(mind.say("survey_thanks")),))
        return
    key = "comment_ask_low" if score <= LOW_SCORE else "comment_ask"
    skip = Action(label=mind.say("skip"), code="skip")
    talk = replace(conversation.talk, stage=Stage.COMMENT, offered=(skip,))
    speak(tx, scene, (plain(mind.say(key), quick=(skip,)),))
    save(tx, conversation.id, now=scene.now, talk=talk.to_json())


def _end(tx: Tx, scene: Scene) -> None:
    """The survey is done: thank and close."""
    if scene.conversation.state is State.RESOLVED:
        talk = replace(scene.conversation.talk, stage=Stage.IDLE, offered=())
        save(tx, scene.conversation.id, now=scene.now, talk=talk.to_json())
        speak(tx, scene, (plain(scene.mind.say("survey_thanks")),))
        close(tx, scene.conversation.id, how="survey", now=scene.now)
