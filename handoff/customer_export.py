"""What we hold about a person, as JSON for programs and as plain text for the person."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from bot.clock import from_ms
from handoff.customer_rows import Holdings

_Row = Mapping[str, Any]
#: Columns that hold JSON, and those that are no word about the person.
_NESTED: Final = ("body", "decision", "talk", "form", "known", "considered", "content")
_LEFT_OUT: Final = frozenset(
    {"external_hash", "reply_token", "read_token", "token_at", "agent_id", "client_id", "key"}
)
_TIMES: Final = "_at"
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("保有しているお客様の情報", "What we hold about you"),
    "made": ("作成日時", "Made at"),
    "profile": ("お客様について", "About you"),
    "name": ("お名前", "Name"),
    "channel": ("窓口", "Channel"),
    "account": ("窓口での識別子", "Id on that channel"),
    "known": ("お伺いした内容", "What you told us"),
    "notice": ("ご案内したプライバシー通知", "Privacy notice that was shown"),
    "version": ("版", "version"),
    "none": ("なし", "none"),
    "conversation": ("お問い合わせ", "Conversation"),
    "customer": ("お客様", "You"),
    "bot": ("自動応答", "Bot"),
    "agent": ("担当者", "Agent"),
    "system": ("お知らせ", "Notice"),
    "gone": ("（消去済み）", "(erased)"),
    "file": ("ファイル", "File"),
    "survey": ("アンケート", "Survey"),
    "callback": ("折り返しのお約束", "Promised callback"),
    "note": (
        "担当者の覚え書き（お客様の発言ではありません）",
        "Remark of our staff (not your words)",
    ),
    "questions": ("回答の改善のために残した質問", "Questions kept to improve our answers"),
    "events": ("処理できずに保管している内容", "What could not be processed and is held"),
}


def render_json(held: Holdings, *, made_at: int, zone: tzinfo) -> str:
    """Everything, each conversation with what belongs to it; times with their offset."""
    tell = _Teller(zone)
    found = {
        "made_at": tell.moment(made_at),
        "customer": tell.row(held.customer),
        "notice": {
            "version": held.customer["notice_version"],
            "shown_at": tell.moment(held.customer["notice_at"]),
        },
        "conversations": [
            {
                **tell.row(one),
                "messages": [
                    {**tell.row(said), "files": tell.rows(_of(held.files, said["id"], "message"))}
                    for said in _of(held.messages, one["id"])
                ],
                "surveys": tell.rows(_of(held.surveys, one["id"])),
                "callbacks": tell.rows(_of(held.callbacks, one["id"])),
                "staff_notes": tell.rows(_of(held.notes, one["id"])),
                "handled_by": tell.rows(_of(held.assignments, one["id"])),
                "sends": tell.rows(_of(held.sends, one["id"])),
            }
            for one in held.conversations
        ],
        "files_without_message": tell.rows(_of(held.files, None, "message")),
        "questions": tell.rows(held.questions),
        "held_events": tell.rows(held.events),
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def file_name(row: _Row) -> str:
    """Name of a file within the export: ours first, so that none is overwritten or climbs out."""
    plain = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in row["name"])
    return f"{row['id']}_{plain.lstrip('.')[-80:] or 'file'}"


def _of(rows: Iterable[_Row], row_id: int | None, name: str = "conversation") -> list[_Row]:
    return [row for row in rows if row[f"{name}_id"] == row_id]


class _Teller:
    """Rows as they are handed out."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def moment(self, at: int | None) -> str | None:
        return None if at is None else from_ms(at, self._zone).isoformat(timespec="seconds")

    def rows(self, rows: Sequence[_Row]) -> list[dict[str, Any]]:
        return [self.row(row) for row in rows]

    def row(self, row: _Row) -> dict[str, Any]:
        """A row without what is empty, and without keys that only open doors."""
        found: dict[str, Any] = {}
        for name, value in row.items():
            if value is None or value in ("", "{}", "[]") or name in _LEFT_OUT:
                continue
            if name in _NESTED:
                found[name] = json.loads(value)
            elif name.endswith(_TIMES) or name == "at":
                found[name] = self.moment(value)
            else:
                found[name] = value
        if "content_type" in row:
            found["file"] = f"files/{file_name(row)}" if row["state"] == "kept" else None
        return found


def render_text(held: Holdings, *, made_at: int, zone: tzinfo) -> str:
    """The same for reading, in the person's language."""
    lang = 1 if held.person.lang == "en" else 0
    words = {name: pair[lang] for name, pair in _WORDS.items()}
    tell = _Teller(zone)
    customer = held.customer
    notice = (
        f"{words['version']} {customer['notice_version']}, {tell.moment(customer['notice_at'])}"
    )
    lines = [
        words["title"],
        f"{words['made']}: {tell.moment(made_at)}",
        "",
        f"== {words['profile']}",
        f"{words['name']}: {customer['name'] or words['none']}",
        f"{words['channel']}: {customer['channel']}",
        f"{words['account']}: {customer['external_id'] or words['none']}",
        f"{words['notice']}: {notice if customer['notice_at'] else words['none']}",
    ]
    for key, value in json.loads(customer["known"]).items():
        lines.append(f"{words['known']} ({key}): {value}")
    for one in held.conversations:
        lines += [
            "",
            f"== {words['conversation']} {one['reference']}",
            *_talk(held, one, words, tell),
        ]
    if held.questions:
        lines += ["", f"== {words['questions']}"]
        lines += [f"{tell.moment(row['asked_at'])} {_flat(row['text'])}" for row in held.questions]
    if held.events:
        lines += ["", f"== {words['events']}"]
        for row in held.events:
            said = json.loads(row["content"]).get("text", "")
            lines.append(f"{tell.moment(row['received_at'])} {row['kind']} {_flat(said)}")
    return "\n".join(lines) + "\n"


def _talk(held: Holdings, one: _Row, words: Mapping[str, str], tell: _Teller) -> list[str]:
    lines = [f"{key}: {value}" for key, value in json.loads(one["form"]).items()]
    for said in _of(held.messages, one["id"]):
        who = words[said["sender"]]
        if said["agent_name"]:
            who = f"{who} {said['agent_name']}"
        text = words["gone"] if said["erased_at"] else _flat(said["text"] or said["kind"])
        lines.append(f"{tell.moment(said['sent_at'])} {who}: {text}")
        lines += [
            f"    {words['file']}: files/{file_name(row)}"
            for row in _of(held.files, said["id"], "message")
            if row["state"] == "kept"
        ]
    for row in _of(held.surveys, one["id"]):
        lines.append(f"{words['survey']}: {row['score'] or '-'} {_flat(row['comment'] or '')}")
    for row in _of(held.callbacks, one["id"]):
        slot = f"{tell.moment(row['from_at'])} - {tell.moment(row['until_at'])}"
        lines.append(f"{words['callback']}: {row['phone']} {slot}")
    for row in _of(held.notes, one["id"]):
        lines.append(f"{words['note']}: {tell.moment(row['at'])} {_flat(row['text'])}")
    return lines


def _flat(text: str) -> str:
    """Further lines stand indented, so that nobody's text looks like a line of ours."""
    return "\n    ".join(text.splitlines())
