"""Recurrence of calendar entries: iCalendar texts → the days on which an entry recurs. dateutil works them out, within bounds of number and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

MOST = 52
"""How many days a series has at most, the first not counted."""
_HORIZON = timedelta(days=40 * 365 + 10)
"""How far from the first day a series goes at most: forty years."""
_CALENDAR = range(1901, 2100)
"""The years in which entries recur: their calendar repeats every 28 years, without exception."""
_LAST_CYCLE = range(9932, 9960)
"""The last 28 years of the calendar that have forty more after them."""

_MOST_LISTED = 31
"""How many values a part of a rule has at most."""
_MOST_POSITIONS = 7
_MOST_DATES = 250
_MOST_TEXT = 4000
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[1-9][0-9]{0,3}", re.ASCII)
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?", re.ASCII)
_NAME = re.compile(r"(RRULE|EXRULE):", re.ASCII)
_FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_POSITIONS = {"WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
_BOUNDS = {"BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31), "BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53)}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYSETPOS", *_BOUNDS}


class Unreadable(ValueError):
    """A text that is no rule or list of dates that is known here; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule in whole days.

    Attributes:
        count: how many days it gives, the first included; None: no such bound.
        until: the last day that it may give; None: no such bound.
        options: the rest, as dateutil's `rrule` takes it.
    """

    count: int | None = None
    until: date | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> bool:
        """Whether the rule itself names an end."""
        return self.count is not None or self.until is not None


def parse_rule(text: str) -> Rule:
    """Return the rule that `FREQ=MONTHLY;BYDAY=1MO;COUNT=3` stands for.

    Raises:
        Unreadable: the text is no rule, or says more than days.

    Source: iCalendar, RFC 2445. Assumed: rules of hours, and positions among the days of a day, are refused.
    """
    given = _parts(text)
    options: dict[str, Any] = {name.lower(): _numbers(given, name, *bounds) for name, bounds in _BOUNDS.items() if name in given}
    if "BYSETPOS" in given:
        most = _POSITIONS.get(given["FREQ"], 0)
        options["bysetpos"] = _numbers(given, "BYSETPOS", -most, most)
    if given.get("WKST", "MO") not in _WEEKDAYS:
        raise Unreadable("a weekday as WKST")
    options |= {"interval": _one(given, "INTERVAL", 999) or 1, "wkst": _WEEKDAYS.index(given.get("WKST", "MO"))}
    options |= _weekdays(given) | _frequency(given, options)
    return Rule(_one(given, "COUNT", 9999), _parse_day(given["UNTIL"]) if "UNTIL" in given else None, options)


def _frequency(given: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how often the rule applies. A rule of every day is one of all days of every month: dateutil is faster with these."""
    if given["FREQ"] == "DAILY" and options["interval"] == 1:
        return {"freq": MONTHLY, "bymonthday": options.get("bymonthday", range(1, 32))}
    return {"freq": _FREQUENCIES[given["FREQ"]]}


