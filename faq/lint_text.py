"""One text of an entry that customers read, and how findings about it are made."""

from dataclasses import dataclass

from faq.entry import Entry
from faq.lint_finding import Finding, Path
from faq.lint_sentences import Sentence, plain_text, split_sentences

_LONGEST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerText:
    """The answer of an entry in one language."""

    entry: Entry
    lang: str
    path: Path
    text: str
    #: without Markdown
    bare: str
    sentences: tuple[Sentence, ...]

    def found(self, rule: str, quote: str = "", **words: str) -> Finding:
        """A finding about these words of the answer."""
        told = {"text": clip(plain_text(quote)), **words}
        return Finding(rule=rule, entry_id=self.entry.id, path=self.path, quote=quote, words=told)


def answers_of(entry: Entry) -> list[AnswerText]:
    """The answer in every language."""
    return [_answer(entry, lang) for lang in entry.languages()]


def _answer(entry: Entry, lang: str) -> AnswerText:
    own = lang == entry.lang
    text = entry.answer_in(lang)
    return AnswerText(
        entry=entry,
        lang=lang,
        path=("answer",) if own else ("translations", lang, "answer"),
        text=text,
        bare=plain_text(text),
        sentences=tuple(split_sentences(text, lang)),
    )


def clip(text: str) -> str:
    """Words short enough to stand in a line of advice."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
