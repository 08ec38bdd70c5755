"""What a document claims of its lists and records that can be seen from outside: where they stand in answers, filters, orders, pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mockserver.contract.values import Kind, kind_of
from mockserver.spec import Document, Place

Schema = Mapping[str, Any]
Record = dict[str, Any]
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A property of a record as it is shown."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class FilterClaim:
    """A filter parameter.

    Attributes:
        schema: of its values, without references.
        operator: None for a filter that is a function.
        shown: the record's own property that it looks at; None where it looks elsewhere.
        reach: further parameters with which its example shows its effect.
        default: the value with which it filters where it is not sent; None: it does not then.
        joined: several values stand as a comma list.
    """

    parameter: str
    schema: Schema
    operator: str | None
    shown: Shown | None
    scale: int = 1
    example: Any = None
    reach: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    joined: bool = False

    def query(self, value: Any) -> dict[str, Any]:
        """Return the query that asks for this value, and what its example needs beside it."""
        beside = self.reach if value == self.example else {}
        return {**beside, self.parameter: ",".join(map(str, value)) if self.joined and isinstance(value, list) else value}


@dataclass(frozen=True, slots=True)
class OrderClaim:
    """An order parameter.

    Attributes:
        steps: the shown properties by which it orders, each with whether it is turned round; up to the first that is not shown.
        upwards, downwards: the values that ask for the two directions.
    """

    parameter: str
    steps: tuple[tuple[Shown, bool], ...]
    upwards: str
    downwards: str


@dataclass(frozen=True, slots=True)
class PageClaim:
    """How pages are asked for: the parameters by role, and the size of the largest page."""

    parameters: Mapping[str, str]
    largest: int

    @property
    def size(self) -> str | None:
        """The parameter that says how many records a page holds."""
        return self.parameters.get("limit") or self.parameters.get("per_page")

    def query(self, at: int, size: int) -> dict[str, Any] | None:
        """Return the query for page number `at`, from 0, of pages of this size; None where the list cannot be paged so."""
        if self.size is None:
            return None
        if "offset" in self.parameters:
            return {self.size: size, self.parameters["offset"]: at * size}
        if "page" in self.parameters:
            return {self.size: size, self.parameters["page"]: at + 1}
        return None


@dataclass(frozen=True, slots=True)
class ListClaim:
    """An operation that lists a collection.

    Attributes:
        place: the operation in the document.
        schema: of its answer.
        records: keys that lead to the array of records in the answer.
        total: keys that lead to how many match; None where the answer does not tell.
    """

    place: Place
    collection: str
    schema: Schema
    records: tuple[str, ...]
    total: tuple[str, ...] | None
    filters: tuple[FilterClaim, ...]
    orders: tuple[OrderClaim, ...]
    pages: PageClaim | None

    @property
    def label(self) -> str:
        """The operation's label."""
        return self.place.label


