"""Which version of the privacy notice a customer has been shown, and when."""

from bot.speaking import Scene
from bot.store import Tx


def lacks_notice(tx: Tx, scene: Scene) -> bool:
    """Whether there is a notice that this customer has not seen in its present version."""
    settings = scene.context.settings
    if not settings.privacy_url:
        return False
    row = tx.one("SELECT notice_version FROM customer WHERE id = :id", id=scene.customer.id)
    return row is None or row["notice_version"] != settings.privacy_version


def note_notice(tx: Tx, scene: Scene) -> None:
    """It stands in what is said now."""
    tx.run(
        "UPDATE customer SET notice_at = :now, notice_version = :version WHERE id = :id",
        id=scene.customer.id,
        now=scene.now,
        version=scene.context.settings.privacy_version,
    )
