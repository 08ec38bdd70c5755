"""Every parameter shows its effect, on data so chosen that ignoring it would show."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.operations import Action, Operation, Parameter
from mockserver.query import Filter, path_key
from mockserver.stored import parse_stored
from tests.sweeps.calls import Call, Sender, example_call, example_of
from tests.sweeps.lists import filled, has_default, ids, is_filled, kept, main_records, multiply, page_roles, related, whole_list
from tests.sweeps.subjects import SUBJECTS, Subject, each_list, each_operation, each_parameter

MakeSender = Callable[..., Sender]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "before": operator.lt,
    "after": operator.gt,
    "at-least": operator.ge,
    "at-most": operator.le,
}


def reached(subject: Subject, operation: Operation, parameter: Parameter) -> Call:
    """Return the example request with the parameter's companions, without the parameter."""
    return example_call(subject, operation).reaching(parameter.raw.get("x-mock-reach", {})).without_value(parameter)


def sampled(subject: Subject, operation: Operation, parameter: Parameter) -> Call:
    """Return the example request with the parameter's companions and its example."""
    return reached(subject, operation, parameter).with_value(parameter, example_of(parameter))


# --- every parameter has one effect ---


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: True))
def test_a_parameter_has_an_effect_and_an_example(subject: Subject, operation: Operation, parameter: Parameter) -> None:
    effects = [
        parameter.record,
        parameter.filter or parameter.filter_function,
        parameter.expansion,
        parameter.order or parameter.order_table or parameter.order_function,
        parameter.page,
        parameter.select or parameter.thins,
        parameter.reader,
        parameter.no_effect,
    ]
    assert len([effect for effect in effects if effect]) == 1
    assert parameter.location in ("path", "query", "header")
    assert example_of(parameter) is not None


