"""What happens to records as events, and the calls that a world's automations make of them. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from mockserver.store import Change


class Action(Enum):
    """What has happened to a record."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


class Fact(Enum):
    """What a parameter of a call tells."""

    AUTOMATION = "the automation's name"
    MODEL = "what its collection is called in events"
    ACTION = "the API's word for the action"
    KEY = "the record's key"


@dataclass(frozen=True, slots=True)
class Calls:
    """How an API calls out: a POST of a form.

    Attributes:
        parameters: what the form's parameters tell, by their names.
        actions: the API's words.
    """

    parameters: Mapping[str, Fact]
    actions: Mapping[Action, str]


@dataclass(frozen=True, slots=True)
class Automation:
    """A call to a URL whenever something happens to records.

    Attributes:
        model: what their collection is called in events.
        failure_email: who is told of a call that fails, None for nobody.
    """

    name: str
    model: str
    action: Action
    url: str
    failure_email: str | None = None
    enabled: bool = True


class Event(NamedTuple):
    """What one request did to one record."""

    model: str
    action: Action
    key: int


class Call(NamedTuple):
    """One call that an automation asks for."""

    automation: Automation
    parameters: Mapping[str, Any]


class Writes:
    """The writes of one request, by record."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], tuple[bool, bool]] = {}

    def add(self, model: str, change: Change) -> None:
        """Note one write of a record."""
        record = change.before if change.after is None else change.after
        place = (model, (record or {})["id"])
        existed, _ = self._seen.get(place, (change.before is not None, True))
        self._seen[place] = existed, change.after is not None

    def events(self) -> Iterator[Event]:
        """Yield an event for each record, in the order of their first writes; none for a record that came and went."""
        for (model, key), (existed, exists) in self._seen.items():
            if existed or exists:
                yield Event(model, Action.DELETED if not exists else Action.UPDATED if existed else Action.CREATED, key)


def match_calls(automations: Iterable[Automation], events: Iterable[Event], calls: Calls) -> list[Call]:
    """Return the calls that these events ask for: event by event, in the order of the automations."""
    enabled = [one for one in automations if one.enabled]
    return [
        Call(automation, {name: _told(fact, automation, event, calls) for name, fact in calls.parameters.items()})
        for event in events
        for automation in enabled
        if (automation.model, automation.action) == (event.model, event.action)
    ]


def _told(fact: Fact, automation: Automation, event: Event, calls: Calls) -> Any:
    told = {Fact.AUTOMATION: automation.name, Fact.MODEL: event.model, Fact.ACTION: calls.actions[event.action], Fact.KEY: event.key}
    return told[fact]
