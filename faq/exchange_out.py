"""The knowledge as a table for spreadsheets and as a list for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from faq.csvcell import csv_text
from faq.entry import Button, Entry

#: Column → its heading in Japanese; in English the column's own name.
_HEADINGS: Mapping[str, str] = {
    "id": "項目ID",
    "category": "カテゴリ",
    "question": "質問",
    "variants": "言い換え",
    "answer": "回答",
    "lang": "言語",
    "next": "次の項目",
    "escalate": "引き継ぎ",
    "priority": "優先度",
    "threshold": "しきい値",
    "channels": "窓口",
    "valid from": "公開日",
    "valid until": "終了日",
    "expect": "確認文",
    "reject": "除外文",
    "owner": "担当",
    "reviewed": "確認日",
}
_TRANSLATED = ("question", "variants", "answer", "category")


def to_json(entries: Iterable[Entry]) -> str:
    """Everything, as a list in the knowledge format's keys."""
    values = [dict(to_values(entry)) for entry in entries]
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def to_csv(entries: Sequence[Entry], *, lang: str = "ja") -> str:
    """One row an entry; lists with a line for each item. Buttons and silenced rules do not fit."""
    langs = sorted({other for entry in entries for other in entry.translations})
    header = [_HEADINGS[name] if lang == "ja" else name for name in _HEADINGS]
    for other in langs:
        header += [f"{_HEADINGS[key] if lang == 'ja' else key}({other})" for key in _TRANSLATED]
    return csv_text(header, (_row(entry, langs) for entry in entries))


def _row(entry: Entry, langs: Iterable[str]) -> list[str]:
    values = to_values(entry)
    valid = values.get("valid", {})
    flat = {**values, "valid from": valid.get("from"), "valid until": valid.get("until")}
    cells = [_cell(flat.get(name)) for name in _HEADINGS]
    for other in langs:
        texts = values.get("translations", {}).get(other, {})
        cells += [_cell(texts.get(key)) for key in _TRANSLATED]
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def to_values(entry: Entry) -> Mapping[str, Any]:
    """An entry in the knowledge format's keys, without what is empty."""
    values: dict[str, Any] = {
        "id": entry.id,
        "lang": entry.lang,
        "category": entry.category,
        "question": entry.question,
        "variants": list(entry.variants),
        "answer": entry.answer,
        "buttons": _buttons(entry.buttons),
        "next": list(entry.next_ids),
        "escalate": entry.escalate,
        "priority": entry.priority,
        "threshold": entry.threshold,
        "channels": list(entry.channels),
        "valid": _without_none(
            {
                "from": entry.valid_from and entry.valid_from.isoformat(),
                "until": entry.valid_until and entry.valid_until.isoformat(),
            }
        ),
        "translations": {
            lang: _without_none(
                {
                    "question": each.question,
                    "variants": list(each.variants),
                    "answer": each.answer,
                    "category": each.category,
                    "buttons": _buttons(each.buttons),
                }
            )
            for lang, each in entry.translations.items()
        },
        "expect": list(entry.expect),
        "reject": list(entry.reject),
        "owner": entry.owner,
        "reviewed": entry.reviewed and entry.reviewed.isoformat(),
        "silence": [{"rule": each.rule, "reason": each.reason} for each in entry.silence],
    }
    return _without_none(values)


def _buttons(buttons: Iterable[Button]) -> list[dict[str, Any]]:
    return [
        _without_none({"label": each.label, "url": each.url, "tel": each.tel}) for each in buttons
    ]


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in values.items()
        if value is not None and value not in ([], {}, "") and (key, value) != ("priority", 0)
    }
