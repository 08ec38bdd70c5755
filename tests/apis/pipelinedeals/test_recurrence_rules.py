"""Recurrence rules by themselves: what they give, what is no rule, and what they cost at most."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.apis.pipelinedeals.recurrence import MOST, Unreadable, parse_days, parse_rule, series_days

FIRST = date(2018, 6, 21)
NEVER = (
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYWEEKNO=53;BYYEARDAY=100",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=1,2,3,4,5,6,7",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9999",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;BYSETPOS=366,-366;BYMONTH=2",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
)


def days(first: date = FIRST, **texts: str) -> list[date]:
    """Return the days after the first of a series with these texts."""
    return series_days({"rrule": None, "rdate": None, "exrule": None, "exdate": None, **texts}, first)


# --- what a rule gives ---


def rules() -> st.SearchStrategy[str]:
    """Draw rules that dateutil reads as RFC 2445 does: it joins weekdays with and without an ordinal by "and"."""
    weekday = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
    frequency = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = {
        "INTERVAL": st.integers(1, 5).map(str),
        "BYDAY": st.lists(weekday, min_size=1, max_size=3, unique=True).map(",".join),
        "BYMONTH": st.integers(1, 12).map(str),
        "BYMONTHDAY": st.sampled_from(["1", "13", "28", "-1"]),
        "UNTIL": st.dates(date(2019, 1, 1), date(2070, 1, 1)).map("{:%Y%m%d}".format),
        "WKST": weekday,
    }
    return st.tuples(frequency, st.fixed_dictionaries({}, optional=parts)).map(
        lambda drawn: ";".join([f"FREQ={drawn[0]}", *(f"{name}={value}" for name, value in drawn[1].items())])
    )


def unbounded(text: str, first: date) -> Iterator[date]:
    """Yield the days after the first as dateutil itself finds them, of the next thirty-nine years."""
    found = (moment.date() for moment in rrulestr(text, dtstart=datetime.combine(first, datetime.min.time())))
    return (day for day in takewhile(lambda day: day < first + timedelta(days=39 * 365), found) if day > first)


@settings(max_examples=40)
@given(rules(), st.dates(date(1950, 1, 1), date(2055, 12, 31)))
def test_a_rule_gives_the_days_that_dateutil_finds(text: str, first: date) -> None:
    expected = list(islice(unbounded(text, first), MOST))
    found = [day for day in days(first, rrule=text) if day < first + timedelta(days=39 * 365)]
    assert found == expected


@given(rules(), st.dates())
def test_a_series_is_bounded_in_number_and_time(text: str, first: date) -> None:
    found = days(first, rrule=text)
    assert found == sorted(set(found))
    assert len(found) <= MOST
    assert all(first < day <= first + timedelta(days=40 * 366) for day in found)


def test_weekdays_with_and_without_an_ordinal_are_alternatives() -> None:
    assert days(rrule="FREQ=MONTHLY;BYDAY=SU,1MO;COUNT=6") == [date(2018, month, day) for month, day in ((6, 24), (7, 1), (7, 2), (7, 8), (7, 15))]


def test_an_exception_beyond_the_number_of_entries_counts() -> None:
    assert len(days(rrule="FREQ=MONTHLY", exrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")) == 0


# --- what is no rule ---


@pytest.mark.parametrize(
    "text",
    [
        "",
        "weekly",
        "COUNT=3",
        "FREQ=HOURLY",
        "FREQ=MINUTELY;COUNT=2",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1,2",
        "FREQ=DAILY;COUNT=3;COUNT=4",
        "FREQ=DAILY;BYHOUR=10",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=WEEKLY;BYSETPOS=8",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=YEARLY;BYEASTER=1",
        "FREQ=YEARLY;WKST=1",
        "FREQ=DAILY;UNTIL=20181332",
        "FREQ=DAILY\nDTSTART:20180101",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 33))),
        "FREQ=YEARLY;BYSETPOS=1,2,3,4,5,6,7,8",
        "FREQ=DAILY;" + "COUNT=3" + " " * 5000,
    ],
)
def test_what_is_no_rule_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_rule(text)


@pytest.mark.parametrize("text", ["", "today", "2018-06-21", "20180631", "20180621,", "20180621T10", ",".join(["20180621"] * 251)])
def test_what_is_no_list_of_days_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_days(text)


@given(st.text(alphabet="FREQ=DAILYWKMONTH;BYSPU,-+0123456789 :\nT", max_size=60))
def test_any_text_is_a_rule_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        assert parse_rule(text).options["freq"] in range(4)


# --- what it costs ---


@pytest.mark.parametrize("text", NEVER)
def test_a_rule_that_never_applies_costs_milliseconds(text: str) -> None:
    begun = time.process_time()
    assert days(rrule=text) == []
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("text", NEVER)
def test_an_exception_that_never_applies_costs_milliseconds(text: str) -> None:
    begun = time.process_time()
    assert len(days(rrule="FREQ=YEARLY", exrule=text)) == 40
    assert time.process_time() - begun < 0.5
