"""What the loader complains about, as findings of the check: a rule's name, and Japanese words."""

import re
from dataclasses import dataclass

from faq.lint_finding import Advice
from faq.problem import Problem

#: What the loader says → the rule, and the same in Japanese with the groups in order.
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    (r"unknown key `(.*)`", "unknown-key", "「{0}」というキーはありません", ""),
    (
        r"the id `(.*)` is taken by (.*)",
        "duplicate-id",
        "id「{0}」は {1} で使われています",
        "別の id にしてください",
    ),
    (
        r"`valid` ends before it begins",
        "never-valid",
        "`valid` の終わりが始まりより前です",
        "`from` と `until` を入れ替えてください",
    ),
    (
        r"the announcement ends before it begins",
        "never-valid",
        "お知らせの終わりが始まりより前です",
        "`from` と `until` を入れ替えるか、誤っているほうを直してください",
    ),
    (
        r"`url` cannot be `(.*)`",
        "url-format",
        "`url` に「{0}」は使えません",
        "https:// から始まるURL全体を書いてください",
    ),
    (
        r"`tel` cannot be `(.*)`",
        "tel-format",
        "`tel` に「{0}」は使えません",
        "+81-120-000-000 のような電話番号を書いてください",
    ),
    (
        r"`(.*)` holds a link that starts with `(.*):`",
        "link-scheme",
        "`{0}` に「{1}:」で始まるリンクがあります",
        "https:、tel:、mailto: のどれかにしてください",
    ),
    (
        r"the (?:entry|translation|announcement) has no `(.*)`",
        "schema",
        "`{0}` がありません",
        "`{0}: …` を足してください",
    ),
    (
        r"the button has no `label`",
        "schema",
        "ボタンに `label` がありません",
        "`label: …` を足してください",
    ),
    (
        r"a button leads to one place",
        "schema",
        "ボタンの行き先はひとつだけです",
        "`url` か `tel` のどちらか一方を書いてください",
    ),
    (
        r"`(.*)` must be a list",
        "schema",
        "`{0}` は箇条書きで書きます",
        "1行にひとつずつ「- 」のあとに書いてください",
    ),
    (
        r"`(.*)` must be a text",
        "schema",
        "`{0}` は文で書きます",
        "1行で、または「|」のあとに書いてください",
    ),
    (
        r"`(.*)` must hold (?:keys and values|languages)",
        "schema",
        "`{0}` の下は「キー: 値」の形で書きます",
        "コロンは半角にし、後ろに空白を入れてください",
    ),
    (
        r"`(.*)` has more than (\d+) items",
        "schema",
        "`{0}` は{1}個までです",
        "大事なものだけを残してください",
    ),
    (
        r"`(.*)` is longer than (\d+) characters",
        "schema",
        "`{0}` は{1}文字までです",
        "短くしてください",
    ),
    (
        r"`(.*)` holds the control character (.*)",
        "schema",
        "`{0}` に制御文字 {1} があります",
        "削除してください",
    ),
    (r"`(.*)` cannot be `(.*)`", "schema", "`{0}` に「{1}」は使えません", ""),
    (
        r"`(.*)` is no language",
        "schema",
        "「{0}」という言語はありません",
        "en のように書いてください",
    ),
    (
        r"the (?:entry|announcement) itself is in `(.*)`",
        "schema",
        "この項目やお知らせそのものが `{0}` です",
        "この訳を削除してください",
    ),
    (
        r"a synonym needs at least two words",
        "schema",
        "同義語は2語以上で書きます",
        "同じ意味の語を足してください",
    ),
    (
        r"`(.*)` stands here and on line (\d+) already",
        "schema",
        "「{0}」は{1}行目にもあります",
        "どちらか一方を残してください",
    ),
    (
        r"the folder holds no entries",
        "schema",
        "フォルダーに項目がひとつもありません",
        "`entries:` の下に項目を書いたファイルを置いてください",
    ),
    (
        r"there is no such folder",
        "schema",
        "フォルダーがありません",
        "ナレッジのフォルダーを指定してください",
    ),
    (
        r"the text is not UTF-8",
        "schema",
        "文字コードがUTF-8ではありません",
        "UTF-8で保存し直してください",
    ),
    (
        r"aliases .* are not read",
        "schema",
        "エイリアス（& と *）は使えません",
        "文をそのまま書くか、引用符で囲んでください",
    ),
    (
        r"tags .* are not read",
        "schema",
        "タグ（!）は使えません",
        "削除するか、文を引用符で囲んでください",
    ),
    (
        r"a second document starts here",
        "schema",
        "ここから二つ目の文書が始まっています",
        "1ファイルに1文書だけを書いてください",
    ),
    (
        r"a key must be a text",
        "schema",
        "キーは文字で書きます",
        "「name: …」のように書いてください",
    ),
    (
        r"nested deeper than (\d+) levels",
        "schema",
        "入れ子が{0}段を超えています",
        "浅くしてください",
    ),
    (
        r"the file is larger than (.*) MB|more than (\d+) values in one file",
        "schema",
        "ファイルが大きすぎます",
        "いくつかのファイルに分けてください",
    ),
    (
        r"more than (\d+) (?:files|entries|announcements)",
        "schema",
        "フォルダーが大きすぎます（{0}まで）",
        "ファイルをまとめるか、ナレッジを分けてください",
    ),
    (
        r"the character (.*) is not allowed",
        "schema",
        "使えない文字 {0} があります",
        "削除してください",
    ),
    (
        r"the link leads out of the folder",
        "schema",
        "リンクの先がフォルダーの外です",
        "ファイルをフォルダーの中にコピーしてください",
    ),
    (
        r"cannot be read \((.*)\)",
        "schema",
        "ファイルを開けません（{0}）",
        "ファイルの権限を直してください",
    ),
)

