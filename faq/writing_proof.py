"""Proves that a changed file says what was meant, and nothing else."""

from faq.writing_layout import read_tree, same_tree
from faq.yamltree import List, Node, Table, Text, Unreadable


def is_right(old: str, new: str, file: str, entry_id: str, snippet: str | None) -> bool:
    """Whether the new text says what was meant: the other entries and keys as before."""
    try:
        before, after = read_tree(old, file), read_tree(new, file)
        entry = None if snippet is None else read_tree(snippet, file)
    except Unreadable:
        return False
    rest, others = _split(before, entry_id)
    new_rest, new_others = _split(after, _id_of(entry) if entry else entry_id)
    return (
        _same_each(rest, new_rest)
        and _same_each(others, new_others)
        and (entry is None or _holds(after, entry))
    )


def _split(tree: Node | None, entry_id: str) -> tuple[list[Node], list[Node]]:
    """What stands beside the entries, and the entries but one."""
    if not isinstance(tree, Table):
        return [], []
    entries = tree.values.get("entries")
    items = entries.items if isinstance(entries, List) else []
    rest: list[Node] = []
    for key, value in tree.values.items():
        if key != "entries":
            rest += [tree.keys[key], value]
    return rest, [item for item in items if not entry_id or _id_of(item) != entry_id]


def _same_each(one: list[Node], other: list[Node]) -> bool:
    return len(one) == len(other) and all(map(same_tree, one, other))


def _holds(tree: Node | None, entry: Node) -> bool:
    entries = tree.values.get("entries") if isinstance(tree, Table) else None
    items = entries.items if isinstance(entries, List) else []
    return sum(same_tree(item, entry) for item in items) == 1


def _id_of(node: Node | None) -> str:
    found = node.values.get("id") if isinstance(node, Table) else None
    return found.value.strip() if isinstance(found, Text) else ""
