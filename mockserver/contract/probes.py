"""What takes several requests to judge of a list: filters that are ignored, both directions of an order, pages. Yields events."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.checks import disorders, leaks, refusals
from mockserver.contract.claims import Claims, FilterClaim, ListClaim, OrderClaim, Record, Shown, at_keys, listed_records
from mockserver.contract.client import Client, Reply
from mockserver.contract.events import Event, Finding, Sent, Unjudged
from mockserver.contract.failures import FilterLeak, FilterLoss, PageLoses, PageRepeats, TotalWrong
from mockserver.contract.known import Known
from mockserver.contract.values import Kind, parse_moment, parse_number, satisfies

PHASE = "probes"
MAX_PAGES = 10
_PARENTS = 6
_WORD = re.compile(r"[^\W_]{3,}")
_FORMATS = {"date": r"^\d{4}-\d{2}-\d{2}$", "date-time": r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"}


@dataclass(slots=True)
class Listing:
    """A list as it was read, page after page.

    Attributes:
        complete: whether all of it was read.
        refused: the answer that was no list, if one was not.
    """

    records: list[Record] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    complete: bool = True
    total: Any = None
    refused: Reply | None = None

    @property
    def ids(self) -> list[str]:
        """The records' ids, in order."""
        return [str(record.get("id")) for record in self.records]

    @property
    def curl(self) -> str:
        """The command that asks for the first page."""
        return self.replies[0].curl if self.replies else ""


