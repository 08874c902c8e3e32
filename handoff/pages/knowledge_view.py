"""Checks, replays, merges and previews as the knowledge page's scripts read them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.bubbles import Action, Bubble
from bot.channels.line.rendering import render_messages
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.lint_report import Placed
from faq.merging import Merge
from faq.replay import Outcome, Replay, Replayed
from faq.told import Told
from faq.yamltree import Node
from handoff.keeping_values import OWN_TEXT, CheckReport
from handoff.pages.knowledge_trial import field_at, parse_text

#: So many questions of each sort are listed; the rest is counted.
_LISTED: Final = 100
_CANDIDATES: Final = 5
#: Findings and diff lines beyond are noise.
_FINDINGS: Final = 200


def plain(value: object) -> Any:
    """A value of an entry as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | bool | int | float) or value is None:
        return value
    return [plain(inner) for inner in value] if isinstance(value, Iterable) else str(value)


def placed_json(placed: Placed, tree: Node | None, lang: str) -> dict[str, Any]:
    """A finding, with the field it belongs to where it is about this entry."""
    told, own = placed.told(lang), placed.file == OWN_TEXT
    return {
        "field": field_at(tree, placed.line) if own else "",
        "own": own,
        "entry": placed.entry_id,
        "file": placed.file,
        "line": placed.line,
        "column": placed.column,
        "rule": placed.rule,
        "severity": placed.severity.value,
        "what": told.what,
        "how": told.how,
        "sentence": placed.sentence(lang),
    }


def findings_json(found: Sequence[Placed], text: str, lang: str) -> list[dict[str, Any]]:
    """Findings about this entry with their fields, and those about others."""
    tree = parse_text(text)
    return [placed_json(one, tree, lang) for one in found[:_FINDINGS]]


def report_json(report: CheckReport, text: str, lang: str) -> dict[str, Any]:
    """What the check says about a change."""

    def listed(found: Sequence[Placed]) -> list[dict[str, Any]]:
        return findings_json(found, text, lang)

    return {
        "errors": listed(report.errors),
        "failed": listed(report.failed_tests),
        "failing": listed(report.failing_before),
        "warnings": listed(report.warnings),
        "blocked": report.is_blocked,
        "needs_reason": report.needs_reason,
        "file": report.file,
        "line": report.line,
    }


def replay_json(replay: Replay, lang: str) -> dict[str, Any]:
    """What a change does to real questions."""
    return {
        "headline": replay.headline(lang),
        "days": replay.days,
        "tried": replay.tried,
        "left_out": replay.left_out,
        "unchanged": replay.unchanged,
        "taken_from": [
            {"id": entry_id, "question": replay.titles.get(entry_id, entry_id), "count": count}
            for entry_id, count in replay.taken_from
        ],
        "changes": [_replayed_json(one, replay) for one in replay.changes[:_LISTED]],
        "more": max(0, len(replay.changes) - _LISTED),
    }


def _replayed_json(one: Replayed, replay: Replay) -> dict[str, Any]:
    return {
        "text": one.question.text,
        "count": one.question.count,
        "channel": one.question.channel,
        "conversation_id": one.question.conversation_id,
        "shift": one.shift.value,
        "verdict": one.verdict.value,
        "before": _outcome_json(one.before, replay.titles),
        "after": _outcome_json(one.after, replay.titles),
    }


def _outcome_json(outcome: Outcome, titles: Mapping[str, str]) -> dict[str, Any]:
    ids = (outcome.entry_id,) if outcome.entry_id else outcome.offered
    return {
        "kind": outcome.kind.value,
        "confidence": round(outcome.confidence),
        "entries": [titles.get(entry_id, entry_id) for entry_id in ids],
    }


def merge_json(merge: Merge | None) -> dict[str, Any] | None:
    """Two changes together; None where one of them cannot be read."""
    if merge is None:
        return None
    return {
        "merged": plain(merge.merged),
        "theirs": list(merge.theirs_changed),
        "mine": list(merge.mine_changed),
        "conflicts": [
            {
                "key": one.key,
                "base": plain(one.base),
                "theirs": plain(one.theirs),
                "mine": plain(one.mine),
            }
            for one in merge.conflicts
        ],
    }


def told_json(told: Told, knowledge: Knowledge, lang: str) -> dict[str, Any]:
    """What the bot would do with a question, and why."""
    best = knowledge.find(told.candidates[0].entry_id) if told.candidates else None
    return {
        "kind": told.kind.value,
        "answer": preview_json(best, lang) if best and told.kind.value == "answer" else None,
        "sentences": list(told.sentences),
        "threshold": None if told.threshold is None else round(told.threshold),
        "candidates": [
            {
                "id": one.entry_id,
                "question": one.question,
                "variant": one.variant,
                "confidence": round(one.confidence),
            }
            for one in told.candidates[:_CANDIDATES]
        ],
    }


def preview_json(entry: Entry, lang: str) -> dict[str, Any]:
    """An answer as LINE's message objects, and as the chat's text with its buttons."""
    buttons = tuple(
        Action(label=one.label, url=one.url or "", tel=one.tel or "")
        for one in entry.buttons_in(lang)
    )
    bubble = Bubble(text=entry.answer_in(lang), buttons=buttons)
    return {
        "question": entry.question_in(lang),
        "lang": lang if lang in entry.languages() else entry.lang,
        "line": render_messages([bubble]),
        "text": bubble.text,
        "buttons": [button.as_json() for button in buttons],
        "channels": list(entry.channels),
    }
