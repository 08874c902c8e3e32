"""What a rule of the check is, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: The keys and places in lists that lead from an entry to a value.
Path = tuple[str | int, ...]


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is wrong and how to mend it, in one language; `{names}` stand for a finding's words."""

    what: str
    how: str

    def filled(self, words: Mapping[str, str]) -> "Advice":
        """The advice for one finding."""
        return Advice(what=self.what.format_map(words), how=self.how.format_map(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that is checked."""

    name: str
    severity: Severity
    ja: Advice
    en: Advice
    #: what does not load, and silences themselves, cannot be silenced
    may_be_silenced: bool = True

    def advice(self, lang: str) -> Advice:
        """In Japanese, or else in English."""
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that one value of one entry does not keep."""

    rule: str
    entry_id: str
    path: Path = ()
    #: the words that are meant, as they stand in the value
    quote: str = ""
    #: fill the rule's advice
    words: Mapping[str, str] = field(default_factory=dict)
