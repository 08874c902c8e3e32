"""The sentences that explain a decision, in Japanese and English."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from faq.changes import ChangeKind
from faq.decision import Kind
from faq.told import Explanation, Outcome, Told

_TABLE: dict[str, tuple[str, str]] = {
    # ── what was done, and why ──────────────────────────────────────────────────────────────
    Outcome.LITERAL: (
        "「{variant}」という言い方がそのまま登録されているため、回答しました。",
        "Answered: “{variant}” is listed in these very words.",
    ),
    Outcome.NEARLY: (
        "登録されている「{variant}」とほぼ同じ文のため、回答しました。",
        "Answered: it is almost the listed wording “{variant}”.",
    ),
    Outcome.SURE: (
        (
            "「{variant}」に最も近く、確信度{confidence}がしきい値{threshold}以上のため、"
            "回答しました。"
        ),
        (
            "Answered: closest to “{variant}”, and the confidence of {confidence} reaches "
            "the threshold of {threshold}."
        ),
    ),
    Outcome.TWINS: (
        "同じ言い方「{variant}」が複数の項目に登録されているため、候補として示しました。",
        "Offered as a choice: several entries list the same wording “{variant}”.",
    ),
    Outcome.BELOW: (
        (
            "「{variant}」に最も近いものの、確信度{confidence}がしきい値{threshold}に"
            "届かないため、候補として示しました。"
        ),
        (
            "Offered as a choice: closest to “{variant}”, but the confidence of {confidence} "
            "is below the threshold of {threshold}."
        ),
    ),
    Outcome.OWN: (
        (
            "「{variant}」に最も近いものの、確信度{confidence}がこの項目に決められた"
            "しきい値{threshold}に届かないため、候補として示しました。"
        ),
        (
            "Offered as a choice: closest to “{variant}”, but the confidence of {confidence} "
            "is below this entry's own threshold of {threshold}."
        ),
    ),
    Outcome.NEAR: (
        (
            "「{variant}」に最も近いものの、2位との差が{margin}点で、必要な{least}点に"
            "足りないため、候補として示しました。"
        ),
        (
            "Offered as a choice: closest to “{variant}”, but it leads the runner-up by "
            "{margin} points only; {least} are needed."
        ),
    ),
    Outcome.FAR: (
        "最も近い「{variant}」でも確信度が{confidence}しかなく、候補にも示しませんでした。",
        (
            "Not understood: even the closest, “{variant}”, has a confidence of {confidence}, "
            "too little to be offered."
        ),
    ),
    Outcome.CHOSEN: (
        "お客様が候補から選んだ項目です。照合はしていません。",
        "The customer chose this entry; nothing was compared.",
    ),
    Outcome.REFUSED: (
        "お客様が示した項目を選ばなかったため、照合せずにご案内しました。",
        "The customer turned down what was offered; nothing was compared.",
    ),
    Outcome.NOTHING: ("近い項目がありませんでした。", "Not understood: no entry comes near."),
    # ── what is known once the knowledge has changed ────────────────────────────────────────
    "changed": (
        "このあとナレッジか会話の文脈が変わったため、当時の記録だけを示します。",
        (
            "The knowledge or what was said around it has changed since, so this is only "
            "what was kept then."
        ),
    ),
    "then_answer": (
        "当時は「{variant}」に最も近いと判断し、確信度{confidence}で回答しました。",
        "Answered then: closest to “{variant}”, with a confidence of {confidence}.",
    ),
    "then_suggest": (
        "当時は「{variant}」などを候補として示しました（確信度{confidence}）。",
        "Offered then as a choice: “{variant}” and others (confidence {confidence}).",
    ),
    "then_fallback": (
        "当時は合う項目が見つかりませんでした。",
        "Then, no entry was found to fit.",
    ),
    # ── the details ─────────────────────────────────────────────────────────────────────────
    "alone": (
        "複数のご質問のうち、「{text}」を単独で照合しました。",
        "The message asks several things; “{text}” was compared alone.",
    ),
    "alone_then": (
        "複数のご質問のうち、一つを単独で照合しました。",
        "The message asked several things; one of them was compared alone.",
    ),
    "also": (
        "ほかのご質問には、次の項目を案内しました: {entries}",
        "For the other questions these entries were offered: {entries}",
    ),
    "unmet": (
        "このほかに、答えられる項目のないご質問が{count}件ありました。",
        "Questions in it that no entry answers: {count}.",
    ),
    "left": (
        "質問が多いため、{count}件は照合していません。お客様には1つずつのご送信をお願いしました。",
        (
            "Too many questions at once: {count} were not looked at; "
            "the customer was asked to send them one at a time."
        ),
    ),
    "runner": (
        "2位は「{question}」（確信度{confidence}）で、差は{margin}点です。",
        "Runner-up: “{question}” (confidence {confidence}), {margin} points behind.",
    ),
    ChangeKind.LETTERS: (
        "文字の種類や表記をそろえました: {pairs}",
        "Written alike before comparing: {pairs}",
    ),
    ChangeKind.PADDING: (
        "意味を持たない言い回しを除きました: {pairs}",
        "Left out as polite words: {pairs}",
    ),
    ChangeKind.TYPO: (
        "打ち間違いとみなして直しました: {pairs}",
        "Taken as typing errors: {pairs}",
    ),
    ChangeKind.SYNONYM: (
        "同義語として読み替えました: {pairs}",
        "Synonyms used: {pairs}",
    ),
    ChangeKind.READING: (
        "読みが同じ語とみなしました: {pairs}",
        "Found by their sound: {pairs}",
    ),
    "shared": ("共通する部分: {pieces}", "Pieces in common: {pieces}"),
    "meant": (
        "言い換えの手がかりになった部分: {pieces}",
        "Meant in other words: {pieces}",
    ),
    "unknown": (
        "ナレッジのどこにもない語: {words}（同義語か言い換えに加えると見つかりやすくなります）",
        "Words found nowhere in the knowledge: {words} (add them as synonyms or variants)",
    ),
    "coverage": (
        "お客様の文のうち、ナレッジにある語の割合は{share}%です。",
        "{share}% of what was written is known to the knowledge.",
    ),
    "score": ("近さは100点中{score}点です（{parts}）。", "Nearness: {score} of 100 ({parts})."),
    "shape": ("質問と言い換えの語 {points}", "words of its question and variants {points}"),
    "line": ("回答も含めた語 {points}", "words of all its texts {points}"),
    "sound": ("読み {points}", "sound {points}"),
    "sense": ("近い意味の言葉 {points}", "words that often stand for each other {points}"),
    "learned": ("言い換えどうしの違い {points}", "what its variants taught {points}"),
    "alike": ("文字の並び {points}", "spelling {points}"),
}
TABLE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {str(key): MappingProxyType({"ja": ja, "en": en}) for key, (ja, en) in _TABLE.items()}
)
_BETWEEN: Final = {"ja": "、", "en": ", "}


def sentences_of(told: Told, lang: str) -> tuple[str, ...]:
    """Everything told in words: the conclusion first, then what it rests on."""
    lang = lang if lang in _BETWEEN else "en"
    best = told.candidates[0] if told.candidates else None
    return (
        *_conclusion(told, best, lang),
        *_others(told, lang),
        *_reasons(told, best, lang),
    )


def _say(key: str, lang: str, **names: object) -> str:
    return TABLE[key][lang].format(**names)


def _conclusion(told: Told, best: Explanation | None, lang: str) -> Iterator[str]:
    names = {
        "variant": best.variant if best else "",
        "confidence": _figure(best.confidence if best else 0.0),
        "threshold": _figure(told.threshold or 0.0),
        "margin": _figure(told.margin),
        "least": _figure(told.least_margin),
    }
    if told.outcome is None:
        yield _say("changed", lang)
        yield _say(f"then_{told.kind if best else Kind.FALLBACK}", lang, **names)
    else:
        yield _say(told.outcome, lang, **names)
    if told.alone:
        yield _say("alone" if told.text else "alone_then", lang, text=told.text)


def _others(told: Told, lang: str) -> Iterator[str]:
    if len(told.candidates) > 1:
        second = told.candidates[1]
        yield _say(
            "runner",
            lang,
            question=second.question,
            confidence=_figure(second.confidence),
            margin=_figure(told.margin),
        )
    if told.also:
        yield _say("also", lang, entries=_BETWEEN[lang].join(told.also))
    if told.unmet:
        yield _say("unmet", lang, count=told.unmet)
    if told.left:
        yield _say("left", lang, count=told.left)


def _reasons(told: Told, best: Explanation | None, lang: str) -> Iterator[str]:
    between = _BETWEEN[lang]
    changes = (*told.changes, *(best.sounds if best else ()))
    for kind in ChangeKind:
        pairs = [
            f"{change.before} → {change.after}" if change.after else change.before
            for change in changes
            if change.kind is kind
        ]
        if pairs:
            yield _say(kind, lang, pairs=between.join(pairs))
    if best and best.shared:
        yield _say("shared", lang, pieces=between.join(best.shared))
    if best and best.meant:
        yield _say("meant", lang, pieces=between.join(best.meant))
    if told.unknown:
        yield _say("unknown", lang, words=between.join(told.unknown))
    if best and best.parts and not (best.literal or best.nearly):
        parts = [_say(part.name, lang, points=_figure(part.points)) for part in best.parts]
        yield _say("coverage", lang, share=_figure(100 * told.coverage))
        yield _say("score", lang, score=_figure(best.score), parts=between.join(parts))


def _figure(value: float) -> str:
    return f"{value:.0f}"
