"""What a message means that sets one thing against another: 交換じゃなくて返品したい."""

import re
from dataclasses import dataclass

from faq.decision import Decision, Kind
from faq.normalize import strip_padding
from faq.stating import tells_failure

#: 「だけでなく」 adds, 「でなくても」 admits, 「でなくなる」 tells of a change.
_NOT_THIS = re.compile(
    r"[^。、!?！？\n]{2,}?(?<!だけ)(?<!ばかり)(?<!わけ)(?<!のみ)(?:では|じゃ|(?<!ん)で)"
    r"なく(?:て(?!も)|(?!て|も|な|さ|たっ))[、,\s]*"
)
#: What works is no matter, where something else does not.
_THIS_WORKS = re.compile(
    r"[^。、!?！？\n]{2,}?(?:でき|出来|使え)(?:る|ます|た|ました|て(?:い)?る|て(?:い)?ます)"
    r"(?:のです|んです|の|ん)?(?:けれども|けれど|けども|けど|が|のに)[、,\s]*"
)
#: 「instead of」 stays: what is put in its place is often the matter itself.
_NOT_ENGLISH = re.compile(
    r"[,;]\s*(?:but )?not (?:a|an|to) [a-z]+(?: [a-z]+)?(?=\s*(?:$|[.!?]))"
    r"|^not (?:a|an|the|my) [a-z]+(?: [a-z]+)?,\s*(?:but )?"
)
#: Nobody sets one thing against another in longer messages; each place of them would be tried.
_LONGEST = 300
#: Below this the entry of the whole message is none for what is meant (confidence).
_LIKELY = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A message without what it turns down."""

    meant: str
    #: what goes is not wanted; otherwise it only works, and still says what it is about
    refused: bool


def find_contrast(folded: str) -> Contrast | None:
    """What is meant, where a folded text sets it against something else."""
    if len(folded) > _LONGEST:
        return None
    for pattern, refused in ((_NOT_THIS, True), (_NOT_ENGLISH, True), (_THIS_WORKS, False)):
        meant = pattern.sub(" ", folded).strip()
        if meant == folded.strip() or not re.search(r"\w{2}", strip_padding(meant)):
            continue
        if refused or tells_failure(meant):
            return Contrast(meant=meant, refused=refused)
    return None


def weigh_contrast(whole: Decision, meant: Decision, contrast: Contrast) -> Decision:
    """The decision for the whole message, unless that is for what it turns down."""
    if not whole.candidates or not meant.candidates or meant.kind is Kind.FALLBACK:
        return whole
    first, best = whole.candidates[0], meant.candidates[0]
    if contrast.refused:
        same = first.entry_id == best.entry_id
        return whole if same and first.confidence >= best.confidence else meant
    fits = [one.confidence for one in meant.candidates if one.entry_id == first.entry_id]
    return whole if fits and fits[0] >= _LIKELY else meant
