"""Every act that the audit log records, in the groups by which people look for them."""

from collections.abc import Mapping
from typing import Final

#: Group → its acts, in the order of the page. A test compares them with what the code records.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "conversation": (
        "escalate", "withdraw", "claim", "transfer", "release", "absent", "resolve", "reopen",
        "review_done",
    ),
    "message": ("reply", "note", "erase_message"),
    "callback": ("callback_book", "callback_done", "callback_cancel", "callback_unsent"),
    "trouble": ("send_again", "leave_unsent", "retry_event", "dismiss_event"),
    "knowledge": (
        "knowledge_new", "knowledge_edit", "knowledge_delete", "knowledge_rollback",
        "knowledge_outside",
    ),
    "gap": (
        "gap_entry", "gap_variant", "gap_out", "gap_undo", "gap_part", "gap_merge", "pick_added",
        "pick_dismissed", "pick_open",
    ),
    "login": (
        "login", "login_second", "login_outside", "logout", "logout_everywhere", "end_login",
        "presence", "change_password", "second_factor_add", "second_factor_remove",
        "second_factor_wrong", "recovery_codes", "recovery_code", "outside_bind",
        "outside_unbind",
    ),
    "staff": (
        "staff_add", "staff_role", "staff_active", "staff_details", "staff_password",
        "staff_second_factor",
    ),
    "customer": ("export_customer", "erase_customer", "export_results"),
}  # fmt: skip
ACTS: Final = frozenset(act for acts in GROUPS.values() for act in acts)