#: Advice that comes with several complaints.
_HOW: tuple[tuple[str, str], ...] = (
    (r"did you mean `(.*)`\?", "「{0}」のことでしょうか"),
    (r"known are (.*)", "使えるのは {0} です"),
    (r"write a whole number from (.*) to (.*)", "{0}から{1}までの整数を書いてください"),
    (r"write a date that exists as .*", "2026-04-01 の形で、実在する日付を書いてください"),
    (
        r"write a date or a date and time that exist as .*",
        "2026-04-01 か 2026-04-01T09:00 の形で、実在する日時を書いてください",
    ),
    (r"use small letters .*", "半角の小文字・数字・ハイフンで64文字までにしてください"),
    (r"write a language such as (.*)", "{0} のような言語名を書いてください"),
    (
        r"indent with ordinary spaces.*",
        "全角の空白ではなく、半角の空白で字下げしてください",
    ),
    (r"indent with spaces, not with tabs", "タブではなく、半角の空白で字下げしてください"),
    (
        r"write `: ` .*",
        "全角の「：」ではなく、半角の「:」と空白を書いてください",
    ),
    (
        r"a merge conflict is left.*",
        "マージの印（<<<<<<< など）が残っています。一方を選び、印を消してください",
    ),
    (
        r"check the indentation.*",
        "この近くの字下げと引用符を確かめてください。「: 」や「 #」を含む文は引用符で囲みます",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderFinding:
    """A complaint of the loader."""

    rule: str
    ja: Advice
    en: Advice


def read_problem(problem: Problem) -> LoaderFinding:
    """The rule behind a complaint; in English where nobody has put it into Japanese."""
    en = Advice(what=problem.what, how=problem.how)
    for pattern, rule, what, how in _TABLE:
        found = re.fullmatch(pattern, problem.what)
        if found:
            advice = how.format(*found.groups()) if how else _put_how(problem.how)
            return LoaderFinding(
                rule=rule, en=en, ja=Advice(what=what.format(*found.groups()), how=advice)
            )
    ja = Advice(what=f"ファイルを読めません（{problem.what}）", how=_put_how(problem.how))
    return LoaderFinding(rule="schema", en=en, ja=ja)


def _put_how(how: str) -> str:
    for pattern, text in _HOW:
        found = re.fullmatch(pattern, how)
        if found:
            return text.format(*found.groups())
    return how
