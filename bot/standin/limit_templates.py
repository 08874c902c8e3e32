"""What LINE accepts as a template: buttons, confirm, carousel and image carousel."""

from bot.standin.counting import count_clusters
from bot.standin.limit_actions import check_action
from bot.standin.probe import Probe

_LABEL = 20
_PICTURE = ("imageAspectRatio", "imageSize")


def check_template(probe: Probe) -> None:
    kind = probe.at("type").value
    checks = {
        "buttons": _check_buttons,
        "confirm": _check_confirm,
        "carousel": _check_carousel,
        "image_carousel": _check_image_carousel,
    }
    check = checks.get(kind) if isinstance(kind, str) else None
    if check is None:
        probe.at("type").fail("unknown kind of template")
    else:
        check(probe)


def _check_buttons(probe: Probe) -> None:
    probe.is_object(
        ("type", "text", "actions"),
        ("thumbnailImageUrl", *_PICTURE, "imageBackgroundColor", "title", "defaultAction"),
    )
    _check_picture_form(probe)
    _check_card(probe, text_most=160, actions_most=4)


def _check_confirm(probe: Probe) -> None:
    probe.is_object(("type", "text", "actions"))
    probe.optional("text", lambda at: at.text(240, count=count_clusters))
    probe.optional("actions", lambda at: _check_actions(at, least=2, most=2))


def _check_carousel(probe: Probe) -> None:
    probe.is_object(("type", "columns"), _PICTURE)
    _check_picture_form(probe)
    if not probe.has("columns"):
        return
    columns = probe.at("columns").items(1, 10)
    for column in columns:
        column.is_object(
            ("text", "actions"),
            ("thumbnailImageUrl", "imageBackgroundColor", "title", "defaultAction"),
        )
        _check_card(column, text_most=120, actions_most=3)
    if len({_column_form(column) for column in columns}) > 1:
        probe.at("columns").fail("must be alike in number of actions, title and image")


def _check_image_carousel(probe: Probe) -> None:
    probe.is_object(("type", "columns"))
    for column in probe.at("columns").items(1, 10) if probe.has("columns") else []:
        column.is_object(("imageUrl", "action"))
        column.optional("imageUrl", Probe.https)
        column.optional("action", lambda at: check_action(at, label_most=12, label_needed=False))


def _check_card(probe: Probe, *, text_most: int, actions_most: int) -> None:
    adorned = probe.has("title") or probe.has("thumbnailImageUrl")
    most = 60 if adorned else text_most
    probe.optional("text", lambda at: at.text(most, count=count_clusters))
    probe.optional("title", lambda at: at.text(40, count=count_clusters))
    probe.optional("thumbnailImageUrl", Probe.https)
    probe.optional("imageBackgroundColor", lambda at: at.pattern("#[0-9A-Fa-f]{6}", "#RRGGBB"))
    probe.optional(
        "defaultAction", lambda at: check_action(at, label_most=_LABEL, label_needed=False)
    )
    probe.optional("actions", lambda at: _check_actions(at, least=1, most=actions_most))


def _check_actions(probe: Probe, *, least: int, most: int) -> None:
    for action in probe.items(least, most):
        check_action(action, label_most=_LABEL)


def _check_picture_form(probe: Probe) -> None:
    probe.optional("imageAspectRatio", lambda at: at.choice("rectangle", "square"))
    probe.optional("imageSize", lambda at: at.choice("cover", "contain"))


def _column_form(column: Probe) -> tuple[int, bool, bool]:
    actions = column.at("actions").value
    count = len(actions) if isinstance(actions, list) else 0
    return count, column.has("title"), column.has("thumbnailImageUrl")
