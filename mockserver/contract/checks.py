"""Our schemathesis checks: what an answer must keep besides its schema. They judge one exchange, send nothing and print nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any
from urllib.parse import urljoin

import schemathesis
from schemathesis import Case, CheckContext, Response

from mockserver.contract.claims import Claims, FilterClaim, ListClaim, OrderClaim, Record, Schema, listed_records
from mockserver.contract.config import expected_statuses
from mockserver.contract.failures import FilterLeak, LeadsElsewhere, OrderBroken, PropertyMissing, RefusedWithoutRule
from mockserver.contract.targets import origin_of
from mockserver.contract.values import comes_before, satisfies
from mockserver.spec import Document, Place

VIOLATIONS_HEADER = "x-mock-violations"
AnyCase = Case[Any]


# --- judging: plain data in, failures out; also for the probes ---


def leaks(claim: ListClaim, one: FilterClaim, wanted: Any, records: Iterable[Record]) -> Iterator[FilterLeak]:
    """Yield a failure for the first record that shows a value which the filter excludes."""
    if one.operator is None or one.shown is None:
        return
    for record in records:
        if one.shown.name in record and satisfies(one.operator, one.shown.kind, record[one.shown.name], wanted, one.scale) is False:
            message = f"{one.parameter}={_short(wanted)}: record {record.get('id')} has {one.shown.name} {_short(record[one.shown.name])}"
            yield FilterLeak(operation=claim.label, subject=one.parameter, message=message)
            return


def disorders(claim: ListClaim, order: OrderClaim, direction: str, records: Sequence[Record]) -> Iterator[OrderBroken]:
    """Yield a failure for the first two records that stand the wrong way round."""
    down = direction.lower() == order.downwards.lower()
    for earlier, later in combinations(records, 2):
        for shown, turned in order.steps:
            values = earlier.get(shown.name), later.get(shown.name)
            verdict = comes_before(shown.kind, *values)
            if verdict is not None and verdict is (down is not turned):
                message = f"{order.parameter}={direction}: {shown.name} {_short(values[0])} comes before {_short(values[1])}"
                yield OrderBroken(operation=claim.label, subject=order.parameter, message=message)
                return
            if values[0] != values[1]:
                break


def refusals(place: Place, status: int, headers: Mapping[str, str]) -> Iterator[RefusedWithoutRule]:
    """Yield a failure for a valid request that was refused and no rule of the operation says so.

    Its status is that of none of them; or it is, but the answer tells, as a mock's does, that another stage refused.
    """
    rules = place.operation.get("x-mock-rules", {})
    if not 400 <= status < 500:
        return
    if not _expected(status, rules.values()):
        listed = ", ".join(f"{name}: {its}" for name, its in rules.items()) or "none"
        yield RefusedWithoutRule(operation=place.label, subject=str(status), message=f"Refused with {status}; the operation's rules: {listed}")
    elif status in rules.values() and (reason := _not_a_rule(headers.get(VIOLATIONS_HEADER, ""))):
        yield RefusedWithoutRule(
            operation=place.label, subject=reason, message=f"Refused with {status} in the stage {reason}, not for one of the rules"
        )


def _expected(status: int, rules: Iterable[int]) -> bool:
    text = str(status)
    return any(text == one or text[0] + "xx" == one for one in expected_statuses(rules))


def _not_a_rule(header: str) -> str | None:
    """Return the stage that refused, where a mock tells it and it is not that of the rules."""
    try:
        told = json.loads(header)
    except ValueError:
        return None
    stage = told.get("stage") if isinstance(told, dict) else None
    return None if stage in (None, "rule") else str(stage)


def missing_properties(claims: Claims, schema: Schema, value: Any, pointer: str = "") -> Iterator[str]:
    """Yield pointers to properties that records lack although they are always shown.

    Only records whose schema has no `required` are looked at, as is one that a parameter can thin out; properties with `x-mock-present` come and go.
    """
    resolved = claims.document.resolve(schema)
    alternatives = [*resolved.get("anyOf", ()), *resolved.get("oneOf", ())]
    if alternatives:
        yield from min(([*missing_properties(claims, part, value, pointer)] for part in alternatives), key=len)
    if isinstance(value, list) and "items" in resolved:
        for at, one in enumerate(value):
            yield from missing_properties(claims, resolved["items"], one, f"{pointer}/{at}")
    if not isinstance(value, dict):
        return
    thin = "required" not in resolved and not resolved.keys().isdisjoint(("x-mock-collection", "x-mock-shape"))
    for name, part in resolved.get("properties", {}).items():
        if name in value:
            yield from missing_properties(claims, part, value[name], f"{pointer}/{name}")
        elif thin and "x-mock-present" not in part:
            yield f"{pointer}/{name}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


# --- checks: one exchange of schemathesis ---


class _Identity:
    """A document by identity, so that what follows from it is worked out once."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def __hash__(self) -> int:
        return id(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.raw is self.raw


@lru_cache(maxsize=8)
def _claims(identity: _Identity) -> Claims:
    return Claims(Document(identity.raw, identity.raw["info"]["title"]))


def _judged(case: AnyCase) -> tuple[Claims, Place] | None:
    """Return what the document claims of the case's operation; None for a document that is none of ours, and for methods that it does not declare."""
    raw = case.operation.schema.raw_schema
    if "x-mock-api" not in raw:
        return None
    claims = _claims(_Identity(raw))
    place = claims.by_label.get(f"{case.method.upper()} {case.path}")
    return None if place is None else (claims, place)


def _is_positive(case: AnyCase) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def _decoded(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _listed(case: AnyCase, response: Response) -> tuple[ListClaim, list[Record]] | None:
    judged = _judged(case)
    claim = judged[0].lists_by_label.get(judged[1].label) if judged else None
    if claim is None or response.status_code >= 300 or not _is_positive(case):
        return None
    return claim, listed_records(claim, _decoded(response))


@schemathesis.check
def filters_hold(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """Every record in the answer to a filtered list matches, as far as it shows."""
    listed = _listed(case, response)
    if listed is None:
        return True
    claim, records = listed
    for one in claim.filters:
        if one.parameter in case.query:
            for failure in leaks(claim, one, case.query[one.parameter], records):
                raise failure
    return None


@schemathesis.check
def orders_hold(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """The answer to a list that was ordered by one parameter is in that order."""
    listed = _listed(case, response)
    if listed is None:
        return True
    claim, records = listed
    asked = [parameter["name"] for parameter in claim.place.parameters if "x-mock-order" in parameter and parameter["name"] in case.query]
    for order in claim.orders:
        if asked == [order.parameter] and str(case.query[order.parameter]).lower() in (order.upwards.lower(), order.downwards.lower()):
            for failure in disorders(claim, order, str(case.query[order.parameter]), records):
                raise failure
    return None


@schemathesis.check
def refusals_have_a_rule(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """A valid request is refused only for a rule that the document lists."""
    judged = _judged(case)
    if judged is None or not _is_positive(case):
        return True
    for failure in refusals(judged[1], response.status_code, {name.lower(): values[0] for name, values in response.headers.items()}):
        raise failure
    return None


@schemathesis.check
def records_are_complete(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """Whenever nothing was selected, a record shows every property that is not said to be there only sometimes."""
    judged = _judged(case)
    if judged is None or response.status_code >= 300:
        return True
    claims, place = judged
    if any("x-mock-select" in parameter and parameter["name"] in case.query for parameter in place.parameters):
        return True
    schema = claims.answer_schema(place, response.status_code)
    if schema is None:
        return True
    for pointer in missing_properties(claims, schema, _decoded(response)):
        raise PropertyMissing(operation=place.label, subject=pointer.rpartition("/")[2], message=f"{pointer} is missing")
    return None


@schemathesis.check
def stays_at_its_origin(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """No answer sends the client to another origin, but for one that its request names."""
    asked = str(response.request.url)
    for location in response.headers.get("location", ()) if 300 <= response.status_code < 400 else ():
        named = {origin_of(urljoin(asked, text)) for text in (asked, *_texts(case.body), *_texts(dict(case.headers or {})))}
        if origin_of(urljoin(asked, location)) not in named:
            message = f"{response.status_code} with Location {_short(location)}, asked at {origin_of(asked)}"
            raise LeadsElsewhere(operation=case.operation.label, message=message)
    return None


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


CHECKS = (filters_hold, orders_hold, refusals_have_a_rule, records_are_complete, stays_at_its_origin)
