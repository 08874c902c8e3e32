"""What can go wrong in the knowledge.

FaqError
├── KnowledgeUnusable   nothing can be served from this folder
└── EntryUnknown        no entry has this id
"""


class FaqError(Exception):
    """Something about the knowledge is wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class KnowledgeUnusable(FaqError):
    """The knowledge folder holds nothing that can be served."""


class EntryUnknown(FaqError):
    """No entry has this id."""