class Claims:
    """What one document claims."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.places = tuple(document.iter_operations())

    @cached_property
    def lists(self) -> tuple[ListClaim, ...]:
        """The lists, in the document's order."""
        return tuple(claim for place in self.places if (claim := self._list(place)) is not None)

    @cached_property
    def collections(self) -> Mapping[str, Schema]:
        """The read shape of each collection."""
        shapes = (schema for schema in self.document.schemas.values() if "x-mock-collection" in schema)
        return {schema["x-mock-collection"]["collection"]: schema for schema in shapes}

    @cached_property
    def by_label(self) -> Mapping[str, Place]:
        """The operations by label."""
        return {place.label: place for place in self.places}

    @cached_property
    def lists_by_label(self) -> Mapping[str, ListClaim]:
        """The lists by label."""
        return {claim.label: claim for claim in self.lists}

    def relations(self, collection: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the relations of a collection's records, as the document says them."""
        schema = self.collections.get(collection, {})
        relations: Mapping[str, Mapping[str, Any]] = schema.get("x-mock-collection", {}).get("relations", {})
        return relations

    def answer_schema(self, place: Place, status: int) -> Schema | None:
        """Return the schema of an operation's answer with this status; None without a body, or for a status that is not declared."""
        response = place.operation["responses"].get(str(status))
        if response is None:
            return None
        for content in self.document.resolve(response).get("content", {}).values():
            schema: Schema = content.get("schema", {})
            return schema
        return None

    def body(self, place: Place) -> tuple[Schema, Any] | None:
        """Return the schema and the example of an operation's JSON body; None for an operation without one."""
        content = self.document.resolve(place.operation.get("requestBody", {})).get("content", {}).get("application/json")
        return None if content is None else (content.get("schema", {}), content.get("example"))

    def records(self, schema: Schema, value: Any) -> Iterator[tuple[str, Record]]:
        """Yield every record in an answer, with its collection: objects whose schema is a collection's, or a shape of it; outer ones first."""
        yield from self._records(schema, value, _DEPTH)

    def _records(self, schema: Schema, value: Any, depth: int) -> Iterator[tuple[str, Record]]:
        if depth == 0:
            return
        resolved = self.document.resolve(schema)
        collection = _collection_of(resolved)
        if collection is not None and isinstance(value, dict):
            yield collection, value
        for part in (*resolved.get("anyOf", ()), *resolved.get("allOf", ()), *resolved.get("oneOf", ())):
            found = list(self._records(part, value, depth))
            yield from found
            if found:
                break
        if isinstance(value, list) and "items" in resolved:
            for one in value:
                yield from self._records(resolved["items"], one, depth - 1)
        if isinstance(value, dict):
            for name, part in resolved.get("properties", {}).items():
                if name in value:
                    yield from self._records(part, value[name], depth - 1)

    # --- lists ---

    def _list(self, place: Place) -> ListClaim | None:
        collection = place.operation.get("x-mock-action", {}).get("list")
        success = next((int(status) for status in place.operation["responses"] if status.isdigit() and int(status) < 300), None)
        schema = self.answer_schema(place, success) if success else None
        if collection is None or schema is None:
            return None
        records = self._path_to_records(schema, collection)
        if records is None:
            return None
        shape = self._shape(schema, records)
        filters = tuple(self._filter(parameter, shape) for parameter in place.parameters if "x-mock-filter" in parameter)
        orders = tuple(claim for parameter in place.parameters for claim in self._orders(parameter, shape))
        return ListClaim(place, collection, schema, records, self._path_to_total(schema), filters, orders, _pages(place))

    def _path_to_records(self, schema: Schema, collection: str) -> tuple[str, ...] | None:
        resolved = self.document.resolve(schema)
        if resolved.get("type") == "array":
            return () if any(_collection_of(one) == collection for one in self._alternatives(resolved["items"])) else None
        for name, part in resolved.get("properties", {}).items():
            below = self.document.resolve(part)
            if below.get("type") == "array" and any(_collection_of(one) == collection for one in self._alternatives(below["items"])):
                return (name,)
        return None

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        resolved = self.document.resolve(schema)
        yield resolved
        for part in (*resolved.get("anyOf", ()), *resolved.get("oneOf", ()), *resolved.get("allOf", ())):
            yield from self._alternatives(part)

    def _shape(self, schema: Schema, records: tuple[str, ...]) -> Schema:
        node = self.document.resolve(schema)
        for name in records:
            node = self.document.resolve(node["properties"][name])
        shapes = [one for one in self._alternatives(node["items"]) if _collection_of(one)]
        return next((one for one in shapes if "x-mock-collection" in one), shapes[0])

    def _path_to_total(self, schema: Schema) -> tuple[str, ...] | None:
        for name, part in self.document.resolve(schema).get("properties", {}).items():
            below = self.document.resolve(part)
            if below.get("x-mock-value") == "total":
                return (name,)
            for inner, deeper in below.get("properties", {}).items():
                if self.document.resolve(deeper).get("x-mock-value") == "total":
                    return (name, inner)
        return None

    def _shown(self, name: str, shape: Schema) -> Shown | None:
        part = shape.get("properties", {}).get(name)
        return None if part is None else Shown(name, kind_of(self.document.resolve(part)))

    def _filter(self, parameter: Mapping[str, Any], shape: Schema) -> FilterClaim:
        said = parameter["x-mock-filter"]
        row = said if isinstance(said, Mapping) else {}
        schema = self._inlined(parameter["schema"])
        return FilterClaim(
            parameter["name"],
            schema,
            row.get("operator"),
            self._shown(row["field"], shape) if row else None,
            row.get("scale", 1),
            parameter.get("example"),
            parameter.get("x-mock-reach", {}).get("query", {}),
            schema.get("default"),
            parameter.get("explode") is False,
        )

    def _inlined(self, schema: Schema) -> Schema:
        """Return a parameter's schema with its references put in; parameters do not refer to themselves."""
        resolved = dict(self.document.resolve(schema))
        for key in ("anyOf", "oneOf", "allOf"):
            if key in resolved:
                resolved[key] = [self._inlined(part) for part in resolved[key]]
        if "items" in resolved:
            resolved["items"] = self._inlined(resolved["items"])
        return resolved

    def _orders(self, parameter: Mapping[str, Any], shape: Schema) -> Iterator[OrderClaim]:
        said = parameter.get("x-mock-order")
        if isinstance(said, dict):
            for name, text in said["by"].items():
                yield from self._order(parameter, [text], shape, name, f"-{name}")
        elif isinstance(said, list):
            schema = self.document.resolve(parameter["schema"])
            words = {str(word).lower(): str(word) for word in schema.get("enum", ("ASC", "DESC"))}
            if {"asc", "desc"} <= words.keys():
                yield from self._order(parameter, said, shape, words["asc"], words["desc"])

    def _order(self, parameter: Mapping[str, Any], texts: list[str], shape: Schema, upwards: str, downwards: str) -> Iterator[OrderClaim]:
        steps = []
        for text in texts:
            shown = self._shown(text.removeprefix("-"), shape)
            if shown is None or shown.kind is Kind.OTHER:
                break
            steps.append((shown, text.startswith("-")))
        if steps:
            yield OrderClaim(parameter["name"], tuple(steps), upwards, downwards)


def _collection_of(schema: Schema) -> str | None:
    said = schema.get("x-mock-collection") or schema.get("x-mock-shape")
    return said["collection"] if said else None


def _pages(place: Place) -> PageClaim | None:
    said = {parameter["name"]: parameter["x-mock-page"] for parameter in place.parameters if "x-mock-page" in parameter}
    if not said:
        return None
    largest = next((page.get("maximum") or page["default"] for page in said.values() if page["role"] in ("limit", "per_page")), 1)
    return PageClaim({page["role"]: name for name, page in said.items()}, largest)


def at_keys(value: Any, keys: tuple[str, ...]) -> Any:
    """Return what the keys lead to, None where they lead nowhere."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def listed_records(claim: ListClaim, body: Any) -> list[Record]:
    """Return the records of a list's answer, without anything that is no record."""
    found = at_keys(body, claim.records)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
