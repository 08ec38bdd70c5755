"""An account of the real document and fixtures at a moment that stands still, asked below HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.apis.activecampaign.behaviours import FUNCTIONS
from mockserver.apis.activecampaign.conventions import CONVENTIONS
from mockserver.clock import FrozenClock
from mockserver.exchange import Answer, Record, Request
from mockserver.extensions import check_extensions
from mockserver.fixtures import load_store
from mockserver.handlers import build_handler
from mockserver.operations import load_model
from mockserver.pipeline import Service, zone_of
from mockserver.refusals import Refusal, Violation
from mockserver.rendering import View
from mockserver.requests import BodyReader, ParameterReader
from mockserver.spec import load_document
from mockserver.store import Store
from mockserver.worlds import Bounds, Session, World, Worlds

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


class Account:
    """One account: a fork of the fixtures, and the operations of the document on it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.world = World("test", service.worlds.fixtures.fork())

    @property
    def store(self) -> Store:
        return self.world.store

    def session(self, caller: int = 1) -> Session:
        return self.service.session(self.world, caller)

    def record(self, collection: str, key: int) -> Record:
        return self.store[collection].records[key]

    def deal(self, key: int) -> Record:
        return self.record("deals", key)

    def activities(self, deal: int, after: int = 0) -> list[tuple[str, str, str, int]]:
        """Return dataType, dataAction, dataOldval and dataId of the deal's activities, those of the fixtures left out."""
        newest = self.service.worlds.fixtures["dealActivities"].next_key
        told = self.store["dealActivities"].where("deal", deal)
        return [(one["dataType"], one["dataAction"], one["dataOldval"], one["dataId"]) for one in told if one["id"] >= newest]

    def keys(self, operation_id: str, envelope: str, *ids: int, caller: int = 1, **query: str) -> list[int]:
        """Return the ids that a list answers; parameters by their names, `filters_title` for `filters[title]`."""
        named = {f"{name.split('_', 1)[0]}[{name.split('_', 1)[1]}]" if name.startswith(("filters_", "orders_")) else name: one for name, one in query.items()}
        answer = self.call(operation_id, *ids, query={"limit": "100", **named}, caller=caller)
        return [int(record["id"]) for record in answer[envelope]]

    def refusals(self, operation_id: str, *ids: int, body: Any = None, caller: int = 1) -> list[tuple[str, str]]:
        """Return pointer and code of each reason for which a request is refused; nothing may have changed."""
        before = self.store.snapshot()
        with pytest.raises(Refusal) as refused:
            self.call(operation_id, *ids, body=body, caller=caller)
        assert self.store.snapshot() is before
        return [(reason.pointer, reason.code) for reason in refused.value.violations]

    def call(self, operation_id: str, *ids: int, query: Mapping[str, str] | None = None, body: Any = None, caller: int = 1) -> Any:
        """Return the rendered answer of an operation, which keeps to the document."""
        service, session = self.service, self.session(caller)
        operation = service.model.by_id(operation_id)
        asked = ParameterReader(operation, service.model.document, service.validators).query(urlencode(query or {}).encode())
        parents = {name: self.record(collection, key) for (name, collection), key in zip(operation.records, ids, strict=False)}
        resource = service.model.resources.get(operation.collection or "")
        sent: Mapping[str, Any] = {}
        if operation.bodies:
            reader = BodyReader(operation, service.model.document, service.validators, resource.singular if resource else "", CONVENTIONS.bodies)
            sent = reader.check("application/json", body)
        session.request = Request({name: one["id"] for name, one in parents.items()}, asked, body, sent, parents)
        answer = build_handler(operation, service.model, FUNCTIONS)(session, session.request)
        return self._rendered(operation_id, session, answer)

    def _rendered(self, operation_id: str, session: Session, answer: Answer) -> Any:
        service = self.service
        operation = service.model.by_id(operation_id)
        status = answer.status or operation.statuses[service.profile] or 200
        schema = operation.responses[status]
        if status >= 400 or schema is None:
            return answer.values["body"]
        view = View(session, "https://kitehouse.example/api/3", answer, service.visibility(session))
        body = service.renderers.answer(operation, schema)(view, answer)
        assert service.validators.compile(schema).violations(body, "body") == []
        return body


@pytest.fixture(scope="session")
def service() -> Service:
    document = load_document(ROOT / "openapi" / "activecampaign" / "openapi.yaml", None)
    check_extensions(document.raw, document.source)
    model = load_model(document, FUNCTIONS)
    store = load_store(ROOT / "fixtures" / "activecampaign", model.resources, NOW, zone_of(CONVENTIONS.zones.default))
    return Service("activecampaign", model, CONVENTIONS, FUNCTIONS, Worlds(store, CONVENTIONS.callers, Bounds()), FrozenClock(NOW))


@pytest.fixture
def account(service: Service) -> Account:
    return Account(service)


def sentences(service: Service, violations: list[Violation]) -> list[str]:
    """Return the pointers of violations, for short assertions."""
    return [violation.pointer for violation in violations]
