"""What list and editor show: each entry with its place, its draft and whether it is served."""

from collections.abc import Collection, Iterable
from datetime import date

from bot.errors import NotFound
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.library import Library
from handoff.keeping_folder import Snapshot
from handoff.keeping_values import (
    Draft,
    DraftMark,
    EntryView,
    FolderState,
    GitState,
    ListedEntry,
    Served,
)
from handoff.knowledge_rows import values_of

#: Where new entries go in a folder without entries.
_FIRST_FILE = "knowledge.yaml"
_UNREADABLE = (
    "This entry is still served, but its file cannot be read now. Mend the file first: the list "
    "of problems says where."
)
_GIT_TOLD = {
    GitState.ON: (
        "公開のたびに、変えたファイルだけをコミットします（プッシュはしません）。",
        "Each published change is committed, its file alone; nothing is pushed.",
    ),
    GitState.OFF: (
        "設定によりコミットはしません。履歴はこの画面に残ります。",
        "Nothing is committed, as the settings say. The history is kept here.",
    ),
    GitState.NO_PROGRAM: (
        "gitが入っていないため、コミットはしません。履歴はこの画面に残ります。",
        "Nothing is committed: git is not installed. The history is kept here.",
    ),
    GitState.NO_WORK_TREE: (
        "ナレッジのフォルダはgitの管理下にありません。履歴はこの画面に残ります。",
        "The knowledge folder is not kept in git. The history is kept here.",
    ),
    GitState.NOT_OURS: (
        "フォルダの所有者が違うため、gitが拒んでいます。所有者をそろえるか、safe.directoryに登録してください。",
        (
            "Git refuses the folder because somebody else owns it. "
            "Give it to the server's account, or name it in git's safe.directory."
        ),
    ),
}


def folder_state(
    library: Library, snapshot: Snapshot, blocked: tuple[str, str] | tuple[()], git: GitState
) -> FolderState:
    """How the folder is."""
    return FolderState(
        version=library.current.version,
        problems=library.problems,
        files=tuple(snapshot.files),
        categories=library.current.categories(None),
        blocked=blocked,
        git=git,
        git_told=_GIT_TOLD[git],
    )


def list_served(
    knowledge: Knowledge, snapshot: Snapshot, drafts: Iterable[Draft], today: date
) -> tuple[ListedEntry, ...]:
    """Every entry that is served, then those that are only drafted."""
    left = {draft.entry_id: draft for draft in drafts}
    listed = []
    for entry in knowledge.order:
        draft = left.pop(entry.id, None)
        stood = snapshot.entries.get(entry.id)
        listed.append(
            ListedEntry(
                id=entry.id,
                question=entry.question,
                category=entry.category,
                lang=entry.lang,
                languages=entry.languages(),
                file=stood.file if stood else "",
                line=stood.line if stood else 0,
                served=_served(entry, today),
                variants=len(entry.variants),
                tests=len(entry.expect) + len(entry.reject),
                valid_from=entry.valid_from,
                valid_until=entry.valid_until,
                owner=entry.owner or "",
                reviewed=entry.reviewed,
                draft=_mark(draft),
            )
        )
    return (*listed, *(_drafted(draft, knowledge.default_lang) for draft in left.values()))


def view_entry(
    knowledge: Knowledge, snapshot: Snapshot, entry_id: str, draft: Draft | None, today: date
) -> EntryView:
    """One entry for the editor. Raises NotFound."""
    stood = snapshot.entries.get(entry_id)
    if stood is None and draft is None:
        raise NotFound(_UNREADABLE if knowledge.find(entry_id) else "There is no such entry.")
    entry = knowledge.find(entry_id)
    return EntryView(
        id=entry_id,
        file=stood.file if stood else draft.file if draft else "",
        line=stood.line if stood else 0,
        served=_served(entry, today) if entry else Served.DRAFT,
        text=stood.text if stood else "",
        values=(values_of(stood.text) if stood else None) or {},
        draft=draft,
    )


def usual_file(snapshot: Snapshot) -> str:
    """Where most entries are."""
    return max(
        snapshot.files, key=lambda name: (snapshot.in_file(name), name), default=_FIRST_FILE
    )


def free_id(taken: Collection[str]) -> str:
    """An id that is not taken; the admin gives it a better one."""
    number = len(taken) + 1
    while f"entry-{number}" in taken:
        number += 1
    return f"entry-{number}"


def _served(entry: Entry, today: date) -> Served:
    if entry.valid_from and today < entry.valid_from:
        return Served.SCHEDULED
    return Served.LAPSED if entry.valid_until and today > entry.valid_until else Served.LIVE


def _mark(draft: Draft | None) -> DraftMark | None:
    return (
        None
        if draft is None
        else DraftMark(
            kind=draft.kind,
            author_id=draft.author_id,
            author_name=draft.author_name,
            updated_at=draft.updated_at,
            version=draft.version,
        )
    )


def _drafted(draft: Draft, lang: str) -> ListedEntry:
    values = draft.values or {}
    variants = values.get("variants")
    return ListedEntry(
        id=draft.entry_id,
        question=str(values.get("question") or ""),
        category=str(values.get("category") or ""),
        lang=lang,
        languages=(lang,),
        file=draft.file,
        line=0,
        served=Served.DRAFT,
        variants=len(variants) if isinstance(variants, list) else 0,
        tests=0,
        draft=_mark(draft),
    )
