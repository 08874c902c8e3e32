"""What a bare yes, no, "both" or "it works" means after our own question, as a choice's code."""

from itertools import takewhile

from bot.assent import asks_connecting, is_fine, is_no, is_of_solving, is_yes, works_now
from bot.conversation import Stage, Talk
from bot.picking import is_all_of_these, is_next, is_none_of_these
from bot.wording import without_thanks


def meant_choice(talk: Talk, text: str) -> str:
    """The code that a text means; empty where it is no answer to what we asked."""
    match talk.stage:
        case Stage.SOLVED:
            return _after_answer(talk, text)
        case Stage.SUGGESTED:
            return _after_list(talk, text) or _solved_after_all(talk, text)
        case Stage.ESCALATE:
            return _solved_after_all(talk, text) or _after_offer(talk, text)
        case _:
            return ""


def still_open(talk: Talk) -> tuple[str, ...]:
    """The entries that were offered for further questions beside the last answer."""
    if talk.stage is not Stage.SOLVED:
        return ()
    further = takewhile(lambda action: action.code.startswith("entry:"), talk.offered)
    return tuple(action.code.removeprefix("entry:") for action in further)


def _after_answer(talk: Talk, text: str) -> str:
    yes, no = is_yes(text), is_no(text) or is_none_of_these(text)
    # 「もう一つのご質問は、こちらでしょうか？」 was asked, and not whether it is solved
    entries = still_open(talk)
    if entries and (is_all_of_these(text) or is_next(text)):
        return f"entry:{entries[0]}"
    if entries and (yes or no) and not is_of_solving(text):
        return f"entry:{entries[0]}" if yes else "again"
    if yes or is_fine(text) or is_yes(without_thanks(text)) or works_now(text):
        return "solved"
    return "unsolved" if no else ""


def _after_list(talk: Talk, text: str) -> str:
    entries = [one.code for one in talk.offered if one.code.startswith("entry:")]
    if entries and is_all_of_these(text):
        return "all"
    if is_no(text) or is_none_of_these(text):
        return "none"
    return entries[0] if len(entries) == 1 and is_yes(text) else ""


def _after_offer(talk: Talk, text: str) -> str:
    if is_yes(text) or asks_connecting(text):
        return "human"
    if is_no(text) or is_none_of_these(text) or is_fine(text):
        return "other" if any(one.code == "other" for one in talk.offered) else "again"
    return ""


def _solved_after_all(talk: Talk, text: str) -> str:
    """「やっぱり解決しました」 is about the answer before."""
    solving = is_yes(without_thanks(text)) and is_of_solving(text)
    return "solved" if talk.entry_id and (solving or works_now(text)) else ""
