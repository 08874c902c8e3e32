"""What can go wrong in the knowledge.

FaqError
├── KnowledgeUnusable   nothing can be served from this folder
└── EntryUnknown        no entry has this id
"""


class FaqError(Exception):
    #: the message when none is given; no docstring, which `python -OO` takes away
    says = "Something about the knowledge is wrong."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.says)


class KnowledgeUnusable(FaqError):
    says = "The knowledge folder holds nothing that can be served."


class EntryUnknown(FaqError):
    says = "No entry has this id."
