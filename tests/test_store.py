"""A store keeps relations valid and whatever it counts true, and no fork sees another's writes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mockserver.collection import Collection, Layout, OnDelete, Relation
from mockserver.derived import Tally, order_key, sort_key
from mockserver.exchange import Record
from mockserver.store import Change, Snapshot, Store
from tests.models import empty_store, record_of, resources

Records = dict[str, dict[int, dict[str, Any]]]
COLLECTIONS = ("shelves", "tags", "authors", "books", "notes")
TITLES = ("alpha", "Beta", "beta", "Gamma", None)


# --- what a store should do, said plainly over dicts ---


def naive_order(name: str, records: Mapping[int, Record]) -> list[int]:
    keys = sorted(records)
    if name == "shelves":
        keys.sort(key=lambda key: records[key]["name"].casefold())
    if name == "notes":
        keys.reverse()
    if name == "books":
        keys.sort(key=lambda key: (records[key]["title"] is not None, (records[key]["title"] or "").casefold()))
        keys.sort(key=lambda key: (records[key]["copies"] is not None, records[key]["copies"] or 0), reverse=True)
    return keys


def referred(relation: Relation, record: Record) -> list[tuple[str, int]]:
    """Return the collection and key of each record that a field refers to."""
    target, keys = relation.target_of(record), record[relation.field]
    if target is None or keys is None:
        return []
    return [(target, key) for key in (keys if relation.many else [keys])]


def naive_delete(world: Records, name: str, key: int) -> None:
    gone = {(name, key)}
    while True:
        taken = {
            (other, record["id"])
            for other, relation in all_relations()
            if relation.on_delete is OnDelete.CASCADE
            for record in world[other].values()
            if gone.intersection(referred(relation, record))
        }
        if taken <= gone:
            break
        gone |= taken
    for other, one in gone:
        del world[other][one]
    for other, relation in all_relations():
        for record in world[other].values():
            if relation.on_delete is OnDelete.NULL and gone.intersection(referred(relation, record)):
                record[relation.field] = None
            if relation.on_delete is OnDelete.REMOVE:
                record[relation.field] = [one for one in record[relation.field] if (relation.target_of(record), one) not in gone]


def all_relations() -> list[tuple[str, Relation]]:
    return [(name, relation) for name in COLLECTIONS for relation in resources()[name].layout.relations.values()]


# --- what must be true of any store ---


def assert_counts_are_true(store: Store) -> None:
    """Assert that indexes, tallies, the default order and the orders once asked for are what a recount gives."""
    for name in COLLECTIONS:
        assert_collection_is_true(name, store[name])


def assert_collection_is_true(name: str, collection: Collection) -> None:
    records = dict(collection.records.items())
    assert all(record["id"] == key for key, record in records.items())
    assert [record["id"] for record in collection] == naive_order(name, records)
    assert len(collection) == len(records)
    assert collection.next_key > max(records, default=0)
    for field in collection.layout.indexed:
        recount: dict[Any, list[int]] = {}
        for key in sorted(records):
            value = records[key][field]
            for one in dict.fromkeys(value) if isinstance(value, list) else [] if value is None else [value]:
                recount.setdefault(one, []).append(key)
        assert {value: list(keys) for value, keys in collection._current(("index", field)).items()} == recount
    for field, descending in [kind[1:] for kind in collection._derived if len(kind) == 3]:
        by_field = sorted(collection, key=lambda record: sort_key(record[field]), reverse=descending)
        assert collection.page_by(field, descending, 0, len(collection)) == by_field
        assert collection.page_by(field, descending, 1, 2) == by_field[1:3]
    for field, summed in collection.layout.tallies.items():
        counts = Counter(record[field] for record in records.values())
        sums = {value: sum(record[summed] or 0 for record in records.values() if record[field] == value) for value in counts}
        assert dict(collection.tally(field).items()) == {value: Tally(counts[value], sums[value]) for value in counts}


def assert_relations_are_valid(store: Store) -> None:
    for name, relation in all_relations():
        for record in store[name]:
            for target, key in referred(relation, record):
                assert relation.on_delete is OnDelete.KEEP or store[target].get(key) is not None, f"{name} {record} refers to nothing"


class StoreMachine(RuleBasedStateMachine):
    """Random writes to several forks of one store, each beside the dicts that it should hold."""

    @initialize()
    def start(self) -> None:
        self.worlds: list[tuple[Store, Records]] = [(empty_store(), {name: {} for name in COLLECTIONS})]
        self.snapshots: list[tuple[int, Snapshot, Records, dict[str, int]]] = []

    def pick(self, data: st.DataObject) -> tuple[Store, Records]:
        return data.draw(st.sampled_from(self.worlds), label="world") if len(self.worlds) > 1 else self.worlds[0]

    def fields(self, data: st.DataObject, world: Records, name: str) -> dict[str, Any]:
        """Draw some fields of a record whose relations lead to records that are there."""

        def key_of(target: str) -> Any:
            return data.draw(st.sampled_from([None, *world[target]]))

        text, small = st.sampled_from(TITLES), st.integers(0, 3)
        if name in ("shelves", "tags"):
            return {"name": data.draw(st.sampled_from(TITLES[:4]))}
        if name == "notes":
            kind = data.draw(st.sampled_from(["Book", "Author", None]))
            about = key_of("books" if kind == "Book" else "authors") if kind else 99
            return {"kind": kind, "about": about}
        tags = data.draw(st.lists(st.sampled_from(list(world["tags"])), max_size=3)) if world["tags"] else []
        if name == "authors":
            return {"name": data.draw(text), "tags": tags}
        relations = {
            field: key_of(target) for field, target in (("author", "authors"), ("shelf", "shelves"), ("sequelTo", "books"), ("donor", "authors"))
        }
        currency = data.draw(st.sampled_from(["eur", "usd", None]))
        return {"title": data.draw(text), "copies": data.draw(st.none() | small), "currency": currency, "tags": tags, **relations}

    @rule(data=st.data(), name=st.sampled_from(COLLECTIONS), own_key=st.booleans())
    def insert(self, data: st.DataObject, name: str, own_key: bool) -> None:
        store, world = self.pick(data)
        fields = record_of(name, **self.fields(data, world, name))
        expected = store[name].next_key + 2 if own_key else store[name].next_key
        record = store.insert(name, {"id": expected, **fields} if own_key else fields)
        assert record == {**fields, "id": expected}
        world[name][expected] = dict(record)

    @rule(data=st.data())
    def update(self, data: st.DataObject) -> None:
        store, world = self.pick(data)
        known = [(name, key) for name in COLLECTIONS for key in world[name]]
        if not known:
            return
        name, key = data.draw(st.sampled_from(known))
        before = dict(world[name][key])
        changes = self.fields(data, world, name)
        if data.draw(st.booleans()) and name != "notes":
            changes = dict(list(changes.items())[:1])
        assert store.update(name, key, changes) == Change(name, before, {**before, **changes})
        world[name][key].update(changes)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        store, world = self.pick(data)
        known = [(name, key) for name in COLLECTIONS for key in world[name]]
        if not known:
            return
        name, key = data.draw(st.sampled_from(known))
        replayed = {(other, record["id"]): record for other in COLLECTIONS for record in store[other]}
        changes = store.delete(name, key)
        assert changes[0] == Change(name, world[name][key], None)
        for change in changes:
            assert change.before is not None
            assert replayed[change.collection, change.before["id"]] == change.before
            if change.after is None:
                del replayed[change.collection, change.before["id"]]
            else:
                replayed[change.collection, change.before["id"]] = change.after
        naive_delete(world, name, key)
        assert replayed == {(other, record["id"]): record for other in COLLECTIONS for record in world[other].values()}

    @rule(data=st.data(), name=st.sampled_from(["copies", "title", "shelf"]), descending=st.booleans())
    def ask_for_an_order(self, data: st.DataObject, name: str, descending: bool) -> None:
        store, world = self.pick(data)
        assert len(store["books"].page_by(name, descending, 0, 99)) == len(world["books"])

    @precondition(lambda self: len(self.worlds) < 4)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        store, world = self.pick(data)
        self.worlds.append((store.fork(), {name: {key: dict(record) for key, record in world[name].items()} for name in COLLECTIONS}))

    @precondition(lambda self: len(self.snapshots) < 3)
    @rule(data=st.data())
    def snapshot(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.worlds) - 1))
        store, world = self.worlds[at]
        held = {name: {key: dict(record) for key, record in world[name].items()} for name in COLLECTIONS}
        self.snapshots.append((at, store.snapshot(), held, {name: store[name].next_key for name in COLLECTIONS}))

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        at, snapshot, held, next_keys = self.snapshots.pop(data.draw(st.integers(0, len(self.snapshots) - 1)))
        store, _ = self.worlds[at]
        store.restore(snapshot)
        self.worlds[at] = (store, held)
        assert {name: store[name].next_key for name in COLLECTIONS} == next_keys

    @invariant()
    def every_world_holds_its_own_records_and_counts_them_truly(self) -> None:
        for store, world in self.worlds:
            for name in COLLECTIONS:
                assert dict(store[name].records.items()) == world[name]
            assert_counts_are_true(store)
            assert_relations_are_valid(store)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


# --- single facts ---


@pytest.fixture
def store() -> Store:
    made = empty_store()
    made.insert("shelves", record_of("shelves", name="Upper"))
    made.insert("authors", record_of("authors", name="Ada"))
    made.insert("tags", record_of("tags", name="sea"))
    for title in ("One", "Two", "Three"):
        made.insert("books", record_of("books", title=title, slug=title.lower(), author=1, shelf=1, donor=1, tags=[1], copies=2, currency="eur"))
    made.insert("notes", record_of("notes", about=1, kind="Book", text="of the book"))
    made.insert("notes", record_of("notes", about=1, kind="Author", text="of the author"))
    return made


def test_cascade_takes_the_records_that_refer_and_those_that_refer_to_them(store: Store) -> None:
    changes = store.delete("shelves", 1)
    assert [(change.collection, (change.before or {})["id"]) for change in changes] == [
        ("shelves", 1),
        ("books", 1),
        ("notes", 1),
        ("books", 2),
        ("books", 3),
    ]
    assert len(store["books"]) == 0
    assert [note["text"] for note in store["notes"]] == ["of the author"]


def test_null_empties_the_field(store: Store) -> None:
    store.delete("authors", 1)
    assert [book["author"] for book in store["books"]] == [None, None, None]


def test_keep_leaves_the_key(store: Store) -> None:
    store.delete("authors", 1)
    assert [book["donor"] for book in store["books"]] == [1, 1, 1]


def test_remove_takes_the_key_out_of_the_list(store: Store) -> None:
    second = store.insert("tags", record_of("tags", name="sky"))
    store.update("books", 1, {"tags": [1, second["id"], 1]})
    store.delete("tags", 1)
    assert [book["tags"] for book in sorted(store["books"], key=lambda book: int(book["id"]))] == [[2], [], []]


def test_a_relation_chosen_by_a_type_field_is_not_mistaken_for_the_other_type(store: Store) -> None:
    store.delete("books", 1)
    assert [note["text"] for note in store["notes"]] == ["of the author"]


def test_a_circle_of_cascades_ends(store: Store) -> None:
    store.update("books", 1, {"sequelTo": 3})
    store.update("books", 2, {"sequelTo": 1})
    store.update("books", 3, {"sequelTo": 2})
    store.delete("books", 2)
    assert len(store["books"]) == 0


def test_a_restored_store_gives_the_same_keys_again(store: Store) -> None:
    snapshot = store.snapshot()
    first = store.insert("books", record_of("books", title="Four"))
    store.delete("books", 1)
    store.restore(snapshot)
    assert store["books"].get(first["id"]) is None
    assert store["books"].get(1) is not None
    assert store.insert("books", record_of("books", title="Other"))["id"] == first["id"]


def test_a_change_of_an_old_record_gives_no_key_twice(store: Store) -> None:
    store.update("books", 1, {"title": "Changed"})
    store.insert("books", {"id": 2, **record_of("books", title="In the place of another")})
    assert store.insert("books", record_of("books", title="Four"))["id"] == 4


def test_keys_of_deleted_records_are_not_given_again(store: Store) -> None:
    store.delete("books", 3)
    assert store.insert("books", record_of("books", title="Four"))["id"] == 4


def test_parent_and_siblings_of_a_fork_see_nothing_of_its_writes(store: Store) -> None:
    one, other = store.fork(), store.fork()
    one.update("books", 1, {"title": "Changed"})
    one.delete("books", 2)
    one.insert("books", record_of("books", title="Four"))
    for unaffected in (store, other):
        assert sorted(book["title"] for book in unaffected["books"]) == ["One", "Three", "Two"]
        assert unaffected["books"].next_key == 4


def test_a_parent_that_is_written_changes_no_fork(store: Store) -> None:
    fork = store.fork()
    store.delete("shelves", 1)
    assert len(fork["books"]) == 3


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_missing_record_cannot_be_written(store: Store, verb: str) -> None:
    with pytest.raises(KeyError):
        store.update("books", 9, {}) if verb == "update" else store.delete("books", 9)


def test_a_field_without_an_index_is_searched(store: Store) -> None:
    assert store["books"].keys_where("slug", "two") is None
    assert [book["id"] for book in store["books"].where("slug", "two")] == [2]


def test_a_store_names_its_collections(store: Store) -> None:
    assert set(store) == set(COLLECTIONS)


def test_a_record_that_takes_the_place_of_another_is_counted_once() -> None:
    collection = Collection(Layout("books", indexed=frozenset({"shelf"}), tallies={"shelf": "copies"}, order=("-copies",)))
    collection = collection.with_record({"id": 1, "shelf": 1, "copies": 2}).with_record({"id": 1, "shelf": 2, "copies": 5})
    assert [record["copies"] for record in collection] == [5]
    assert collection.where("shelf", 1) == []
    assert dict(collection.tally("shelf").items()) == {2: Tally(1, 5)}


@pytest.mark.parametrize("descending", [False, True])
def test_ties_of_a_kept_order_go_in_the_default_order_also_after_writes(descending: bool) -> None:
    store = empty_store()
    for copies, title in ((1, "b"), (5, "a"), (5, "c"), (1, "a")):
        store.insert("books", record_of("books", title=title, copies=copies, currency="eur"))
    assert [book["id"] for book in store["books"].page_by("currency", descending, 0, 9)] == [2, 3, 4, 1]
    store.insert("books", record_of("books", title="b", copies=5, currency="eur"))
    store.update("books", 1, {"copies": 9})
    assert [book["id"] for book in store["books"].page_by("currency", descending, 0, 9)] == [1, 2, 5, 3, 4]


# --- orders ---

values = st.none() | st.text(max_size=4)


@given(st.lists(values), st.booleans())
def test_nulls_come_first_and_case_does_not_count(texts: list[str | None], down: bool) -> None:
    records = [{"id": at, "name": text} for at, text in enumerate(texts)]
    place = order_key(("-name" if down else "name",), "id")
    naive = sorted(records, key=lambda record: int(str(record["id"])))
    naive.sort(key=lambda record: (record["name"] is not None, str(record["name"] or "").casefold()))
    assert sorted(records, key=place) == (naive[::-1] if down else naive)


def test_ties_go_by_key_in_the_direction_of_the_last_field() -> None:
    records = [{"id": at, "name": "same"} for at in (2, 1, 3)]
    assert [record["id"] for record in sorted(records, key=order_key(("name",), "id"))] == [1, 2, 3]
    assert [record["id"] for record in sorted(records, key=order_key(("-name",), "id"))] == [3, 2, 1]
    assert [record["id"] for record in sorted(records, key=order_key(("-name", "id"), "id"))] == [1, 2, 3]


def test_sort_keys_of_every_stored_type_compare() -> None:
    for pair in ((1, 2), ("a", "B"), (False, True), ([1], [1, 2])):
        assert sort_key(None) < sort_key(pair[0]) < sort_key(pair[1])


@given(st.lists(st.tuples(st.sampled_from(["add", "change", "drop"]), st.integers(1, 12), st.sampled_from(["a", "B", "b", None])), max_size=40))
def test_a_kept_order_follows_every_write(steps: list[tuple[str, int, str | None]]) -> None:
    collection = Collection(Layout("things"))
    for step, key, title in steps:
        if step == "drop":
            collection = collection.without(key) if collection.get(key) else collection
        elif step == "add" or collection.get(key):
            collection = collection.with_record({"id": key, "title": title})
        for descending in (False, True):
            expected = sorted(sorted(collection, key=lambda record: record["id"]), key=lambda record: sort_key(record["title"]), reverse=descending)
            assert collection.page_by("title", descending, 0, 100) == expected
            assert collection.page_by("title", descending, 1, 2) == expected[1:3]