def _weekdays(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the weekdays of the rule, as dateutil takes them.

    It joins those with an ordinal and those without by "and": beside one of the first, a plain weekday is written as all of its ordinals.
    """
    if "BYDAY" not in given:
        return {}
    found = [_weekday(one) for one in _listed(given, "BYDAY")]
    if given["FREQ"] in ("DAILY", "WEEKLY"):
        return {"byweekday": [day for _, day in found]}
    most = 5 if given["FREQ"] == "MONTHLY" or "BYMONTH" in given else 53
    mixed = any(ordinal for ordinal, _ in found)
    ordinals = {day: range(1, most + 1) if mixed else (None,) for ordinal, day in found if not ordinal}
    chosen = [weekday(day, ordinal) for ordinal, day in found if ordinal]
    return {"byweekday": chosen + [weekday(day, ordinal) for day, every in ordinals.items() for ordinal in every]}


def _parts(text: str) -> dict[str, str]:
    """Return the parts of a rule by name: known ones, each once, with a FREQ."""
    plain = _NAME.sub("", _bounded(text), count=1).rstrip(";")
    pairs = [part.partition("=")[::2] for part in plain.split(";")]
    given = dict(pairs)
    if given.keys() - _PARTS or len(given) < len(pairs) or given.get("FREQ") not in _FREQUENCIES:
        raise Unreadable(f"a rule with FREQ ({', '.join(_FREQUENCIES)}) and, once each, {', '.join(sorted(_PARTS - {'FREQ'}))}")
    return given


def _bounded(text: str) -> str:
    if len(text) > _MOST_TEXT:
        raise Unreadable(f"at most {_MOST_TEXT} characters")
    return text.strip().upper()


def _listed(given: Mapping[str, str], name: str) -> list[str]:
    texts = given[name].split(",")
    most = _MOST_POSITIONS if name == "BYSETPOS" else _MOST_LISTED
    if len(texts) > most:
        raise Unreadable(f"at most {most} values as {name}")
    return texts


def _one(given: Mapping[str, str], name: str, most: int) -> int | None:
    found = _numbers(given, name, 1, most) if name in given else []
    if len(found) > 1:
        raise Unreadable(f"one number as {name}")
    return found[0] if found else None


def _numbers(given: Mapping[str, str], name: str, least: int, most: int) -> list[int]:
    texts = _listed(given, name)
    if most < 1:
        raise Unreadable(f"no {name} beside FREQ=DAILY")
    if not all(_NUMBER.fullmatch(text) and least <= int(text) <= most for text in texts):
        raise Unreadable(f"numbers from {least} to {most}, but not 0, as {name}")
    return list(map(int, texts))


def _weekday(text: str) -> tuple[int, int]:
    """Return the ordinal, 0 without one, and the number of a weekday such as `-1FR`."""
    match = _DAY.fullmatch(text)
    if match is None or abs(int(match[1] or 0)) > 53:
        raise Unreadable("weekdays as BYDAY")
    return int(match[1] or 0), _WEEKDAYS.index(match[2])


def parse_days(text: str) -> list[date]:
    """Return the days of a comma list such as `20180621,20180628T100000`; times of day are left out.

    Raises:
        Unreadable: one is no date, or there are too many.
    """
    listed = _bounded(text).rpartition(":")[2].split(",")
    if len(listed) > _MOST_DATES:
        raise Unreadable(f"at most {_MOST_DATES} dates")
    return [_parse_day(one.strip()) for one in listed]


def _parse_day(text: str) -> date:
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise Unreadable("a date as YYYYMMDD or YYYYMMDDTHHMMSS")


def series_days(texts: Mapping[str, Any], first: date) -> list[date]:
    """Return the days after the first on which a series goes on, ascending, at most `MOST`.

    The first day counts for COUNT, whether or not the rule admits it.

    Args:
        texts: a calendar entry, with `rrule`, `rdate`, `exrule` and `exdate`, each None or empty without one.

    Raises:
        Unreadable: one of them is no rule or list of dates.

    Source: iCalendar, RFC 2445. Assumed: the bounds of number and years, and that an exception counts for the whole day.
    """
    days: set[date] = set(_iter_days(parse_rule(texts["rrule"]), first, MOST)) if texts["rrule"] else set()
    days |= {day for day in parse_days(texts["rdate"]) if day > first} if texts["rdate"] else set()
    if texts["exrule"] and days:
        last = max(days)
        excluded: Iterator[date] = takewhile(lambda day: day <= last, _iter_days(parse_rule(texts["exrule"]), first, None))
        days.difference_update(excluded)
    days -= set(parse_days(texts["exdate"])) if texts["exdate"] else set()
    return sorted(days)[:MOST]


def _iter_days(rule: Rule, first: date, most: int | None) -> Iterator[date]:
    """Yield the days of the rule after the first, ascending, at most so many."""
    bounds = [bound for bound in (most, None if rule.count is None else rule.count - 1) if bound is not None]
    return islice(_iter_matching(rule, first), min(bounds, default=None))


def _iter_matching(rule: Rule, first: date) -> Iterator[date]:
    """Yield the days after the first that the rule admits, within the horizon.

    dateutil asks for the end only when it has found a day, and so searches for one that never comes up to the year 9999. Therefore it works in the
    last years of the calendar, whose days lie as those of the series do.
    """
    if first.year not in _CALENDAR:
        return
    away = _same_day_late(first) - first
    last = min(first + _HORIZON, rule.until or date.max, date(_CALENDAR[-1], 12, 31))
    for moment in rrule(dtstart=datetime.combine(first + away, time.min), **rule.options):
        day = moment.date() - away
        if day > last:
            return
        if day > first:
            yield day


def _same_day_late(day: date) -> date:
    """Return the day of the last years with the same weekday, in a year as far from a leap year."""
    same = (year for year in _LAST_CYCLE if year % 4 == day.year % 4 and date(year, 1, 1).weekday() == date(day.year, 1, 1).weekday())
    return day.replace(year=next(same))
