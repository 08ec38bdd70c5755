"""Writes become one event for each record, and events the calls of the automations that watch for them."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.automations import Action, Automation, Calls, Event, Fact, Writes, match_calls
from mockserver.store import Change

CALLS = Calls(
    {"rule": Fact.AUTOMATION, "what": Fact.MODEL, "how": Fact.ACTION, "which": Fact.KEY},
    {Action.CREATED: "made", Action.UPDATED: "mended", Action.DELETED: "broken"},
)
MADE = Automation("On made", "cup", Action.CREATED, "http://localhost/made")

NONE, ONE, OTHER = None, {"id": 1, "size": 1}, {"id": 1, "size": 2}


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        pytest.param([(NONE, ONE)], Action.CREATED, id="a create"),
        pytest.param([(NONE, ONE), (ONE, OTHER), (OTHER, ONE)], Action.CREATED, id="updates in the effects of a create"),
        pytest.param([(ONE, OTHER)], Action.UPDATED, id="an update"),
        pytest.param([(ONE, OTHER), (OTHER, ONE)], Action.UPDATED, id="several updates"),
        pytest.param([(ONE, ONE)], Action.UPDATED, id="a write that changes nothing"),
        pytest.param([(ONE, NONE)], Action.DELETED, id="a delete"),
        pytest.param([(ONE, OTHER), (OTHER, NONE)], Action.DELETED, id="a last update before a delete"),
        pytest.param([(NONE, ONE), (ONE, NONE)], None, id="a record that came and went"),
    ],
)
def test_the_writes_of_a_record_are_one_event(changes: list[tuple[Any, Any]], action: Action | None) -> None:
    writes = Writes()
    for before, after in changes:
        writes.add("cup", Change("cups", before, after))
    assert list(writes.events()) == ([] if action is None else [Event("cup", action, 1)])


def test_events_come_in_the_order_of_first_writes_and_models_do_not_mix() -> None:
    writes = Writes()
    writes.add("cup", Change("cups", None, {"id": 2}))
    writes.add("jug", Change("jugs", {"id": 2}, None))
    writes.add("cup", Change("cups", {"id": 1}, {"id": 1}))
    writes.add("cup", Change("cups", {"id": 2}, {"id": 2}))
    assert list(writes.events()) == [Event("cup", Action.CREATED, 2), Event("jug", Action.DELETED, 2), Event("cup", Action.UPDATED, 1)]


def test_a_call_tells_what_happened_in_the_words_of_the_api() -> None:
    [call] = match_calls([MADE], [Event("cup", Action.CREATED, 7)], CALLS)
    assert call.automation is MADE
    assert call.parameters == {"rule": "On made", "what": "cup", "how": "made", "which": 7}


@pytest.mark.parametrize("event", [Event("jug", Action.CREATED, 7), Event("cup", Action.UPDATED, 7), Event("cup", Action.DELETED, 7)])
def test_another_event_calls_nobody(event: Event) -> None:
    assert match_calls([MADE], [event], CALLS) == []


def test_a_disabled_automation_calls_nobody() -> None:
    assert match_calls([replace(MADE, enabled=False)], [Event("cup", Action.CREATED, 7)], CALLS) == []


def test_every_event_calls_every_automation_that_watches_for_it() -> None:
    second = replace(MADE, name="Second")
    events = [Event("cup", Action.CREATED, 1), Event("cup", Action.DELETED, 2), Event("cup", Action.CREATED, 3)]
    told = [(call.automation.name, call.parameters["which"]) for call in match_calls([MADE, second], events, CALLS)]
    assert told == [("On made", 1), ("Second", 1), ("On made", 3), ("Second", 3)]
