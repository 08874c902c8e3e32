"""What the check says about the folder: form, dates, links between entries, matching."""

from faq.lint_finding import Advice, Rule, Severity

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - a column of the table

#: name, severity, then what and how in Japanese, what and how in English
_ROWS: tuple[tuple[str, Severity, str, str, str, str], ...] = (
    (
        "duplicate-variant",
        E,
        "「{text}」は{other}の「{first}」と同じ文です",
        "どちらか一方を削除してください",
        "`{text}` says the same as `{first}` of {other}",
        "keep it in the entry it belongs to and delete the other",
    ),
    (
        "duplicate-kana",
        W,
        "「{text}」は{other}の「{first}」と、ひらがな・カタカナの違いしかありません",
        "どちらか一方を削除してください",
        "`{text}` differs from `{first}` of {other} in hiragana and katakana only",
        "delete one of the two",
    ),
    (
        "dead-next",
        E,
        "`next` の「{other}」という項目はありません",
        "id を正しく書くか、削除してください",
        "`next` names `{other}`, which does not exist",
        "correct or delete it",
    ),
    (
        "next-itself",
        E,
        "`next` がこの項目自身を指しています",
        "削除してください",
        "`next` leads back to the entry itself",
        "delete it",
    ),
    (
        "lapsed-next",
        W,
        "`next` の「{other}」は、この項目と同じ場所・時期には案内されません",
        "いつでも案内できる項目に替えてください",
        "`next` names `{other}`, which is not served where or when this entry is",
        "name an entry that is",
    ),
    (
        "expired",
        E,
        "{day} を最後に案内されていません",
        "`until` を延ばすか、項目を削除してください",
        "not served since {day}",
        "set a later `until`, or delete the entry",
    ),
    (
        "expires-soon",
        W,
        "{day} までしか案内されません",
        "続くものでしたら `until` を延ばしてください",
        "served until {day} only",
        "set a later `until` if it stays true",
    ),
    (
        "review-old",
        I,
        "最後の見直しが {day} で、12か月を過ぎています",
        "内容を確かめて `reviewed` を今日の日付にしてください",
        "last reviewed on {day}, more than 12 months ago",
        "read it, and set `reviewed` to today",
    ),
    (
        "review-future",
        I,
        "`reviewed` の {day} は、まだ来ていない日です",
        "見直した日を書いてください",
        "`reviewed` names {day}, a day still to come",
        "write the day somebody read it",
    ),
    (
        "no-owner",
        I,
        "担当するチームが書かれていません",
        "`owner` に、内容の変わる時期を知っているチームを書いてください",
        "nobody owns this entry",
        "name in `owner` the team that knows when the fact changes",
    ),
    (
        "no-variants",
        I,
        "言い換えがひとつもありません",
        "実際のお客様の言い方を4つほど `variants` に書いてください",
        "the entry has no variants",
        "write about four ways customers ask it under `variants`",
    ),
    (
        "many-variants",
        I,
        "言い換えが{count}個あり、ほかの項目の質問まで引き寄せがちです",
        "話題ごとに項目を分けてください",
        "{count} variants attract questions that belong elsewhere",
        "split the entry by matter",
    ),
    (
        "missing-translation",
        I,
        "ほかの項目にある `{other}` の訳がありません",
        "`translations` に `{other}` を足してください",
        "no text in `{other}`, which other entries have",
        "add `{other}` under `translations`",
    ),
    (
        "translation-numbers",
        W,
        "`{other}` の回答の数字（{there}）が、もとの回答の数字（{here}）と違います",
        "古いほうを直してください",
        "the answer in `{other}` says {there} where the original says {here}",
        "correct the one that is out of date",
    ),
    (
        "threshold-unreachable",
        W,
        "`threshold` が{count}のため、この項目は一度も回答されません",
        "99以下にしてください。一字一句同じ質問でも確信度は99です",
        "with a `threshold` of {count} the entry never answers",
        "write at most 99; even the very words of a variant get no more",
    ),
    (
        "unreachable-variant",
        W,
        "「{text}」と聞かれても、この項目では回答しません（{got}）",
        "どの項目の質問かが分かる言葉を足すか、削除してください",
        "`{text}` is not answered by this entry ({got})",
        "add the word that tells which matter is meant, or delete it",
    ),
    (
        "stolen-variant",
        I,
        "「{text}」のような質問には「{other}」が答えます（「{first}」に近く、確信度{count}）",
        "違いの分かる言い換えを足すか、この言い換えを「{other}」へ移してください",
        "questions like `{text}` are answered by `{other}` (near `{first}`, confidence {count})",
        "add variants that set the two apart, or move this one to `{other}`",
    ),
    (
        "not-all-tried",
        I,
        "質問と言い換え{count}個のうち、項目どうしの取り違えを確かめたのは{first}個です",
        "残りは `madoguchi eval` で確かめてください",
        "of {count} questions and variants {first} were tried against the other entries",
        "try the rest with `madoguchi eval`",
    ),
    (
        "failed-expect",
        E,
        "「{text}」はこの項目で回答するはずですが、そうなりません（{got}）",
        "この文か似た言い方を `variants` に足してください",
        "`{text}` should be answered by this entry and gets {got}",
        "add it or something like it to `variants`",
    ),
    (
        "failed-reject",
        E,
        "「{text}」にこの項目で回答してはいけませんが、回答します",
        "正しい項目の `variants` に足すか、`threshold` を上げてください",
        "`{text}` must not be answered by this entry and is",
        "add it to the `variants` of the entry it belongs to, or raise `threshold`",
    ),
    (
        "label-length",
        W,
        "ボタン「{text}」は{count}文字で、LINEでは20文字で切れます",
        "20文字以内にしてください",
        "the label `{text}` has {count} characters; LINE cuts it at 20",
        "shorten it to 20",
    ),
    (
        "url-length",
        E,
        "ボタンのURLは、LINEへ送る形では{count}文字です。1,000文字を超えるとLINEは受け付けません",
        "短いURLにしてください",
        "the address has {count} characters as LINE counts them; it refuses more than 1,000",
        "give a shorter address",
    ),
    (
        "url-doubtful",
        W,
        "URL「{text}」は、お客様が開けないかもしれません",
        "公開されているページのURLを、余分な文字を付けずに書いてください",
        "customers may not be able to open `{text}`",
        "write the address of a public page, with nothing after it",
    ),
    (
        "tel-doubtful",
        W,
        "電話番号「{text}」は、つながらない形です",
        "市外局番から（0120-000-000）か、国番号から（+81-120-000-000）書いてください",
        "`{text}` does not look like a number that can be called",
        "write it with area code (0120-000-000) or country code (+81-120-000-000)",
    ),
)

