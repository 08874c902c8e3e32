"""Names are learnt beside the talk, from those who show them."""

import pytest
from media_rows import HANA, NOW, add_customer

from bot.clock import DAY_MS
from bot.hints import DESK, Hint
from bot.profiles import BATCH, Profile, ProfileUnavailable, look_up_profiles

SHOWN = Profile(name="山田 花子", picture="https://profile.line-scdn.net/a", lang="en-US")


class Directory:
    """Profiles by id; an error is raised, anything else returned."""

    def __init__(self, found=None, *, default=None):
        self.found = found or {}
        self.default = default
        self.asked = []
        self.during = None

    async def find_profile(self, customer_key):
        self.asked.append(customer_key)
        if self.during is not None:
            await self.during()
        answer = self.found.get(customer_key, self.default)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def look_up(store, hints):
    async def look_up(source, now=NOW):
        return await look_up_profiles(store, source, hints, now=now)

    return look_up


ROWS = "SELECT name, picture, lang, profile_at FROM customer WHERE id = 1"


async def test_a_profile_is_stored_and_the_desk_told(look_up, hints, ask):
    with hints.listen(DESK) as listener:
        assert await look_up(Directory({HANA: SHOWN})) == 1
        assert await listener.next(0) == [
            Hint(topic=DESK, kind="conversation", conversation_id=101)
        ]
    assert await ask(ROWS) == [
        {"name": SHOWN.name, "picture": SHOWN.picture, "lang": "en", "profile_at": NOW}
    ]


async def test_who_shows_nothing_is_asked_again_in_a_week(look_up, store, ask):
    nobody = Directory()
    assert await look_up(nobody) == 1
    assert await ask(ROWS) == [{"name": None, "picture": None, "lang": "ja", "profile_at": NOW}]

    def come_back(tx, at):
        tx.run("UPDATE customer SET seen_at = :at", at=at)

    for days, asked in ((6, 0), (8, 1)):
        await store.write(come_back, NOW + days * DAY_MS)
        assert await look_up(nobody, NOW + days * DAY_MS) == asked


async def test_a_later_profile_changes_the_name_and_not_the_language(look_up, store, ask):
    await look_up(Directory({HANA: SHOWN}))
    later = NOW + 8 * DAY_MS
    await store.write(lambda tx: tx.run("UPDATE customer SET seen_at = :at", at=later))
    await look_up(Directory({HANA: Profile(name="花子", lang="ja")}), later)
    assert await ask(ROWS) == [
        {"name": "花子", "picture": None, "lang": "en", "profile_at": later}
    ]


@pytest.mark.parametrize("lang", [None, "th", "zh-Hant", ""])
async def test_a_language_we_do_not_speak_changes_nothing(look_up, ask, lang):
    await look_up(Directory({HANA: Profile(name="花子", lang=lang)}))
    assert [row["lang"] for row in await ask(ROWS)] == ["ja"]


async def test_only_people_of_line_who_wrote_lately_are_asked_about(look_up, store):
    def others(tx):
        add_customer(tx, 2, channel="web")
        add_customer(tx, 3, seen_at=NOW - 2 * DAY_MS)
        add_customer(tx, 4, erased_at=NOW, external_id=None)
        add_customer(tx, 5, external_id=None)
        add_customer(tx, 6, profile_at=NOW - DAY_MS)
        add_customer(tx, 7, profile_at=NOW - 8 * DAY_MS)

    await store.write(others)
    directory = Directory()
    assert await look_up(directory) == 2
    # who has never been asked about comes first
    assert directory.asked == [HANA, f"U{7:032x}"]


async def test_erased_while_we_asked_they_stay_nameless(look_up, store, ask):
    directory = Directory({HANA: SHOWN})

    async def erase():
        await store.write(
            lambda tx: tx.run("UPDATE customer SET erased_at = :now, external_id = NULL", now=NOW)
        )

    directory.during = erase
    await look_up(directory)
    assert [row["name"] for row in await ask(ROWS)] == [None]


async def test_one_failure_costs_the_others_nothing(look_up, store, ask):
    await store.write(add_customer, 2, seen_at=NOW + 1)
    directory = Directory({HANA: SHOWN}, default=ProfileUnavailable())
    assert await look_up(directory) == 1
    assert [row["name"] for row in await ask(ROWS)] == [SHOWN.name]


async def test_when_line_is_away_nobody_is_asked_for_long(look_up, store, ask):
    def many(tx):
        for number in range(2, 60):
            add_customer(tx, number)

    await store.write(many)
    away = Directory(default=ProfileUnavailable())
    assert await look_up(away) == 0
    assert len(away.asked) == 3
    assert await look_up(Directory()) == BATCH
