"""The audit log only grows, and tells who did what."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.clock import DAY_MS, now_ms
from bot.store import Tx
from tests.access.access_house import NEW_PASSWORD, AccessHouse
from tests.handoff.pages.house import PASSWORD

CHANGES = (
    "UPDATE audit_log SET agent_id = 9",
    "UPDATE audit_log SET detail = '{}' WHERE id = 1",
    "DELETE FROM audit_log",
    "DELETE FROM audit_log WHERE id = 1",
    "REPLACE INTO audit_log (id, at, action, detail) VALUES (1, 0, 'nothing', '{}')",
    "INSERT INTO audit_log (id, at, action) VALUES (1, 0, 'x') ON CONFLICT DO UPDATE SET at = 0",
)


@pytest.mark.promise("P42")
@pytest.mark.parametrize("sql", CHANGES)
def test_no_statement_changes_what_was_written(
    empty_database: Path, tmp_path: Path, sql: str
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(empty_database.read_bytes())
    add = f"INSERT INTO audit_log (at, action, detail) VALUES ({now_ms()}, 'login', '{{}}')"
    with closing(sqlite3.connect(path)) as database:
        database.execute(add)
        database.commit()
        before = database.execute("SELECT * FROM audit_log").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="the audit log only grows"):
            database.execute(sql)
        assert database.execute("SELECT * FROM audit_log").fetchall() == before
        database.execute(add)
        assert database.execute("SELECT id FROM audit_log").fetchall() == [(1,), (2,)]


@pytest.mark.promise("P42")
@pytest.mark.parametrize(("days", "kept"), [(0, True), (364, True), (367, False)])
def test_only_what_is_older_than_a_year_may_go(
    empty_database: Path,
    tmp_path: Path,
    days: int,
    kept: bool,  # noqa: FBT001 - a table of cases
) -> None:
    """Retention takes old entries away; no setting reaches younger ones."""
    path = tmp_path / "copy.db"
    path.write_bytes(empty_database.read_bytes())
    with closing(sqlite3.connect(path)) as database:
        at = now_ms() - days * DAY_MS
        database.execute(f"INSERT INTO audit_log (at, action, detail) VALUES ({at}, 'x', '{{}}')")
        with suppress(sqlite3.IntegrityError):
            database.execute("DELETE FROM audit_log")
        assert database.execute("SELECT COUNT(*) FROM audit_log").fetchone() == (int(kept),)


@pytest.mark.promise("P42")
async def test_the_application_cannot_change_it_either(access: AccessHouse) -> None:
    def change(tx: Tx) -> None:
        tx.run("DELETE FROM audit_log")

    before = await access.rows("SELECT * FROM audit_log")
    assert before
    with pytest.raises(Exception, match="the audit log only grows"):
        await access.house.store.write(change)
    assert await access.rows("SELECT * FROM audit_log") == before


@pytest.mark.promise("P42")
async def test_what_people_do_stands_in_it(access: AccessHouse) -> None:
    agent, admin = access["agent"], access["admin"]
    [last] = await access.rows("SELECT MAX(id) AS id FROM audit_log")
    number, fields = agent.agent_id, {"name": "x", "capacity": "5"}
    await agent.send("/desk/api/conversations/1/claim")
    await admin.ask("GET", "/results.csv")
    await admin.form(f"/staff/{number}", role="supervisor", **fields)
    renewed = await agent.form("/account/password", current=PASSWORD, new=NEW_PASSWORD)
    agent.login = renewed.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    await agent.form("/logout")
    await admin.form(f"/staff/{number}/password")
    await admin.form(f"/staff/{number}/logins/end")
    await admin.form(f"/staff/{number}/disable")
    told = await access.rows(
        "SELECT agent_id, action FROM audit_log WHERE id > :last ORDER BY id", last=last["id"]
    )
    by = {agent.agent_id: "agent", admin.agent_id: "admin"}
    assert [(by.get(row["agent_id"]), row["action"]) for row in told] == [
        ("agent", "claim"),
        ("admin", "export_results"),
        ("admin", "staff_details"),
        ("admin", "staff_role"),
        ("agent", "change_password"),
        ("agent", "logout"),
        ("admin", "staff_password"),
        ("admin", "end_login"),
        ("admin", "staff_active"),
        (None, "absent"),
    ]
    assert "secret" not in str(await access.rows("SELECT detail FROM audit_log"))
