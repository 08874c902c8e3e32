"""Every rule of the check by its name, and what it says of a finding."""

from collections.abc import Mapping
from types import MappingProxyType

from faq.lint_finding import Advice, Finding, Rule
from faq.lint_texts_announcement import ANNOUNCEMENT_RULES
from faq.lint_texts_folder import FOLDER_RULES
from faq.lint_texts_style import STYLE_RULES

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.name: rule for rule in (*FOLDER_RULES, *ANNOUNCEMENT_RULES, *STYLE_RULES)}
)

#: Words of findings that are said otherwise in each language: Japanese, then English.
_TERMS = {
    "characters": ("文字", "characters"),
    "words": ("語", "words"),
    "same-entry": ("同じ項目", "the same entry"),
    "suggest": ("候補を示すだけです", "a suggestion"),
    "fallback": ("聞き返します", "a fallback"),
    "says-nothing": ("挨拶や記号だけで、質問になっていません", "it holds only greetings or marks"),
    "no-such-rule": ("その名前の規則はありません", "there is no such rule"),
    "cannot-be-silenced": ("この規則は止められません", "this rule cannot be silenced"),
    "no-reason": ("理由がありません", "the `reason` is missing"),
}


def advise(finding: Finding, lang: str) -> Advice:
    """What to tell about a finding in a language."""
    place = 0 if lang == "ja" else 1
    words = {
        name: _TERMS[word][place] if word in _TERMS and name in ("got", "other") else word
        for name, word in finding.words.items()
    }
    return RULES[finding.rule].advice(lang).filled(words)
