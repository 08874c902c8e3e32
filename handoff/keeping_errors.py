"""What can go wrong while the knowledge is changed, named after the fact.

Refused
├── DraftMoved       a colleague saved the draft meanwhile; holds it and the merge
├── EntryMoved       the file was changed meanwhile in the same place; holds the merge
├── CheckFailed      the check found errors, or tests fail and no reason was given
├── FolderBlocked    the folder cannot be written; says how to mend it in both languages
└── IdTaken          another entry has this id
BadInput
└── BadEntry         the text is no entry; holds the findings
"""

from bot.errors import BadInput, Refused
from faq.lint_report import Placed
from faq.merging import Merge
from handoff.keeping_values import CheckReport, Draft


class DraftMoved(Refused):
    says = "A colleague changed this draft meanwhile. Please look at both."

    def __init__(self, draft: Draft | None, merge: Merge | None = None) -> None:
        super().__init__()
        #: as it is now; None: it was published or discarded
        self.draft = draft
        #: both changes together; None where one of the texts is no YAML
        self.merge = merge


class EntryMoved(Refused):
    says = "The entry was changed in its file meanwhile. Please look at both."

    def __init__(self, merge: Merge | None = None) -> None:
        super().__init__()
        #: None: it is gone from the file, or one of the texts is no YAML
        self.merge = merge


class CheckFailed(Refused):
    says = "The check does not let this through."

    def __init__(self, report: CheckReport) -> None:
        super().__init__()
        self.report = report


class FolderBlocked(Refused):
    """The knowledge folder cannot be written."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en

    def told(self, lang: str) -> str:
        """In Japanese, or else in English."""
        return self.ja if lang == "ja" else self.en


class IdTaken(Refused):
    says = "Another entry has this id."


class BadEntry(BadInput):
    says = "This text is no entry yet."

    def __init__(self, findings: tuple[Placed, ...]) -> None:
        super().__init__()
        self.findings = findings