# --- records of the path ---


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: parameter.record is not None, is_filled))
def test_another_id_in_the_path_has_another_outcome(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    call = filled(sender(subject), example_call(subject, operation))
    example = sender(subject).outcome(call)
    others = [record["id"] for record in sender(subject).store[parameter.record or ""] if str(record["id"]) != str(call.path[parameter.name])]
    assert others, f"{parameter.record} has one record only"
    for other in others:
        if sender(subject).outcome(call.with_path(**{parameter.name: other})) != example:
            return
    pytest.fail(f"{operation.label}: whatever {parameter.name} is, the outcome is the same")


# --- filters ---


def is_filter(parameter: Parameter) -> bool:
    return parameter.filter is not None or parameter.filter_function is not None


def filters_when_sent(parameter: Parameter) -> bool:
    return is_filter(parameter) and not has_default(parameter)


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(filters_when_sent))
def test_a_filter_keeps_some_records_and_drops_some(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    everything = ids(whole_list(one, reached(subject, operation, parameter)))
    filtered = ids(whole_list(one, sampled(subject, operation, parameter)))
    assert [key for key in everything if key in filtered] == filtered
    same = filter_of_all(subject, operation, parameter)
    if same is not None:
        of_all = ids(whole_list(one, sampled(subject, *same)))
        assert filtered == [key for key in everything if key in of_all]
        return
    assert filtered, f"{example_of(parameter)!r} keeps none"
    assert len(filtered) < len(everything), f"{example_of(parameter)!r} drops none"


def filter_of_all(subject: Subject, operation: Operation, parameter: Parameter) -> tuple[Operation, Parameter] | None:
    """Return, for the filter of a list below a parent, the same filter of the list of all, where there is one: that one proves that it divides."""
    lists = [one for one in subject.model.operations if operation.within and one.action is Action.LIST and not one.records]
    same = ((one, other) for one in lists if one.collection == operation.collection for other in one.located("query") if other.raw == parameter.raw)
    return next(same, None)


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(has_default))
def test_a_filter_with_a_default_need_not_be_sent(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    unsent, sent = reached(subject, operation, parameter), sampled(subject, operation, parameter)
    with one.settled():
        everything = ids(related(one, unsent))
    assert ids(whole_list(one, unsent)) == ids(whole_list(one, unsent.with_value(parameter, parameter.schema["default"])))
    assert 0 < len(whole_list(one, unsent)) < len(everything)
    assert 0 < len(whole_list(one, sent)) <= len(everything)
    assert ids(whole_list(one, unsent)) != ids(whole_list(one, sent))


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: parameter.filter is not None))
def test_a_filter_keeps_what_its_operator_says(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    if has_default(parameter):
        with one.settled():
            everything: list[Any] = related(one, reached(subject, operation, parameter))
    else:
        everything = whole_list(one, reached(subject, operation, parameter))
    filtered = whole_list(one, sampled(subject, operation, parameter))
    assert parameter.filter is not None
    wanted = [record["id"] for record in kept(one, operation, everything) if admits(one, parameter.filter, example_of(parameter), record)]
    assert ids(filtered) == wanted


def admits(sender: Sender, declared: Filter, sent: Any, record: Any) -> bool:
    """Return whether a filter admits a record: the operators once more, spelled out."""
    zone = sender.session().zone
    values = [one for value in declared.path.values(sender.store, record) for one in (value if isinstance(value, list) else [value])]
    present = [value for value in values if value is not None]
    if declared.operator == "exists":
        return bool(present) is (sent in (1, "1", True))
    if declared.operator == "contains":
        return any(str(sent).lower() in str(value).lower() for value in present)
    if declared.operator == "any-of":
        parts = sent if isinstance(sent, list) else str(sent).split(",")
        return any(str(value) in map(str, parts) for value in present)
    wanted = parse_stored(declared.stored, sent, zone)
    if declared.operator == "same-day":
        return any(value.astimezone(zone).date() == wanted.astimezone(zone).date() for value in present)
    if declared.operator == "equals":
        return any(_folded(value) == _folded(wanted * declared.scale if declared.scale != 1 else wanted) for value in present)
    return any(COMPARISONS[declared.operator](value, wanted * declared.scale if declared.scale != 1 else wanted) for value in present)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


# --- parameters that stand for others ---


def is_expansion(parameter: Parameter) -> bool:
    return parameter.expansion is not None


def expanded(sender: Sender, operation: Operation, parameter: Parameter) -> Call:
    """Return the example request with what the parameter's example stands for, in its stead."""
    call, value = reached(sender.subject, operation, parameter), example_of(parameter)
    stands_for = sender.subject.api.functions.expansions[parameter.expansion or ""]
    asked: dict[str, list[str]] = {}
    for name, text in stands_for(sender.session({parameter.name: value}), operation.collection, value):
        asked.setdefault(name, []).append(text)
    assert asked, f"{value!r} stands for nothing"
    return call.with_query(asked)


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(is_expansion))
def test_a_parameter_that_stands_for_others_lists_what_they_do(
    sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter
) -> None:
    one = sender(subject)
    everything = ids(whole_list(one, reached(subject, operation, parameter)))
    listed = ids(whole_list(one, sampled(subject, operation, parameter)))
    assert listed == ids(whole_list(one, expanded(one, operation, parameter)))
    assert 0 < len(listed) < len(everything)


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(is_expansion))
def test_filters_beside_what_a_parameter_stands_for_both_count_and_an_order_wins(
    sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter
) -> None:
    one = sender(subject)
    alone = ids(whole_list(one, sampled(subject, operation, parameter)))
    for other in operation.located("query"):
        both = sampled(subject, operation, parameter).reaching(other.raw.get("x-mock-reach", {})).with_value(other, example_of(other))
        beside = ids(whole_list(one, sampled(subject, operation, other)))
        if filters_when_sent(other):
            assert sorted(ids(whole_list(one, both))) == sorted(key for key in alone if key in beside), other.name
        elif other.orders:
            assert ids(whole_list(one, both)) == [key for key in beside if key in alone], other.name


# --- orders ---


def is_order(parameter: Parameter) -> bool:
    return bool(parameter.order) or parameter.order_function is not None


def turned(value: str) -> str:
    """Return the other direction: ASC for DESC, `-name` for `name`."""
    other = {"asc": "desc", "desc": "asc", "ASC": "DESC", "DESC": "ASC"}.get(value)
    return other or (value.removeprefix("-") if value.startswith("-") else f"-{value}")


def is_downward(value: str) -> bool:
    return value.lower() == "desc" or value.startswith("-")


