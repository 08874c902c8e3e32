"""Whether a text only states one thing: 間違えました names no matter that could be answered."""

import re

from faq.changes import content_words

#: Longer texts say more than one thing.
_LONGEST = 24
#: 「返品する」 is how many name what they want to do.
_ENDS = re.compile(r"(?:た|んだ|(?<!す)る|(?<!し)ます)(?:よ|の|わ|な)?[\W_]*$")
#: What asks, wishes or tells that something fails is a matter, however short.
_ASKS = re.compile(
    r"[?？]|たい|ほしい|欲しい|ください|下さい|ない|なかった|ません|ませんでした|なく"
    r"|どう|どこ|どれ|いつ|いくら|なに|なぜ|何|誰|教え"
)
#: That something works is no question about it, even where an entry is named by it alone.
_WORKS = re.compile(
    r"(?:(?:でき|出来|使え|直り|治り)ました|(?:でき|出来|使え)た|[直治]った)[よわね]*[\W_]*$"
)
#: The contrary of what was done: 返金されました is not 返金されません.
_FAILS = re.compile(r"ない|なかった|ません|なく|ずに|\b(?:not|no|never|cannot|\w+nt)\b")


def tells_failure(folded: str) -> bool:
    """Whether a text tells that something is not or does not: 返金されていません."""
    return _FAILS.search(folded) is not None


def works_now(folded: str) -> bool:
    """Whether a text states that something works: ログインできました."""
    return _WORKS.search(folded) is not None


#: 「注文番号は12345です」 gives what somebody will need, and asks nothing.
_VALUE = re.compile(
    r"^[^?？。、\s]{1,12}は[\W_]*(?=[a-z-]*[0-9])[0-9a-z-]{3,}[\W_]*(?:です|でした|になります)?[\W_]*$"
)


def states_value(folded: str) -> bool:
    """Whether a text only tells a number or a code."""
    return _VALUE.match(folded) is not None


def find_stated(folded: str) -> str:
    """The one word of a text that states something and asks nothing; empty for other texts."""
    if len(folded) > _LONGEST or not _ENDS.search(folded) or _ASKS.search(folded):
        return ""
    words = content_words(folded)
    return words[0] if len(words) == 1 else ""
