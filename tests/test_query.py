"""A query filters, then orders, then pages, as plain loops over dicts do."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.derived import Tally
from mockserver.exchange import Record
from mockserver.operations import Parameter
from mockserver.query import OPERATORS, Filter, Order, Predicate, Query, path_key
from mockserver.store import Store
from mockserver.stored import StoredType, Unparsable
from tests.models import FILTERS, ORDERS, empty_store, model, operation_of, record_of

ZONE = ZoneInfo("America/Chicago")
PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in operation_of(model(), "list_books").parameters}
TITLES = ["Kites", "kites", "Boats", "boats and kites", "ŠKODA", ""]
DAYS = [date(2024, 3, day) for day in (9, 10, 11)]
MOMENTS = [datetime(2024, 3, 10, hour, 30, tzinfo=UTC) for hour in (4, 5, 6, 8)]  # midnight and a change of the clocks, in Chicago


# --- random libraries ---


def library(seed: int) -> Store:
    """Return a store of random records: drawn from a seed, since that is ten times as fast as drawing each value from hypothesis."""
    random, store = Random(seed), empty_store()
    for name in ("sea", "Sky", "sea"):
        store.insert("tags", record_of("tags", name=name))
    for name in ("Upper", "Lower"):
        store.insert("shelves", record_of("shelves", name=name))
    for name in ("Ada", "brian", "Cleo"):
        moods = random.choice([None, [], ["Calm"], ["calm", "odd"]])
        store.insert("authors", record_of("authors", name=name, tags=random.sample([1, 2, 3], random.randint(0, 2)), moods=moods))
    values: dict[str, list[Any]] = {
        "title": [None, *TITLES],
        "copies": [None, 0, 1, 2, 100, 200],
        "price": [None, Decimal(0), Decimal("1.50"), Decimal("1.5"), Decimal(2)],
        "lent": [False, True],
        "printed": [None, *DAYS],
        "bought": [None, *MOMENTS],
        "currency": ["eur", "usd"],
        "author": [None, 1, 2, 3],
        "shelf": [None, 1, 2],
    }
    for _ in range(random.randint(0, 9)):
        fields = {name: random.choice(choices) for name, choices in values.items()}
        store.insert("books", record_of("books", **fields, tags=random.sample([1, 2, 3], random.randint(0, 2))))
    for _ in range(random.randint(0, 4)):
        store.insert("notes", record_of("notes", about=random.randint(1, 9), kind=random.choice(["Book", "Author"])))
    return store


libraries = st.integers(0, 2**32).map(library)
small, text = st.integers(0, 3), st.sampled_from([*TITLES, "kite", "a"])
flag = st.integers(0, 1)
WANTED: dict[str, st.SearchStrategy[Any]] = {
    "title": text,
    "title_has": text,
    "copies": st.sampled_from([0, 1, 100]),
    "copies_hundreds": small,
    "copies_from": small,
    "copies_to": small,
    "price_over": st.sampled_from([0, 1.5, 2]),
    "price_under": st.sampled_from([0, 1.5, 2]),
    "lent": st.booleans(),
    "printed_from": st.sampled_from([day.isoformat() for day in DAYS]),
    "bought_before": st.sampled_from(["2024-03-10", "2024-03-10T05:30:00Z", "2024-03-10T00:30:00-06:00"]),
    "bought_on": st.sampled_from(["2024-03-09", "2024-03-10", "2024-03-10T05:30:00Z"]),
    "ids": st.lists(st.integers(1, 9), max_size=3),
    "titles": st.lists(st.sampled_from(TITLES), max_size=3).map(",".join),
    "shelf": small,
    "tag": small,
    "tagged": flag,
    "tag_name": st.sampled_from(["sea", "SKY", "s"]),
    "has_author": flag,
    "author_has": st.sampled_from(["a", "BRI", "z"]),
    "noted": flag,
    "notes_from": small,
    "neighbours": small,
    "author_tag": small,
    "mood": st.sampled_from(["calm", "odd"]),
    "moody": flag,
}


# --- the same, said plainly ---


def related(store: Store, book: Record, field: str, collection: str) -> list[Record]:
    return [one for one in store[collection] if one["id"] == book[field]]


def reached(store: Store, book: Record, path: str) -> Iterable[Any]:
    """Return the values at the end of a path from a book, nulls left out."""
    notes = [note for note in store["notes"] if note["kind"] == "Book" and note["about"] == book["id"]]
    special: dict[str, Callable[[], Iterable[Any]]] = {
        "tags": lambda: book["tags"],
        "tags.name": lambda: [tag["name"] for tag in store["tags"] if tag["id"] in book["tags"]],
        "author.name": lambda: [author["name"] for author in related(store, book, "author", "authors")],
        "author.tags": lambda: [tag for author in related(store, book, "author", "authors") for tag in author["tags"]],
        "author.moods": lambda: [mood for author in related(store, book, "author", "authors") for mood in author["moods"] or ()],
        "notes": lambda: [note["id"] for note in notes],
        "notes.count": lambda: [len(notes)],
        "shelf.books.count": lambda: [
            len([one for shelf in related(store, book, "shelf", "shelves") for one in store["books"] if one["shelf"] == shelf["id"]])
        ],
    }
    found = special[path]() if path in special else [book[path]]
    return [value for value in found if value is not None]


def same(value: Any, wanted: Any) -> bool:
    return bool(value.lower() == wanted.lower()) if isinstance(value, str) else bool(value == wanted)


def parsed(like: Any, wanted: Any) -> Any:
    """Return the wanted value in the type of the stored one."""
    if isinstance(like, datetime):
        moment = datetime.fromisoformat(wanted)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    return date.fromisoformat(wanted) if isinstance(like, date) else wanted


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": same,
    "contains": lambda value, wanted: wanted.lower() in value.lower(),
    "before": lambda value, wanted: bool(value < parsed(value, wanted)),
    "after": lambda value, wanted: bool(value > parsed(value, wanted)),
    "at-least": lambda value, wanted: bool(value >= parsed(value, wanted)),
    "at-most": lambda value, wanted: bool(value <= parsed(value, wanted)),
    "any-of": lambda value, wanted: any(same(value, one) for one in (wanted.split(",") if isinstance(wanted, str) else wanted) if one != ""),
    "same-day": lambda value, wanted: bool(value.astimezone(ZONE).date() == parsed(value, wanted).astimezone(ZONE).date()),
}


def naive_keep(store: Store, book: Record, name: str, wanted: Any) -> bool:
    said = FILTERS[name][1]
    values = list(reached(store, book, said["field"]))
    if said["operator"] == "exists":
        return bool(values) == bool(wanted)
    scaled = wanted * said["scale"] if "scale" in said else wanted
    return any(TESTS[said["operator"]](value, scaled) for value in values)


def naive_sort(store: Store, books: list[Record], order: str, *, descending: bool) -> list[Record]:
    """Return the books in this order: stable, one field after the other, the last one first."""
    for text in reversed(ORDERS[order]):
        path, turned = text.removeprefix("-"), text.startswith("-")

        def place(book: Record, path: str = path) -> tuple[bool, Any]:
            first = next(iter(reached(store, book, path)), None)
            return first is not None, first.lower() if isinstance(first, str) else first or 0

        books = stable(books, place, down=turned != descending)
    return books


def stable(books: list[Record], place: Callable[[Record], Any], *, down: bool) -> list[Record]:
    return sorted(books, key=place, reverse=down)


def bound(name: str, wanted: Any, store: Store) -> Predicate:
    made = PARAMETERS[name].filter
    assert made is not None
    return made.bind(store, wanted, ZONE)


def order_by(store: Store, name: str, *, descending: bool) -> Order:
    (path, turned), *more = paths = PARAMETERS[f"order_{name}"].order
    return Order(path_key(store, paths), descending, None if more or turned else path.field)


# --- properties ---

chosen_filters = st.lists(st.sampled_from(list(FILTERS)).flatmap(lambda name: st.tuples(st.just(name), WANTED[name])), max_size=2)
chosen_orders = st.lists(st.tuples(st.sampled_from(list(ORDERS)), st.booleans()), max_size=2, unique_by=lambda order: order[0])


@settings(max_examples=200)
@given(libraries, chosen_filters, chosen_orders, st.integers(0, 10), st.none() | st.integers(0, 10))
def test_filter_then_order_then_page(
    store: Store, filters: list[tuple[str, Any]], orders: list[tuple[str, bool]], offset: int, limit: int | None
) -> None:
    wanted = [book for book in store["books"] if all(naive_keep(store, book, name, value) for name, value in filters)]
    for name, descending in reversed(orders):
        wanted = naive_sort(store, wanted, name, descending=descending)
    query = Query(
        tuple(bound(name, value, store) for name, value in filters),
        tuple(order_by(store, name, descending=descending) for name, descending in orders),
    )
    selection = query.select(store["books"])
    assert [book["id"] for book in selection.cut(0, None)] == [book["id"] for book in wanted]
    assert len(selection) == len(wanted)
    assert [book["id"] for book in selection.cut(offset, limit)] == [book["id"] for book in wanted][offset:][:limit]
    assert dict(selection.tally("currency").items()) == naive_tally(wanted)


def naive_tally(books: list[Record]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for book in books:
        count, total = found.get(book["currency"], (0, 0))
        found[book["currency"]] = Tally(count + 1, total + (book["copies"] or 0))
    return found


@pytest.mark.parametrize("name", list(FILTERS))
@settings(max_examples=25)
@given(data=st.data(), store=libraries)
def test_each_filter_keeps_what_a_plain_loop_keeps(name: str, data: st.DataObject, store: Store) -> None:
    wanted = data.draw(WANTED[name])
    kept = Query((bound(name, wanted, store),)).select(store["books"]).cut(0, None)
    assert [book["id"] for book in kept] == [book["id"] for book in store["books"] if naive_keep(store, book, name, wanted)]


@settings(max_examples=60)
@given(libraries, chosen_filters, st.integers(1, 5))
def test_pages_partition_the_list(store: Store, filters: list[tuple[str, Any]], size: int) -> None:
    selection = Query(tuple(bound(name, value, store) for name, value in filters)).select(store["books"])
    pages = [selection.cut(offset, size) for offset in range(0, len(selection), size)]
    assert [book for page in pages for book in page] == selection.cut(0, None)
    assert all(len(page) == size for page in pages[:-1])
    assert selection.cut(len(selection), size) == []


def test_every_operator_is_among_the_filters_compared() -> None:
    assert {said["operator"] for _, said in FILTERS.values()} == {*OPERATORS, "exists"}


# --- single facts ---


@pytest.mark.parametrize(
    ("name", "wanted"), [("copies", "many"), ("printed_from", "soon"), ("bought_before", "2024-02-30"), ("price_over", "dear"), ("lent", 2)]
)
def test_a_value_that_stands_for_nothing_is_unparsable(name: str, wanted: Any) -> None:
    with pytest.raises(Unparsable):
        bound(name, wanted, empty_store())


def test_an_equality_on_an_own_field_is_left_to_the_index() -> None:
    store = empty_store()
    assert bound("shelf", "2", store).equal == ("shelf", [2])
    assert bound("tag", 2, store).equal == ("tags", [2])
    assert bound("title", "Kites", store).equal is None, "texts are compared without regard to case"
    assert bound("author_tag", 2, store).equal is None
    assert bound("copies_from", 2, store).equal is None


def test_an_indexed_filter_looks_at_the_matching_records_only() -> None:
    store = empty_store()
    for shelf in (1, 2, 2, 3):
        store.insert("books", record_of("books", title="Kites", shelf=shelf))
    seen: list[int] = []

    def look(record: Record) -> bool:
        seen.append(record["id"])
        return True

    Query((Predicate(look), bound("shelf", 2, store))).select(store["books"])
    assert seen == [2, 3]


def test_an_unfiltered_selection_reads_only_its_page() -> None:
    store = empty_store()
    for title in "abc":
        store.insert("books", record_of("books", title=title))
    selection = Query().select(store["books"])
    assert not selection.filtered
    assert [book["title"] for book in selection.cut(1, 1)] == ["b"]
    assert selection.tally("currency") is store["books"].tally("currency")


def test_the_same_instant_is_one_day_here_and_another_there() -> None:
    path = model().path("bought", "books")
    moment = datetime(2024, 3, 10, 5, 30, tzinfo=UTC)
    same_day = Filter("on", path, "same-day", StoredType.INSTANT)
    store = empty_store()
    for zone, day in ((ZoneInfo("America/Chicago"), "2024-03-09"), (UTC, "2024-03-10")):
        assert same_day.bind(store, day, zone).matches({"bought": moment})
        assert not same_day.bind(store, day, zone).matches({"bought": moment + timedelta(days=1)})


def test_an_order_by_one_field_reads_only_its_page_once_it_is_known() -> None:
    store = empty_store()
    for title in ("b", "A", "c"):
        store.insert("books", record_of("books", title=title))

    def never(record: Record) -> Any:
        raise AssertionError("the records are ordered anew")

    for _ in range(2):
        assert [book["title"] for book in Query((), (Order(never, field="title"),)).select(store["books"]).cut(1, 1)] == ["b"]
        assert [book["title"] for book in Query((), (Order(never, True, "title"),)).select(store["books"]).cut(0, 2)] == ["c", "b"]


def test_a_date_is_the_same_day_in_every_zone() -> None:
    same_day = Filter("on", model().path("printed", "books"), "same-day", StoredType.DATE).bind(empty_store(), "2024-03-10", ZONE)
    assert [same_day.matches({"printed": day}) for day in (None, *DAYS)] == [False, False, True, False]


def test_an_order_is_turned_field_by_field() -> None:
    store = empty_store()
    for copies in (1, 2):
        for title in "ab":
            store.insert("books", record_of("books", title=title, copies=copies))
    paths = [(model().path("title", "books"), False), (model().path("copies", "books"), True)]
    books = Query((), (Order(path_key(store, paths), descending=True),)).select(store["books"]).cut(0, None)
    assert [(book["title"], book["copies"]) for book in books] == [("b", 1), ("b", 2), ("a", 1), ("a", 2)]


def test_known_keys_are_looked_up_and_missing_ones_left_out() -> None:
    store = library(1)
    while len(store["books"]) < 5:
        store.insert("books", record_of("books", title="more", copies=1))
    looked: list[int] = []

    def look(record: Record) -> bool:
        looked.append(record["id"])
        return True

    store.delete("books", 4)
    query = Query((Predicate(look), Predicate(lambda record: record["id"] in (2, 4, 5, 99), keys=frozenset({2, 4, 5, 99}))), ())
    found = [record["id"] for record in query.select(store["books"]).cut(0, None)]
    assert sorted(found) == sorted(looked) == [2, 5]
    assert found == [record["id"] for record in store["books"] if record["id"] in (2, 5)], "in the default order"