def order_values(sender: Sender, operation: Operation, parameter: Parameter, upward: str, records: list[Any]) -> list[Any]:
    """Return the sort keys of answered records."""
    if parameter.order:
        key = path_key(sender.store, parameter.order)
    else:
        functions = sender.subject.api.functions.orders
        key = functions[parameter.order_function or ""](sender.session({parameter.name: upward}))
    return [key(record) for record in kept(sender, operation, records)]


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(is_order))
def test_an_order_goes_both_ways(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    up, down = sorted((example_of(parameter), turned(example_of(parameter))), key=is_downward)
    call = reached(subject, operation, parameter)
    upwards = whole_list(one, call.with_query({parameter.name: up}))
    downwards = whole_list(one, call.with_query({parameter.name: down}))
    assert ids(upwards) != ids(downwards)
    assert sorted(ids(upwards)) == sorted(ids(downwards)) == sorted(ids(whole_list(one, call)))
    keys = order_values(one, operation, parameter, up, upwards)
    assert keys == sorted(keys)
    assert order_values(one, operation, parameter, up, downwards) == keys[::-1]


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(is_order))
def test_an_order_is_not_the_default_one(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    call = reached(subject, operation, parameter)
    ordered = {tuple(ids(whole_list(one, call.with_query({parameter.name: way})))) for way in (example_of(parameter), turned(example_of(parameter)))}
    assert ordered != {tuple(ids(whole_list(one, call)))}


def each_column() -> Iterator[Any]:
    for subject in SUBJECTS:
        for operation in subject.swept:
            for parameter in operation.parameters:
                for name in parameter.order_table:
                    yield pytest.param(subject, operation, parameter, name, id=f"{subject}:{operation.operation_id}-{parameter.name}-{name}")


@pytest.mark.parametrize(("subject", "operation", "parameter", "name"), list(each_column()))
def test_a_column_orders_both_ways(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter, name: str) -> None:
    one = sender(subject)
    call = filled(one, reached(subject, operation, parameter))
    key = path_key(one.store, parameter.order_table[name])
    for value, down in ((name, False), (f"-{name}", True)):
        keys = list(map(key, kept(one, operation, whole_list(one, call.with_query({parameter.name: value})))))
        assert keys == sorted(keys, reverse=down)
        assert keys[0] != keys[-1]


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: bool(parameter.order_table)))
def test_columns_of_a_comma_list_order_ties_and_unknown_ones_do_not(
    sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter
) -> None:
    one = sender(subject)
    call = filled(one, reached(subject, operation, parameter))
    names = list(parameter.order_table)
    listed = kept(one, operation, whole_list(one, call.with_query({parameter.name: f"{names[0]},nothing.known,-{names[-1]}"})))
    first, last = (path_key(one.store, parameter.order_table[name]) for name in (names[0], names[-1]))
    assert listed == sorted(sorted(listed, key=last, reverse=True), key=first)
    assert ids(whole_list(one, call.with_query({parameter.name: "nothing.known"}))) == ids(whole_list(one, call))


# --- pages ---


