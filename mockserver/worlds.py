"""Worlds: a store, its counters and who acts in it. Credential → world and caller; fork, bounds and idle time. Knows nothing of what records mean."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

from mockserver.apikeys import is_refused
from mockserver.automations import Automation, Writes
from mockserver.clock import monotonic_seconds, token
from mockserver.exchange import Record, Request
from mockserver.functions import Functions
from mockserver.journal import Journal
from mockserver.resources import Resource
from mockserver.store import Change, Store

logger = logging.getLogger("mockserver.worlds")


@dataclass(frozen=True, slots=True)
class Callers:
    """Who a credential acts as.

    Attributes:
        collection: of the users.
        administrator: key of the user that a credential acts as unless it says otherwise.
        credential_field: stored field with the credential of a user of the fixtures.
        form_field: stored field with what names a user to forms that carry no credential; empty for none.
    """

    collection: str
    administrator: int
    credential_field: str
    form_field: str = ""


class World:
    """One account: a store that nobody else writes, and what is counted and noted for it.

    Attributes:
        forms: by key of a user what names that user to forms, in this world alone.
        sights: by key of a user what that user sees, as long as it holds.
        automations: the calls that follow from its events.
    """

    __slots__ = ("automations", "forms", "journal", "last_used", "name", "requests", "sights", "store", "windows")

    def __init__(self, name: str, store: Store, forms: Mapping[int, str] = MappingProxyType({})) -> None:
        self.name = name
        self.store = store
        self.forms = forms
        self.journal = Journal()
        self.sights: dict[int, Any] = {}
        self.automations: tuple[Automation, ...] = ()
        self.requests = 0
        self.windows: dict[int, tuple[int, int]] = {}
        self.last_used = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many worlds are kept, and for how long without a request."""

    worlds: int = 1000
    idle_seconds: float = 6 * 3600


class Worlds:
    """The worlds of one API, forked from its fixtures as credentials come."""

    def __init__(self, fixtures: Store, callers: Callers, bounds: Bounds, *, strict: bool = False, seed: int = 0) -> None:
        self.fixtures = fixtures
        self.evicted = 0
        self._callers = callers
        self._bounds = bounds
        self._strict = strict
        self._seed = seed
        self._worlds: OrderedDict[str, World] = OrderedDict()
        users = fixtures[callers.collection]
        self._users = {str(user["id"]): int(user["id"]) for user in users}
        self._listed = {user[callers.credential_field]: int(user["id"]) for user in users if user[callers.credential_field]}
        self._listed_forms = {int(user["id"]): str(user[callers.form_field]) for user in users if callers.form_field and user[callers.form_field]}
        self._forms = {form: ("", key) for key, form in self._listed_forms.items()}

    def __len__(self) -> int:
        return len(self._worlds)

    def enter(self, credential: str) -> tuple[World, int] | None:
        """Return the world that a credential names and the key of the user it acts as; None for a credential that is refused.

        `NAME` acts as the administrator of world NAME, `NAME:USER` as that user of the fixtures. Credentials that the fixtures list act as their
        users, all in one world. Refused: an empty one, one that contains `invalid` in any case, an unknown user, and with strict credentials all that
        are not listed.
        """
        listed = self._listed.get(credential)
        if listed is not None:
            return self._world(""), listed
        if not credential or self._strict or is_refused(credential):
            return None
        name, separator, user = credential.rpartition(":")
        if not separator:
            return self._world(credential), self._callers.administrator
        key = self._users.get(user)
        return None if key is None or not name else (self._world(name), key)

    def enter_public(self) -> tuple[World, int]:
        """Return the world of requests without a credential, and its administrator's key."""
        return self._world("public"), self._callers.administrator

    def enter_form(self, form: str) -> tuple[World, int] | None:
        """Return the world and the user that a form names; None for one that no world has given out."""
        found = self._forms.get(form)
        return None if found is None else (self._world(found[0]), found[1])

    def _world(self, name: str) -> World:
        world = self._worlds.get(name)
        now = monotonic_seconds()
        if world is None:
            world = self._worlds[name] = World(name, self.fixtures.fork(), self._forms_of(name))
            self._forms.update({form: (name, key) for key, form in world.forms.items()})
            world.last_used = now
            self._evict(now)
        else:
            self._worlds.move_to_end(name)
        world.last_used = now
        return world

    def _forms_of(self, name: str) -> Mapping[int, str]:
        """Return what names the users to forms in this world: as in the fixtures where the listed credentials lead, else given out by us."""
        if not name:
            return self._listed_forms
        return {key: token(len(form), self._seed, "form", name, key) for key, form in self._listed_forms.items()}

    def _evict(self, now: float) -> None:
        while self._worlds:
            name, oldest = next(iter(self._worlds.items()))
            if len(self._worlds) <= self._bounds.worlds and now - oldest.last_used <= self._bounds.idle_seconds:
                return
            gone = self._worlds.pop(name)
            for form in gone.forms.values() if name else ():
                self._forms.pop(form, None)
            self.evicted += 1
            logger.warning("world forgotten: %s", "bound of worlds reached" if len(self._worlds) >= self._bounds.worlds else "idle for too long")


