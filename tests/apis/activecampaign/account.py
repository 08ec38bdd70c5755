"""An account of the real document and fixtures, asked below HTTP: what an operation answers, refuses and leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from mockserver.collection import Collection
from mockserver.exchange import Answer, Record, Request
from mockserver.handlers import build_handler
from mockserver.operations import Operation
from mockserver.pipeline import Service
from mockserver.refusals import Refusal
from mockserver.requests import BodyReader, ParameterReader
from mockserver.responses import encode
from mockserver.store import Store
from mockserver.view import View
from mockserver.worlds import Session, World
from tests.models import operation_of


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

    def contents(self) -> dict[str, Collection]:
        """Return the collections by name; they are the same ones, and so are equal, until something is written."""
        return {name: self.store[name] for name in self.store}

    def activities(self, deal: int) -> list[tuple[str, str, str, int]]:
        """Return dataType, dataAction, dataOldval and dataId of the deal's activities, those of the fixtures left out."""
        newest = self.service.worlds.fixtures["dealActivities"].next_key
        told = self.store["dealActivities"].where("deal", deal)
        return [(one["dataType"], one["dataAction"], one["dataOldval"], one["dataId"]) for one in told if one["id"] >= newest]

    def keys(self, operation_id: str, envelope: str, query: Mapping[str, str] | None = None) -> list[int]:
        """Return the ids that a list answers, at most a hundred."""
        return [int(record["id"]) for record in self.call(operation_id, query={"limit": "100", **(query or {})})[envelope]]

    def refusals(self, operation_id: str, *ids: int, body: Any = None, caller: int = 1) -> list[tuple[str, str]]:
        """Return pointer and code of each reason for which a request is refused; nothing may have changed."""
        before = self.contents()
        with pytest.raises(Refusal) as refused:
            self.call(operation_id, *ids, body=body, caller=caller)
        assert self.contents() == before
        return [(reason.pointer, reason.code) for reason in refused.value.violations]

    def call(self, operation_id: str, *ids: int, query: Mapping[str, str] | None = None, body: Any = None, caller: int = 1) -> Any:
        """Return the rendered answer of an operation, which keeps to the document."""
        service, session = self.service, self.session(caller)
        operation = operation_of(service.model, operation_id)
        asked = ParameterReader(operation, service.model.document, service.validators).query(urlencode(query or {}).encode())
        parents = {name: self.record(collection, key) for (name, collection), key in zip(operation.records, ids, strict=True)}
        sent = self._sent(operation, body) if operation.bodies else {}
        session.request = Request({name: one["id"] for name, one in parents.items()}, asked, body, sent, parents)
        return self._rendered(operation, session, build_handler(operation, service.model, service.functions)(session, session.request))

    def _sent(self, operation: Operation, body: Any) -> Mapping[str, Any]:
        service = self.service
        resource = service.model.resources[operation.collection or ""]
        reader = BodyReader(operation, service.model.document, service.validators, resource.singular, service.conventions.bodies)
        return reader.check("application/json", body)

    def _rendered(self, operation: Operation, session: Session, answer: Answer) -> Any:
        service = self.service
        status = answer.status or operation.statuses[service.profile] or 200
        schema = operation.responses[status]
        if status >= 400 or schema is None:
            return answer.values["body"]
        view = View(session, "https://kitehouse.example/api/3", answer, service.visibility(session))
        body = orjson.loads(encode(service.renderers.answer(operation, schema)(view, answer)))
        assert service.validators.compile(schema).violations(body, "body") == []
        return body
