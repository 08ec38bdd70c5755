"""Saved searches: whose they are, and the query that a list answers when it is asked for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.stored import Unparsable
from mockserver.view import Visibility
from mockserver.worlds import Session

SEARCHES = "searches"


def own_or_shared_searches(session: Session) -> Callable[[Record], Visibility]:
    """Return how much a caller sees: the searches that the caller saved or that are shared.

    Observed: recordings of 2024. Assumed: sharing.
    """
    return lambda record: Visibility.WHOLE if _is_seen(session, record) else Visibility.HIDDEN


def apply_search(session: Session, kind: str, search_id: int) -> list[tuple[str, str]]:
    """Return the query parameters that a saved search stands for, as pairs of a query string: its conditions, and `sort` if it has an order.

    Args:
        kind: the collection that is listed: `deals`, `people`, `companies`, `notes` or `calendar_entries`.

    Returns:
        `conditions[person_status]=75` once for each value of a list, `conditions[deal_value][from]=100` for each end of a range. They narrow what the
        request itself asks for; its own `sort` wins.

    Raises:
        Unparsable: the caller sees no such search, or it finds records of another kind.

    Source: the changelog, 2015-02-24. Observed: clients. Assumed: how it goes with other parameters, and the refusal.
    """
    search = session.get(SEARCHES, search_id)
    if search is None or not _is_seen(session, search) or search["search_type"] != kind:
        raise Unparsable(f"the id of a saved search of {kind}")
    pairs = [pair for name, wanted in search["query"].items() for pair in _iter_pairs(f"conditions[{name}]", wanted)]
    return [*pairs, ("sort", search["sort"])] if search["sort"] else pairs


def _is_seen(session: Session, search: Record) -> bool:
    return bool(search["is_shared"] or search["user_id"] == session.caller)


def _iter_pairs(name: str, wanted: Any) -> Iterator[tuple[str, str]]:
    if isinstance(wanted, Mapping):
        yield from ((f"{name}[{end}]", _written(value)) for end, value in wanted.items())
        return
    yield from ((name, _written(value)) for value in (wanted if isinstance(wanted, list) else [wanted]))


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