class ListProbe:
    """Asks one list operation of a target what its document claims."""

    def __init__(self, client: Client, claim: ListClaim, parents: Mapping[str, str]) -> None:
        self._client = client
        self._claim = claim
        self._parents = parents

    def read(self, query: Mapping[str, Any] | None = None, size: int | None = None, max_pages: int = MAX_PAGES) -> Listing:
        """Return the list that a query asks for, in pages of this size (the largest by default), until a page is not full."""
        listing = Listing()
        pages = self._claim.pages
        largest = pages.largest if pages else 0
        for at in range(max_pages):
            asked = pages.query(at, size or largest) if pages else None
            reply = self._client.send("GET", self._claim.place.path, parameters=self._parents, query={**(query or {}), **(asked or {})})
            listing.replies.append(reply)
            if not reply.accepted:
                listing.refused, listing.complete = reply, False
                return listing
            records = listed_records(self._claim, reply.body)
            listing.records += records
            listing.total = at_keys(reply.body, self._claim.total) if self._claim.total else None
            if asked is None or len(records) < (size or largest):
                return listing
        listing.complete = False
        return listing

    def events(self, whole: Listing) -> Iterator[Event]:
        """Yield what comes out of asking for each filter, order and page."""
        if whole.refused is not None:
            yield from self._told(whole)
            return
        yield from self._told(whole)
        yield from self._pages(whole)
        for one in self._claim.filters:
            yield from self._filter(one, whole)
        for order in self._claim.orders:
            yield from self._order(order)

    def _told(self, listing: Listing) -> Iterator[Event]:
        for reply in listing.replies:
            yield Sent(self._claim.label, "GET", PHASE, True, reply.status)
        if listing.refused is not None:
            for failure in refusals(self._claim.place, listing.refused.status, listing.refused.headers):
                yield _finding(failure, "refusals_have_a_rule", listing.refused)

    # --- pages ---

    def _pages(self, whole: Listing) -> Iterator[Event]:
        if self._claim.pages is None or self._claim.pages.query(0, 1) is None:
            return
        if len(whole.records) < 2 or not whole.complete:
            yield Unjudged(self._claim.label, "pages_partition", f"a list of {len(whole.records)} records")
            return
        size = min(max(len(whole.records) // 3, 1), self._claim.pages.largest)
        paged = self.read(size=size)
        yield from self._told(paged)
        if paged.refused is not None:
            return
        for kind, message in _partition(whole, paged):
            yield _finding(
                kind(operation=self._claim.label, subject="pages", message=f"In pages of {size}: {message}"), "pages_partition", paged.replies[-1]
            )
        if whole.total is not None and parse_number(whole.total) != len(whole.records):
            wrong = TotalWrong(
                operation=self._claim.label, subject="total", message=f"The total is {whole.total!r}; there are {len(whole.records)} records"
            )
            yield _finding(wrong, "pages_partition", whole.replies[0])

    # --- filters ---

    def _filter(self, one: FilterClaim, whole: Listing) -> Iterator[Event]:
        choice = choose(one, whole.records)
        if choice is not None and one.shown is not None:
            wanted, witness = choice
            filtered = self.read(one.query(wanted))
            yield from self._told(filtered)
            yield from self._matching(one, one.shown, wanted, witness, filtered)
        elif one.example is not None:
            filtered = self.read(one.query(one.example))
            yield from self._told(filtered)
        else:
            yield Unjudged(self._claim.label, "filters_hold", f"{one.parameter}: no value tells some records from the others")
            return
        if one.default is not None:
            yield from self._by_default(one, whole)
        elif filtered.refused is None and whole.complete and not set(filtered.ids) <= set(whole.ids):
            beyond = sorted(set(filtered.ids) - set(whole.ids))[:3]
            leak = FilterLeak(
                operation=self._claim.label, subject=one.parameter, message=f"{one.parameter}: records {', '.join(beyond)} are not of the list at all"
            )
            yield _finding(leak, "filters_hold", filtered.replies[0])
        if choice is None and one.operator is not None:
            yield Unjudged(
                self._claim.label, "filters_hold", f"{one.parameter}: no value tells some records from the others; only that nothing was added"
            )

    def _by_default(self, one: FilterClaim, whole: Listing) -> Iterator[Event]:
        """Yield what comes out of saying what a filter is by default: the list is the same as without it."""
        said = self.read(one.query(one.default))
        yield from self._told(said)
        if said.refused is None and said.ids != whole.ids:
            message = f"{one.parameter}={one.default!r}: another list than without it, though that is its default"
            yield _finding(FilterLeak(operation=self._claim.label, subject=one.parameter, message=message), "filters_hold", said.replies[0])

    def _matching(self, one: FilterClaim, shown: Shown, wanted: Any, witness: Record, filtered: Listing) -> Iterator[Event]:
        for failure in leaks(self._claim, one, wanted, filtered.records):
            yield _finding(failure, "filters_hold", filtered.replies[0])
        if filtered.complete and str(witness.get("id")) not in filtered.ids:
            value = f"{shown.name} {witness.get(shown.name)!r}"
            loss = FilterLoss(
                operation=self._claim.label,
                subject=one.parameter,
                message=f"{one.parameter}={wanted!r} lacks record {witness.get('id')} with {value}",
            )
            yield _finding(loss, "filters_hold", filtered.replies[0])

    # --- orders ---

    def _order(self, order: OrderClaim) -> Iterator[Event]:
        for direction in (order.upwards, order.downwards):
            listing = self.read({order.parameter: direction}, max_pages=1)
            yield from self._told(listing)
            for failure in disorders(self._claim, order, direction, listing.records):
                yield _finding(failure, "orders_hold", listing.replies[0])


def _partition(whole: Listing, paged: Listing) -> Iterator[tuple[type[PageRepeats | PageLoses], str]]:
    repeated = [key for at, key in enumerate(paged.ids) if key in paged.ids[:at]]
    if repeated:
        yield PageRepeats, f"record {repeated[0]} comes more than once"
    if paged.complete and set(paged.ids) != set(whole.ids):
        lost, added = sorted(set(whole.ids) - set(paged.ids)), sorted(set(paged.ids) - set(whole.ids))
        yield PageLoses, f"lost {', '.join(lost[:3]) or 'none'}; not of the list {', '.join(added[:3]) or 'none'}"


def _finding(failure: Any, check: str, reply: Reply) -> Finding:
    return Finding(str(failure.operation), check, failure, reply.curl, reply.text[:300])


# --- a value that tells some records from the others ---


def choose(one: FilterClaim, records: Sequence[Record]) -> tuple[Any, Record] | None:
    """Return a value for the filter that some of the records match and some do not, and one that matches; None where there is no such value."""
    if one.shown is None or one.operator is None:
        return None
    shown = one.shown
    seen = [record for record in records if shown.name in record]
    for wanted in dict.fromkeys(_hashable(value) for record in seen for value in _candidates(one, shown, record[shown.name])):
        value = list(wanted) if isinstance(wanted, tuple) else wanted
        if not _admits(one.schema, value):
            continue
        verdicts = [satisfies(one.operator, shown.kind, record[shown.name], value, one.scale) for record in seen]
        if True in verdicts and False in verdicts:
            return value, seen[verdicts.index(True)]
    return None


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _candidates(one: FilterClaim, shown: Shown, value: Any) -> Iterator[Any]:
    if one.operator == "exists":
        yield from (1, 0, True, False, "1", "0", "true", "false")
    for part in value if isinstance(value, list) else [value]:
        if part is None or isinstance(part, (dict, list)) or part == "":
            continue
        if one.operator == "contains":
            yield from (word.lower() for word in _WORD.findall(str(part)))
        elif one.operator == "any-of":
            yield from ([part], [_number(part)], str(part))
        elif shown.kind is Kind.MOMENT:
            yield from _moments(str(part))
        elif shown.kind is Kind.NUMBER:
            yield from (_number(part, one.scale), str(part))
        elif shown.kind is Kind.BOOLEAN:
            yield from (part, str(part).lower(), 1 if part else 0)
        else:
            yield part


def _moments(text: str) -> Iterator[str]:
    yield text
    moment = parse_moment(text)
    if moment is not None:
        yield moment.day.isoformat()


def _number(value: Any, scale: int = 1) -> Any:
    number = parse_number(value)
    if number is None:
        return value
    scaled = number / scale
    return int(scaled) if scaled == int(scaled) or scale != 1 else float(scaled)


def _admits(schema: Mapping[str, Any], value: Any) -> bool:
    """Return whether a parameter's schema admits the value, as far as types, words, bounds and patterns say."""
    types: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,), "array": (list,)}
    known = types.get(schema.get("type", ""))
    if known is not None and (not isinstance(value, known) or (isinstance(value, bool) and known != (bool,))):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str) and re.search(schema.get("pattern", _FORMATS.get(schema.get("format", ""), "")), value) is None:
        return False
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return False
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if (alternatives and not any(_admits(part, value) for part in alternatives)) or not all(_admits(part, value) for part in schema.get("allOf", ())):
        return False
    return not isinstance(value, list) or all(_admits(schema.get("items", {}), one) for one in value)


# --- all lists ---


def probe_lists(client: Client, claims: Claims, known: Known, operations: Container[str] | None = None) -> Iterator[Event]:
    """Yield what comes out of asking every list, or those with these operationIds; one below a record is asked of the known record that has most."""
    for claim in claims.lists:
        if operations is not None and claim.place.operation["operationId"] not in operations:
            continue
        best: tuple[ListProbe, Listing] | None = None
        for parents in known.parents(claim.place, _PARENTS):
            probe = ListProbe(client, claim, parents)
            whole = probe.read()
            if best is None or len(whole.records) > len(best[1].records):
                best = probe, whole
        if best is None:
            yield Unjudged(claim.label, "filters_hold", "no record is known to ask below")
        else:
            yield from best[0].events(best[1])
