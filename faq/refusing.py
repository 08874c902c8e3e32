"""Whether a text says that something is not wanted: 退会したくない is no wish to leave."""

import re

#: つないで asks to be connected
_REFUSING = re.compile(
    r"(たく|ほしく|欲しく)(は|も)?(ない|ありません)"
    r"|(?<!つ)ないで(ください|下さい|ほしい|欲しい|くれ|もらえ|いただ|ね|よ|$|[。、!！ ])"
    r"|なくて(も)?(いい|良い|よい|大丈夫|結構|けっこう|構)"
    r"|(いら|要ら|必要)(は)?な(い|く)|必要(は)?ありません|(いり|要り)ません|不要"
    r"|\b(dont|do not|no longer) (want|need|wish)\b|\bno need\b"
    r"|\b(dont|do not|never) (cancel|send|call|close|delete|order|return|refund|change|charge)\b"
)


def is_refusing(folded: str) -> bool:
    """Whether a folded text refuses a thing or an act; 届かない and 使えない do not."""
    return _REFUSING.search(folded) is not None
