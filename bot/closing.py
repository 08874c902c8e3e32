"""What the talk does by itself or for the desk: settle, lapse, announce, ask how it went."""

from dataclasses import dataclass, replace

from bot.asking import survey_says
from bot.bubbles import Bubble, Ours
from bot.context import TalkContext
from bot.conversation import Conversation, Customer, Stage, State
from bot.dialogue import settle
from bot.erasing import erase_everywhere
from bot.hints import Hint
from bot.messages import Reply, append_ours
from bot.people import Front
from bot.rows import find_conversation, get_customer, save
from bot.speaking import MINUTE_MS, Scene, carry_out, close, resolved_columns
from bot.store import Row, Tx
from bot.survey_rows import lapse_survey
from bot.taking import hints_for
from bot.turns import Mind
from faq.knowledge import Knowledge

#: A waiting customer on the web hears the place again after this long without news.
NEWS_MS = 5 * MINUTE_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """Fills the desk's port to the talk and runs the conversations' timers."""

    context: TalkContext

    # ── what the desk needs said ────────────────────────────────────────────────────────────
    def claimed(
        self, tx: Tx, conversation: Conversation, customer: Customer, agent_name: str, now: int
    ) -> None:
        """An agent has it: tell the customer who answers; the bot's open question is void."""
        text = self._say("claimed", conversation, agent=agent_name)
        cause = f"claim:{conversation.claimed_at or now}:{conversation.agent_id}"
        self._announce(tx, conversation, customer, says=_one(text), cause=cause, now=now)
        self._hush(tx, conversation, now)

    def returned_to_queue(
        self, tx: Tx, conversation: Conversation, customer: Customer, now: int
    ) -> None:
        """It waits again: tell the customer that somebody else will answer."""
        text = self._say("returned", conversation)
        cause = f"return:{now}"
        self._announce(tx, conversation, customer, says=_one(text), cause=cause, now=now)

    def erase(self, tx: Tx, said: Row, now: int) -> None:
        """The staff erase what the customer said: no copy of the words is left in the talk."""
        erase_everywhere(tx, self.context, said, how="erased", now=now)

    def resolved(  # noqa: PLR0917 - the port's order of arguments
        self,
        tx: Tx,
        conversation: Conversation,
        customer: Customer,
        agent_id: int,
        now: int,
        ask_survey: bool,  # noqa: FBT001 - the port's order of arguments
    ) -> None:
        """It is declared solved: ask how it went, or close it."""
        mind = self._mind(conversation, now)
        if not ask_survey or not customer.reachable:
            if ask_survey:
                survey_says(tx, conversation, customer, conversation.talk, mind, agent_id)
            close(tx, conversation.id, how="resolved", now=now)
            return
        says, talk = survey_says(tx, conversation, customer, conversation.talk, mind, agent_id)
        if not says:
            close(tx, conversation.id, how="resolved", now=now)
            return
        cause = f"survey:{conversation.round}"
        self._announce(tx, conversation, customer, says=says, cause=cause, now=now)
        save(
            tx,
            conversation.id,
            now=now,
            talk=talk.to_json(),
            **resolved_columns(self.context, now),
        )

    # ── timers ──────────────────────────────────────────────────────────────────────────────
    def run_due(self, tx: Tx, conversation_id: int, *, now: int) -> tuple[Hint, ...]:
        """Do what is due for one conversation; nothing when it is not due any more."""
        conversation = find_conversation(tx, conversation_id)
        row = tx.one("SELECT due_at FROM conversation WHERE id = :id", id=conversation_id)
        if conversation is None or row is None or (row["due_at"] or now + 1) > now:
            return ()
        customer = get_customer(tx, conversation.customer_id)
        if conversation.state is State.BOT:
            if conversation.talk.pending:
                self._settle(tx, conversation, customer, now)
            else:
                self._lapse(tx, conversation, customer, now)
        elif conversation.state is State.RESOLVED:
            lapse_survey(tx, conversation.id)
            close(tx, conversation.id, how="lapsed", now=now)
        elif conversation.state is State.WAITING:
            self._still_waiting(tx, conversation, customer, now)
        return hints_for(conversation)

    def _settle(self, tx: Tx, conversation: Conversation, customer: Customer, now: int) -> None:
        """No continuation came: answer the pending line as it is."""
        talk = conversation.talk
        scene = Scene(
            context=self.context,
            conversation=conversation,
            customer=customer,
            mind=self._mind(conversation, now),
            now=now,
            reply=Reply(
                cause_key=f"m:{talk.pending_id}",
                cause_id=talk.pending_id,
                token=talk.pending_token,
                token_at=talk.pending_token_at,
            ),
        )
        carry_out(tx, scene, settle(talk, scene.mind))

    def _lapse(self, tx: Tx, conversation: Conversation, customer: Customer, now: int) -> None:
        """Quiet for long: end kindly. On LINE silently, because a push would cost and disturb."""
        if conversation.channel == "web" and conversation.customer_seq:
            text = self._say("lapse", conversation)
            self._announce(
                tx, conversation, customer, says=_one(text), cause=f"lapse:{now}", now=now
            )
        close(tx, conversation.id, how="lapsed", now=now)

    def _still_waiting(
        self, tx: Tx, conversation: Conversation, customer: Customer, now: int
    ) -> None:
        """Nobody has come yet: say the place again where it costs nothing, and look again."""
        standing = self.context.people.standing(tx, conversation, now=now)
        in_line = standing.front is Front.OPEN and standing.position > 0
        if conversation.channel == "web" and in_line:
            text = self._say("position", conversation, position=standing.position)
            cause = f"wait:{now}"
            self._announce(tx, conversation, customer, says=_one(text), cause=cause, now=now)
        save(tx, conversation.id, now=now, due_at=now + NEWS_MS)

    # ── shared ──────────────────────────────────────────────────────────────────────────────
    def _announce(
        self,
        tx: Tx,
        conversation: Conversation,
        customer: Customer,
        *,
        says: tuple[Ours, ...],
        cause: str,
        now: int,
    ) -> None:
        append_ours(
            tx,
            conversation,
            customer,
            sender="system",
            messages=says,
            reply=Reply(cause_key=cause),
            now=now,
        )

    def _hush(self, tx: Tx, conversation: Conversation, now: int) -> None:
        """No question of the bot is open any more: what the customer writes is for the agent."""
        talk = replace(
            conversation.talk,
            stage=Stage.IDLE,
            pending="",
            pending_id=None,
            pending_token=None,
            offered=(),
            acked=False,
        )
        save(tx, conversation.id, now=now, talk=talk.to_json())

    def _mind(self, conversation: Conversation, now: int) -> Mind:
        knowledge: Knowledge = self.context.knowledge()
        return self.context.mind(
            channel=conversation.channel, lang=conversation.lang, now=now, knowledge=knowledge
        )

    def _say(self, key: str, conversation: Conversation, **names: object) -> str:
        return self.context.phrases.say(key, conversation.lang, **names)


def _one(text: str) -> tuple[Ours, ...]:
    return (Ours(bubble=Bubble(text=text)),)


def list_due(tx: Tx, *, now: int, limit: int = 200) -> list[int]:
    """Ids of conversations whose time has come, longest due first."""
    rows = tx.all(
        "SELECT id FROM conversation WHERE due_at <= :now AND state <> 'closed'"
        " ORDER BY due_at LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [int(row["id"]) for row in rows]


def postpone_due(tx: Tx, conversation_id: int, *, due_at: int) -> None:
    """Its timer failed: look at it again later."""
    tx.run(
        "UPDATE conversation SET due_at = :due WHERE id = :id AND due_at < :due",
        id=conversation_id,
        due=due_at,
    )
