"""What the check says about announcements."""

from faq.lint_finding import Severity
from faq.lint_texts_folder import make_rule

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - a column of the table

#: name, severity, then what and how in Japanese, what and how in English
_ROWS: tuple[tuple[str, Severity, str, str, str, str], ...] = (
    (
        "announce-topic",
        E,
        "`topics` の「{other}」という分類も項目もありません",
        "分類の名前か項目の id を正しく書くか、削除してください",
        "`topics` names `{other}`, which is neither a category nor an entry",
        "correct or delete it",
    ),
    (
        "announce-pause",
        E,
        "`pause` の「{other}」という項目はありません",
        "id を正しく書くか、削除してください",
        "`pause` names `{other}`, which is no entry",
        "correct or delete it",
    ),
    (
        "announce-over",
        W,
        "このお知らせは {day} に終わっています",
        "続くものでしたら `until` を延ばし、そうでなければ削除してください",
        "the announcement was over at {day}",
        "set a later `until` if it stays true, or delete it",
    ),
    (
        "announce-ends-soon",
        I,
        "このお知らせは {day} に終わります",
        "続くものでしたら `until` を延ばしてください",
        "the announcement is over at {day}",
        "set a later `until` if it stays true",
    ),
    (
        "announce-no-until",
        W,
        "このお知らせには終わりがありません",
        "`until` に終わる日時を書いてください。延ばすのはあとからでもできます",
        "the announcement has no end",
        "write in `until` when it is over; it can be put off later",
    ),
    (
        "announce-translation",
        W,
        "項目にある `{other}` の訳が、お知らせにありません",
        "`translations` に `{other}` を足してください",
        "no text in `{other}`, which entries have",
        "add `{other}` under `translations`",
    ),
    (
        "announce-length",
        W,
        "お知らせが{count}文字で、ひと目で読める{most}文字を超えています",
        "短くし、くわしいことはリンクの先に書いてください",
        "the announcement has {count} characters; {most} are read at a glance",
        "shorten it, and link to a page for the details",
    ),
)

ANNOUNCEMENT_RULES = tuple(map(make_rule, _ROWS))
