"""Rows of surveys: counted and listed by what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store import Row, Tx, get

#: A score from here on is good, up to there bad.
GOOD_SCORE = 4
LOW_SCORE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyWanted:
    """Which surveys count; None: all of them."""

    from_at: int | None = None
    #: up to and without
    until_at: int | None = None
    channel: str | None = None
    #: bot or agent
    handled_by: str | None = None
    agent_id: int | None = None
    entry_id: str | None = None
    #: only scores up to this one
    score_up_to: int | None = None
    only_answered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How a number of handlings went."""

    #: surveys that could reach the customer
    asked: int
    answered: int
    #: how many gave 1, 2, 3, 4, 5
    scores: tuple[int, int, int, int, int]
    undeliverable: int

    @property
    def response_rate(self) -> float | None:
        """Share of the reachable who answered; None when nobody was asked."""
        return self.answered / self.asked if self.asked else None

    @property
    def satisfaction(self) -> float | None:
        """Share of 4 and 5 among the scores; None without a score."""
        return sum(self.scores[GOOD_SCORE - 1 :]) / self.answered if self.answered else None

    @property
    def mean(self) -> float | None:
        """Mean score; None without a score."""
        if not self.answered:
            return None
        return sum(score * n for score, n in enumerate(self.scores, 1)) / self.answered


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRow:
    """One survey with the conversation it is about."""

    id: int
    conversation_id: int
    reference: str
    channel: str
    handled_by: str
    agent_name: str | None
    entry_id: str | None
    #: asked, answered, lapsed, undeliverable
    state: str
    score: int | None
    comment: str | None
    asked_at: int
    answered_at: int | None
    #: still on the supervisors' list
    review: bool


_TALLY = """COALESCE(SUM(CASE WHEN v.state <> 'undeliverable' THEN 1 ELSE 0 END), 0) AS asked,
    COALESCE(SUM(CASE WHEN v.state = 'undeliverable' THEN 1 ELSE 0 END), 0) AS undeliverable,
    COALESCE(SUM(CASE WHEN v.score = 1 THEN 1 ELSE 0 END), 0) AS s1,
    COALESCE(SUM(CASE WHEN v.score = 2 THEN 1 ELSE 0 END), 0) AS s2,
    COALESCE(SUM(CASE WHEN v.score = 3 THEN 1 ELSE 0 END), 0) AS s3,
    COALESCE(SUM(CASE WHEN v.score = 4 THEN 1 ELSE 0 END), 0) AS s4,
    COALESCE(SUM(CASE WHEN v.score = 5 THEN 1 ELSE 0 END), 0) AS s5"""


def _conditions(wanted: SurveyWanted) -> tuple[str, dict[str, Any]]:
    """The WHERE of what is asked for; values travel as parameters."""
    asked: tuple[tuple[str, str, Any], ...] = (
        ("v.asked_at >= :from_at", "from_at", wanted.from_at),
        ("v.asked_at < :until_at", "until_at", wanted.until_at),
        ("v.channel = :channel", "channel", wanted.channel),
        ("v.handled_by = :handled_by", "handled_by", wanted.handled_by),
        ("v.agent_id = :agent_id", "agent_id", wanted.agent_id),
        ("v.entry_id = :entry_id", "entry_id", wanted.entry_id),
        ("v.score <= :score_up_to", "score_up_to", wanted.score_up_to),
    )
    used = [(part, name, value) for part, name, value in asked if value is not None]
    parts = [part for part, _, _ in used] + (
        ["v.state = 'answered'"] if wanted.only_answered else []
    )
    return " AND ".join(parts) or "1 = 1", {name: value for _, name, value in used}


def _tally(row: Row) -> Tally:
    scores = (row["s1"], row["s2"], row["s3"], row["s4"], row["s5"])
    return Tally(
        asked=row["asked"],
        answered=sum(scores),
        scores=scores,
        undeliverable=row["undeliverable"],
    )


def count(tx: Tx, wanted: SurveyWanted) -> Tally:
    """All of them together."""
    where, values = _conditions(wanted)
    return _tally(get(tx, f"SELECT {_TALLY} FROM survey v WHERE {where}", **values))


def count_by(tx: Tx, wanted: SurveyWanted, group: str) -> Mapping[str, Tally]:
    """Apart by handled_by, channel, entry or agent's name, the most asked first."""
    columns = {
        "handled_by": "v.handled_by",
        "channel": "v.channel",
        "entry": "v.entry_id",
        "agent": "a.name",
    }
    where, values = _conditions(wanted)
    column = columns[group]
    rows = tx.all(
        f"SELECT {column} AS of_what, {_TALLY} FROM survey v LEFT JOIN agent a"
        f" ON a.id = v.agent_id WHERE {where} AND {column} IS NOT NULL"
        f" GROUP BY {column} ORDER BY asked DESC, {column}",
        **values,
    )
    return {row["of_what"]: _tally(row) for row in rows}


def list_rows(
    tx: Tx, wanted: SurveyWanted, *, page: int = 0, page_size: int = 100
) -> list[SurveyRow]:
    """The surveys behind the numbers, the newest first."""
    where, values = _conditions(wanted)
    rows = tx.all(
        f"""SELECT v.id, v.conversation_id, c.reference, v.channel, v.handled_by,
            a.name AS agent_name, v.entry_id, v.state, v.score, v.comment, v.asked_at,
            v.answered_at, c.review
        FROM survey v JOIN conversation c ON c.id = v.conversation_id
            LEFT JOIN agent a ON a.id = v.agent_id
        WHERE {where} ORDER BY v.asked_at DESC, v.id DESC LIMIT :limit OFFSET :offset""",
        limit=page_size,
        offset=max(0, page) * page_size,
        **values,
    )
    return [SurveyRow(**{**dict(row), "review": bool(row["review"])}) for row in rows]


def list_for_review(tx: Tx) -> list[SurveyRow]:
    """Low scores that no supervisor has looked at yet, the lowest first."""
    rows = tx.all(
        """SELECT v.id, v.conversation_id, c.reference, v.channel, v.handled_by,
            a.name AS agent_name, v.entry_id, v.state, v.score, v.comment, v.asked_at,
            v.answered_at, c.review
        FROM survey v JOIN conversation c ON c.id = v.conversation_id
            LEFT JOIN agent a ON a.id = v.agent_id
        WHERE c.review = 1 AND v.score <= :low ORDER BY v.score, v.answered_at DESC, v.id DESC
        LIMIT 500""",
        low=LOW_SCORE,
    )
    return [SurveyRow(**{**dict(row), "review": bool(row["review"])}) for row in rows]
