"""Opening hours are read the way people write them; mistakes are told with their remedy."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from handoff.hours import Span
from handoff.hours_parse import HoursError, parse_days, parse_spans, parse_weekdays, render_span
from handoff.hours_settings import HoursSettings


def minutes(text):
    return [(span.start, span.end) for span in parse_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00-12:00, 13:00-17:30", [(540, 720), (780, 1050)]),
        ("13:00-17:30,9:00-12:00", [(540, 720), (780, 1050)]),
        ("９：００〜１２：００、１３：００～１７：３０", [(540, 720), (780, 1050)]),
        ("18:00–26:00", [(1080, 1560)]),
        ("0:00-48:00", [(0, 2880)]),
        ("24h", [(0, 1440)]),
        ("closed", []),
        ("休み", []),
    ],
)
def test_spans_are_read_as_people_write_them(text, expected):
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon", (0,)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("sat-mon", (5, 6, 0)),
        ("mon, wed", (0, 2)),
        ("月〜金", (0, 1, 2, 3, 4)),
        ("土日", (5, 6)),
    ],
)
def test_days_of_the_week_are_read_alone_in_lists_and_ranges(text, expected):
    assert parse_weekdays(text) == expected


def test_company_days_are_read_with_and_without_a_year():
    assert [parse_days(t) for t in ("2026-12-29..2027-01-03", "2026-12-28", "12-29..01-03")] == [
        (date(2026, 12, 29), date(2027, 1, 3), False),
        (date(2026, 12, 28), date(2026, 12, 28), False),
        (date(2024, 12, 29), date(2024, 1, 3), True),
    ]


@pytest.mark.parametrize(
    ("read", "text", "remedy"),
    [
        (parse_spans, "9-17", "write it like 9:00-17:30"),
        (parse_spans, "9:00-17:75", "minutes go from 00 to 59"),
        (parse_spans, "18:00-2:00", "write 18:00-26:00"),
        (parse_spans, "25:00-26:00", "give it to the next day as 1:00-2:00"),
        (parse_spans, "9:00-49:00", "split it over the days"),
        (parse_spans, "9:00-12:00,11:00-13:00", "9:00-12:00 and 11:00-13:00 overlap"),
        (parse_spans, "9:00-12:00,", '"" is not a span'),
        (parse_spans, "9" * 1_000, "1000 characters are too many"),
        (parse_weekdays, "moonday", "use mon, tue, wed"),
        (parse_weekdays, "weekdays-sun", "use mon, tue, wed"),
        (parse_days, "29/12/2026", "write 2026-12-29"),
        (parse_days, "2026-02-30", '"2026-02-30" is not in the calendar'),
        (parse_days, "2027-01-03..2026-12-29", "put the earlier day first"),
        (parse_days, "2026-12-29..01-03", "write the year at both ends"),
        (parse_days, "2026-12-29..2037-01-03", "longer than a year"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(read, text, remedy):
    with pytest.raises(HoursError) as told:
        read(text)

    assert remedy in str(told.value)


def test_a_span_is_written_the_way_it_is_read():
    assert render_span(Span(start=5, end=1_565)) == "0:05-26:05"


def test_settings_may_be_lists_and_dates_as_yaml_makes_them():
    lists = HoursSettings.model_validate(
        {
            "week": {"mon": ["9:00-12:00", "13:00-17:00"], "tue": [], "wed": False},
            "days": ["2026-12-29..2027-01-03: closed", {date(2026, 12, 28): "9:00-12:00"}],
        }
    )
    texts = HoursSettings.model_validate(
        {
            "week": {"mon": "9:00-12:00, 13:00-17:00", "tue": "closed"},
            "days": {"2026-12-29..2027-01-03": "closed", "2026-12-28": "9:00-12:00"},
        }
    )

    assert lists.hours == texts.hours
    assert lists.hours != HoursSettings().hours


def test_hours_left_out_are_those_of_an_ordinary_office():
    hours = HoursSettings().hours

    assert (hours.zone.key, hours.holidays, hours.days) == ("Asia/Tokyo", (), ())
    assert [len(spans) for spans in hours.week] == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"week": {"mon": "9:00"}}, 'week: mon: "9:00" is not a span'),
        ({"week": {"mon": "24h", "daily": "24h"}}, '"daily" sets a day that another line sets'),
        ({"zone": "Tokyo"}, '"Tokyo" is not a time zone; use a name such as Asia/Tokyo'),
        ({"zone": "../../etc/passwd"}, "is not a time zone"),
        ({"holidays": "maybe"}, 'holidays: "maybe" is not a span'),
        ({"days": ["2026-12-29: closed", "2026-12-29: 24h"]}, "is written twice; keep one"),
        (
            {"days": {"2026-12-29..2026-12-30": "closed", "2026-12-30..2026-12-31": "24h"}},
            "ranges of the same length that overlap",
        ),
        ({"days": {"12-29": "open"}}, 'days: 12-29: "open" is not a span'),
    ],
)
def test_settings_tell_where_the_mistake_stands(settings, message):
    with pytest.raises(ValidationError) as told:
        HoursSettings.model_validate(settings)

    assert message in told.value.errors()[0]["msg"]


def test_an_unknown_setting_is_refused_by_its_name():
    with pytest.raises(ValidationError) as told:
        HoursSettings.model_validate({"weeks": {}})

    assert told.value.errors()[0]["loc"] == ("weeks",)


def test_the_documented_example_is_read():
    page = (Path(__file__).parents[2] / "docs/reference/hours.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]

    hours = HoursSettings.model_validate(yaml.safe_load(example)).hours

    assert [[render_span(span) for span in spans] for spans in hours.week] == [
        *[["9:00-12:00", "13:00-17:30"]] * 5,
        ["10:00-15:00"],
        [],
    ]
    assert [(day.length, day.yearly, len(day.spans)) for day in hours.days] == [
        (6, False, 0),
        (1, False, 1),
        (3, True, 0),
    ]