def with_page_role(*names: str) -> Callable[[Parameter], bool]:
    return lambda parameter: parameter.page is not None and parameter.page.role in names


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(with_page_role("limit", "per_page")))
def test_a_limit_cuts_the_page(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    call, size = filled(one, reached(subject, operation, parameter)), example_of(parameter)
    multiply(one, call, kept(one, operation, main_records(one, call))[0], size)
    everything = whole_list(one, call)
    assert size < len(everything)
    assert main_records(one, call.with_query({parameter.name: size})) == everything[:size]


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(with_page_role("limit", "per_page")))
def test_a_page_without_a_limit_has_its_default_size(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    assert parameter.page is not None
    call = filled(one, reached(subject, operation, parameter))
    multiply(one, call, kept(one, operation, main_records(one, call))[0], parameter.page.default)
    assert len(main_records(one, call)) == parameter.page.default


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: bool(parameter.page and parameter.page.maximum)))
def test_a_limit_above_the_maximum_is_clamped(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    assert parameter.page is not None
    maximum = parameter.page.maximum or 0
    call = filled(one, reached(subject, operation, parameter))
    multiply(one, call, kept(one, operation, main_records(one, call))[0], maximum + 1)
    assert len(main_records(one, call.with_query({parameter.name: maximum + 1}))) == maximum


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(with_page_role("offset", "page")))
def test_an_offset_or_a_page_number_shifts_the_page(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    roles = page_roles(operation)
    size = 1 if "page" in roles else 2
    limit = (roles.get("limit") or roles["per_page"]).parameter
    call, number = filled(one, reached(subject, operation, parameter)), example_of(parameter)
    skipped = number if parameter.page and parameter.page.role == "offset" else (number - 1) * size
    if operation.within:
        multiply(one, call, kept(one, operation, main_records(one, call))[0], skipped)
    everything = whole_list(one, call)
    assert 0 < skipped < len(everything), "the example leads to the first page or past the end"
    assert main_records(one, call.with_query({limit: size, parameter.name: number})) == everything[skipped : skipped + size]


@pytest.mark.parametrize(("subject", "operation"), each_list(lambda operation: bool(page_roles(operation))))
def test_pages_partition_the_list(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    call = example_call(subject, operation)
    roles = page_roles(operation)
    limit = (roles.get("limit") or roles["per_page"]).parameter
    everything = whole_list(one, call)
    for size in (2, 3):
        pages = []
        for number in range(-(-len(everything) // size) + 1):
            place = {roles["offset"].parameter: number * size} if "offset" in roles else {roles["page"].parameter: number + 1}
            pages.append(main_records(one, call.with_query({limit: size, **place})))
        assert [record for page in pages for record in page] == everything
        assert pages[-1] == []


# --- selections ---


def each_selection() -> Iterator[Any]:
    for subject in SUBJECTS:
        for operation in subject.swept:
            for parameter in operation.parameters:
                for name in parameter.select:
                    yield pytest.param(subject, operation, parameter, name, id=f"{subject}:{operation.operation_id}-{parameter.name}-{name}")


def keys_of(answer: Any) -> set[str]:
    """Return the keys of an envelope and of the records in it."""
    nodes = answer if isinstance(answer, list) else [answer]
    below = [one for node in nodes for value in node.values() for one in (value if isinstance(value, list) else [value])]
    return {key for node in (*nodes, *below) if isinstance(node, dict) for key in node}


@pytest.mark.parametrize(("subject", "operation", "parameter", "name"), list(each_selection()))
def test_keys_appear_when_they_are_selected(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter, name: str) -> None:
    one = sender(subject)
    call = reached(subject, operation, parameter)
    selected = keys_of(one.send(call.with_query({parameter.name: name})).json())
    others = [other for other in parameter.select if not set(parameter.select[other]) & set(parameter.select[name])]
    unselected = keys_of(one.send(call.with_query({parameter.name: ",".join(others)})).json())
    assert set(parameter.select[name]) - selected == set()
    assert set(parameter.select[name]) - unselected == set(parameter.select[name])


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: bool(parameter.select)))
def test_nothing_is_selected_unasked(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    call = reached(subject, operation, parameter)
    bare = one.send(call).content
    assert one.send(call.with_query({parameter.name: "nothing of the kind"})).content == bare
    assert one.send(sampled(subject, operation, parameter)).content != bare


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: parameter.thins))
def test_only_the_keys_that_are_named_are_answered(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    call = filled(one, reached(subject, operation, parameter))
    whole = shown_records(sender(subject), call)
    for names in ({"id"}, set(whole[0]) - {"id"}, set()):
        text = ",".join([*sorted(names), "nobody knows this"])
        thin = shown_records(sender(subject), call.with_query({parameter.name: text}))
        assert [set(record) for record in thin] == [set(record) & names for record in whole]


def shown_records(sender: Sender, call: Call) -> list[Any]:
    """Return the main records of an answer: those of a list, or the one."""
    if call.operation.action is Action.LIST:
        return main_records(sender, call)
    response = sender.send(call)
    assert response.status_code == sender.subject_status(call.operation), response.text
    return [response.json()]


# --- inputs, and parameters without effect ---


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: parameter.reader is not None))
def test_an_input_changes_the_outcome(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    given, other = sampled(subject, operation, parameter), reached(subject, operation, parameter)
    if parameter.location == "path":
        given, other = other, other.with_path(**{parameter.name: f"{example_of(parameter)}0"})
    assert sender(subject).outcome(given) != sender(subject).outcome(other)


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: parameter.no_effect is not None))
def test_a_parameter_without_effect_changes_nothing(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    call = example_call(subject, operation)
    if parameter.location == "path":
        changed = call.with_path(**{parameter.name: int(example_of(parameter)) + 1})
    else:
        changed = call.with_value(parameter, example_of(parameter))
    assert sender(subject).outcome(changed) == sender(subject).outcome(call)


# --- other spellings ---


@pytest.mark.parametrize(("subject", "operation", "parameter"), each_parameter(lambda parameter: bool(parameter.aliases)))
def test_another_spelling_has_the_same_effect(sender: MakeSender, subject: Subject, operation: Operation, parameter: Parameter) -> None:
    one = sender(subject)
    declared = one.send(sampled(subject, operation, parameter))
    assert declared.content != one.send(reached(subject, operation, parameter)).content
    for alias in (alias.replace("{}", "0") for alias in parameter.aliases):
        if "{" in alias:
            continue  # a family: another member is another parameter
        other = one.send(reached(subject, operation, parameter).with_query({alias: example_of(parameter)}))
        assert (other.status_code, other.content) == (declared.status_code, declared.content), alias


@pytest.mark.parametrize(("subject", "operation"), each_operation(lambda operation: operation.action is Action.LIST))
def test_an_unknown_parameter_is_ignored(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    call = example_call(subject, operation)
    assert one.send(call.with_query({"nobody[knows]": "this"})).content == one.send(call).content