class Session:
    """What one request may read and write in a world, on behalf of one caller, at one moment.

    Attributes:
        store: the world's records.
        now: the moment of the request, in UTC.
        zone: the zone in which the caller sees and means dates.
        caller: key of the user that the request acts as.
        request: the request, once it is readable.
        noted: what the world's journal will hold if the request succeeds: kind and content.
        writes: of collections that automations watch; None before the first.
    """

    __slots__ = ("_functions", "_resources", "_seed", "caller", "noted", "now", "request", "store", "world", "writes", "zone")

    def __init__(
        self, world: World, caller: int, now: datetime, zone: tzinfo, resources: Mapping[str, Resource], functions: Functions, seed: int
    ) -> None:
        self.world = world
        self.store = world.store
        self.caller = caller
        self.now = now
        self.zone = zone
        self.request: Request | None = None
        self.noted: list[tuple[str, Mapping[str, Any]]] = []
        self.writes: Writes | None = None
        self._resources = resources
        self._functions = functions
        self._seed = seed

    def get(self, collection: str, key: int | None) -> Record | None:
        """Return the record with this key, None without one."""
        return None if key is None else self.store[collection].get(key)

    def input(self, name: str) -> Any:
        """Return the value of a query parameter of the request, None if it was not sent."""
        return self.request.query.get(name) if self.request else None

    def journal(self, kind: str, told: Mapping[str, Any]) -> None:
        """Note what happens beside the records: a mail that would have been sent."""
        self.noted.append((kind, told))

    def form_id(self, user: Record) -> str | None:
        """Return what names the user to forms that carry no credential, in this world alone; None for a user whom forms cannot name."""
        return self.world.forms.get(user["id"])

    def token(self, length: int, *parts: object) -> str:
        """Return hex digits that follow from the seed and the parts alone."""
        return token(length, self._seed, *parts)

    def complete(self, collection: str, fields: Record, *, stamped: bool = True) -> dict[str, Any]:
        """Return a whole record, without its key: the fields, and for every other stored field its default or null."""
        resource = self._resources[collection]
        record = dict(resource.blank)
        if stamped:
            record.update(dict.fromkeys((*resource.created, *resource.updated, *resource.changed), self.now))
        record.update(fields)
        return record

    def prepared(self, collection: str, before: Record | None, record: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record completed by its collection's prepare function."""
        name = self._resources[collection].prepare
        return record if name is None else {**record, **self._functions.prepare[name](self, before, record, sent)}

    def create(self, collection: str, fields: Record, *, stamped: bool = True) -> Record:
        """Return the new record of these fields, completed by defaults and the prepare function; effects have run."""
        return self.insert(collection, self.prepared(collection, None, self.complete(collection, fields, stamped=stamped), {}), {})

    def insert(self, collection: str, record: Record, sent: Mapping[str, Any]) -> Record:
        """Return the new record, as it stands after its effects."""
        made = self.store.insert(collection, record)
        self._affect(Change(collection, None, made), sent)
        return self.store[collection].get(made["id"]) or made

    def update(self, collection: str, key: int, changes: Record, sent: Mapping[str, Any] | None = None) -> Record:
        """Return the record after these changes, the moment of its last write among them, and after its effects."""
        resource = self._resources[collection]
        before = self.store[collection].records[key]
        stamps = dict.fromkeys(resource.updated, self.now)
        if any(before[name] != value for name, value in changes.items()):
            stamps |= dict.fromkeys(resource.changed, self.now)
        change = self.store.update(collection, key, {**stamps, **changes})
        self._affect(change, sent or {})
        return self.store[collection].records[key]

    def amend(self, collection: str, key: int, changes: Record) -> None:
        """Change kept values of a record (counts, next dates): neither a stamp nor effects follow."""
        self.store.update(collection, key, changes)

    def delete(self, collection: str, key: int) -> None:
        """Delete the record and all that its relations take with it; effects have run for each."""
        for change in self.store.delete(collection, key):
            self._affect(change, {})

    def _affect(self, change: Change, sent: Mapping[str, Any]) -> None:
        resource = self._resources[change.collection]
        if resource.event is not None and self.world.automations:
            self.writes = self.writes or Writes()
            self.writes.add(resource.event, change)
        for name in resource.effects:
            self._functions.effects[name](self, change, sent)