#: The same, for what cannot be silenced.
_FIRM: tuple[tuple[str, Severity, str, str, str, str], ...] = (
    (
        "bad-silence",
        E,
        "`silence` の「{other}」は使えません（{got}）",
        "「madoguchi check」の表示にある規則の名前と、そうする理由を書いてください",
        "`silence` of `{other}` has no effect: {got}",
        "write the rule as `check` names it, and the reason",
    ),
    (
        "idle-silence",
        I,
        "`silence` の「{other}」は、もう必要ありません",
        "削除してください",
        "`{other}` is silenced and finds nothing",
        "delete the silence",
    ),
    # what is said of files that do not load comes from the loader
    ("schema", E, "", "", "", ""),
    ("unknown-key", E, "", "", "", ""),
    ("duplicate-id", E, "", "", "", ""),
    ("never-valid", E, "", "", "", ""),
    ("url-format", E, "", "", "", ""),
    ("tel-format", E, "", "", "", ""),
    ("link-scheme", E, "", "", "", ""),
)


def make_rule(row: tuple[str, Severity, str, str, str, str], *, firm: bool = False) -> Rule:
    """A rule from its row."""
    name, severity, what_ja, how_ja, what_en, how_en = row
    ja, en = Advice(what=what_ja, how=how_ja), Advice(what=what_en, how=how_en)
    return Rule(name=name, severity=severity, ja=ja, en=en, may_be_silenced=not firm)


FOLDER_RULES = (*map(make_rule, _ROWS), *(make_rule(row, firm=True) for row in _FIRM))
