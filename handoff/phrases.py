"""Sentences of the people's side: slots for customers, refusals for staff, in both languages."""

from collections.abc import Mapping
from datetime import datetime

from bot.clock import SECOND_MS
from bot.errors import MadoguchiError, NotFound, StoreError
from handoff import errors

_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: What staff read when something is refused. `{name}` is filled from the error.
_REFUSALS: Mapping[type[MadoguchiError], tuple[str, str]] = {
    errors.NotAllowed: (
        "この操作の権限がありません。管理者にご確認ください。",
        "Your role does not allow this. Please ask an administrator.",
    ),
    errors.AlreadyClaimed: (
        "{name}さんが先に担当になりました。",
        "{name} has already taken this conversation.",
    ),
    errors.NotYours: (
        "この会話は{name}さんが担当しています。",
        "{name} has this conversation now.",
    ),
    errors.NewerMessages: (
        "入力中に新しいメッセージが届きました。内容をご確認のうえ、送信してください。",
        "New messages arrived while you were writing. Read them, then send.",
    ),
    errors.AlreadyUsed: (
        "この内容はすでに送信済みの画面からのものです。再読み込みしてからお試しください。",
        "This form was already sent with other contents. Reload the page and try again.",
    ),
    errors.NotOpen: (
        "会話の状態が変わったため、この操作はできません。再読み込みしてご確認ください。",
        "The state has changed, so this is not possible. Reload the page.",
    ),
    errors.OpenElsewhere: (
        "このお客様には対応中の会話（{name}）があります。そちらで続けてください。",
        "This customer already has an open conversation, {name}. Please continue there.",
    ),
    errors.NotThere: (
        "{name}さんは離席しています。在席中の方か、チームへ引き渡してください。",
        "{name} is not at the desk. Hand it to somebody who is, or to a team.",
    ),
    errors.AtCapacity: (
        "担当できる件数の上限です。対応中の会話を終えるか、一覧から選んでください。",
        "You have as many as agreed. Resolve one first, or pick one from the list.",
    ),
    errors.LoginTaken: (
        "このログイン名は使われています。別の名前にしてください。",
        "This login name is taken. Choose another one.",
    ),
    errors.LastAdmin: (
        "最後の管理者です。先に別の管理者を登録してください。",
        "This is the last administrator. Name another one first.",
    ),
    errors.WrongLogin: (
        "ログイン名またはパスワードが違います。",
        "Login name or password is wrong.",
    ),
    errors.CodeNeeded: (
        "確認コードも必要です。認証アプリの6桁を入力してください。",
        "A code is needed too. Enter the six digits of your authenticator app.",
    ),
    errors.WrongCode: (
        "確認コードが違うか、使用済みです。次のコードをお待ちください。",
        "This code is wrong, or was used before. Please wait for the next one.",
    ),
    errors.TicketEnded: (
        "時間が経ちすぎました。もう一度ログインしてください。",
        "This took too long. Please log in again.",
    ),
    errors.FactorThere: (
        "このアカウントにはすでに二段階認証が設定されています。",
        "This account already has a second factor.",
    ),
    errors.OutsideFailed: (
        "このログインを確認できませんでした。もう一度お試しください。",
        "This log-in could not be confirmed. Please try again.",
    ),
    errors.OutsideUnknown: (
        "このアカウントに対応する担当者がいません。管理者にご確認ください。",
        "Nobody of the staff belongs to this account. Please ask an administrator.",
    ),
    errors.OutsideUnreachable: (
        "ログインサービスが応答しません。少しおいて試すか、パスワードでログインしてください。",
        "The log-in service does not answer. Try again shortly, or use your password.",
    ),
    errors.TooManyTries: (
        "続けて失敗したため、{name}秒ほどおいてからお試しください。",
        "Too many failed tries. Please try again in {name} seconds.",
    ),
    errors.WeakPassword: (
        "推測されやすいパスワードです。関連のない単語を組み合わせ、12文字以上にしてください。",
        "This password is too easy to guess. Use 12 characters or more, of unrelated words.",
    ),
    NotFound: (
        "見つかりませんでした。",
        "This was not found.",
    ),
    StoreError: (
        "保存できませんでした。少しおいて、もう一度お試しください。",
        "This could not be saved. Please try again in a moment.",
    ),
}
_NOBODY = (
    "この会話の担当者はまだいません。先に担当になってください。",
    "Nobody has this conversation now. Take it first.",
)


def render_refusal(error: MadoguchiError, lang: str) -> str:
    """Say to staff what was refused and what to do; an unknown error speaks for itself."""
    number = 1 if lang == "en" else 0
    if isinstance(error, errors.NotYours) and error.owner_name is None:
        return _NOBODY[number]
    for kind in type(error).__mro__:
        if kind in _REFUSALS:
            return _REFUSALS[kind][number].replace("{name}", _name_in(error))
    return str(error)


def _name_in(error: MadoguchiError) -> str:
    match error:
        case errors.AlreadyClaimed() | errors.NotYours():
            return error.owner_name or ""
        case errors.OpenElsewhere():
            return error.reference
        case errors.NotThere():
            return error.name
        case errors.TooManyTries():
            return str(-(-error.wait_ms // SECOND_MS))
        case _:
            return ""


def render_slot(start: datetime, end: datetime, lang: str) -> str:
    """A promised callback, as it is still right when it is read tomorrow."""
    times = (f"{start.hour}:{start.minute:02}", f"{end.hour}:{end.minute:02}")
    if lang == "en":
        day = f"{_WEEKDAYS_EN[start.weekday()]}, {_MONTHS_EN[start.month - 1]} {start.day}"
        return f"{day}, {times[0]}–{times[1]}"
    return f"{start.month}/{start.day}({_WEEKDAYS_JA[start.weekday()]}) {times[0]}〜{times[1]}"
