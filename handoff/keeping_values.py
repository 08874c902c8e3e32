"""Values of the knowledge page: entries, drafts, checks, changes and what publishing tells."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from faq.lint_report import Placed
from faq.merging import Values
from faq.problem import Problem

#: Stands for a file in findings about the edited entry's own text.
OWN_TEXT = "entry"


class EditKind(StrEnum):
    """What a draft or a published change does."""

    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"


class ChangeKind(StrEnum):
    """How a change of the knowledge came about."""

    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"
    ROLLBACK = "rollback"
    #: the file was changed by an editor or by git
    OUTSIDE = "outside"


class Served(StrEnum):
    """Whether customers get an entry today."""

    LIVE = "live"
    SCHEDULED = "scheduled"
    LAPSED = "lapsed"
    #: only a draft so far
    DRAFT = "draft"


class GitState(StrEnum):
    """What happens with git when something is published."""

    ON = "on"
    #: by the settings
    OFF = "off"
    NO_PROGRAM = "no_program"
    NO_WORK_TREE = "no_work_tree"
    #: git refuses a folder that belongs to somebody else
    NOT_OURS = "not_ours"


class Remark(StrEnum):
    """What an admin is told beside a publishing that worked; texts: `knowledge_remark_<value>`."""

    GIT_FAILED = "git_failed"
    GIT_TIMED_OUT = "git_timed_out"
    GIT_IGNORED = "git_ignored"
    #: the file was in order when it was written, but something else in the folder does not load
    NOT_SERVED = "not_served"


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftMark:
    """That there is a draft, and whose."""

    kind: EditKind
    author_id: int
    author_name: str
    updated_at: int
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedEntry:
    """One line of the list of entries."""

    id: str
    question: str
    category: str
    lang: str
    languages: tuple[str, ...]
    file: str
    #: 0: only a draft so far
    line: int
    served: Served
    variants: int
    tests: int
    valid_from: date | None = None
    valid_until: date | None = None
    owner: str = ""
    reviewed: date | None = None
    draft: DraftMark | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderState:
    """How the knowledge folder is, for the head of the page."""

    #: of what is served
    version: str
    #: what does not load now, with places
    problems: tuple[Problem, ...]
    #: relative to the folder, in order; new entries go to one of them, or to a new name
    files: tuple[str, ...]
    categories: tuple[str, ...]
    #: empty: changes can be written; else what to do about it, [ja, en]
    blocked: tuple[str, str] | tuple[()]
    git: GitState
    #: what the git state means for the admin, [ja, en]
    git_told: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An unpublished change, shared by all admins."""

    entry_id: str
    kind: EditKind
    file: str
    #: the entry as it was published when the draft began; empty for a new one
    base_text: str
    #: YAML of the one entry; empty for a delete
    text: str
    #: the same as values; None while the text is not YAML
    values: Values | None
    #: counts savings; send it back as `seen`
    version: int
    author_id: int
    author_name: str
    updated_at: int
    note: str = ""
    #: the entry in the file is no longer `base_text`: publishing merges
    is_stale: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryView:
    """One entry, published or only drafted, for the editor."""

    id: str
    file: str
    line: int
    served: Served
    #: YAML of the one entry as published, without the dash; empty for one only drafted
    text: str
    #: the same as values with the keys of the file format (`next`, `valid`: {from, until}, ...)
    values: Values
    draft: Draft | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A change to try or to save: give either `text` or `values`; neither for a delete."""

    entry_id: str
    kind: EditKind = EditKind.EDIT
    #: relative to the folder; needed for a new entry only
    file: str = ""
    text: str | None = None
    #: whole entry; keys left out, None, "" and [] are taken out, comments stay where possible
    values: Values | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """What the check says about a change.

    Findings about the entry itself name the file `OWN_TEXT`; their places count in its own text.
    """

    #: stop a publishing
    errors: tuple[Placed, ...] = ()
    #: `expect` and `reject` of any entry that fail with the change and did not before
    failed_tests: tuple[Placed, ...] = ()
    #: those that fail already without it
    failing_before: tuple[Placed, ...] = ()
    warnings: tuple[Placed, ...] = ()
    #: lines of a unified diff of the file
    diff: tuple[str, ...] = ()
    file: str = ""
    #: first line of the entry in the file with the change; 0 for a delete
    line: int = 0

    @property
    def is_blocked(self) -> bool:
        """Errors: it cannot be published."""
        return bool(self.errors)

    @property
    def needs_reason(self) -> bool:
        """Tests fail: it can be published with a reason."""
        return bool(self.failed_tests) and not self.errors


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What became of a publishing."""

    change_id: int
    entry_id: str
    file: str
    version_before: str
    version_after: str
    #: empty: nothing was committed
    git_commit: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One published change."""

    id: int
    at: int
    #: None: noticed by the server, made outside
    agent_id: int | None
    agent_name: str | None
    entry_id: str
    file: str
    kind: ChangeKind
    #: YAML of the entry before and after; empty: it was not there
    before_text: str
    after_text: str
    #: why it was published although tests failed, or what the admin noted
    reason: str
    version_before: str
    version_after: str
    git_commit: str = ""
    #: change that this one takes back
    undoes_id: int | None = None
    #: keys that differ, `translations.en.answer`
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefill:
    """A new entry to begin with, not stored anywhere."""

    entry_id: str
    file: str
    values: Values = field(default_factory=dict[str, object])
