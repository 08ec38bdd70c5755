"""What the sweeps sweep: every shipped API in both profiles, and the tiny one. The next API is swept as soon as it is shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
import schemathesis

from mockserver.apis import SHIPPED, Api, shipped_api
from mockserver.app import MockApp, create_app
from mockserver.operations import Action, Model, Operation, Parameter, Profile, load_model
from mockserver.pipeline import Service
from mockserver.requests import ParameterReader
from mockserver.settings import Settings
from mockserver.spec import load_document
from mockserver.validation import Validators
from tests.bundles import CACHE
from tests.models import operation_of
from tests.tiny_api.api import HARBOUR

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Subject:
    """An API in a profile."""

    api: Api
    profile: Profile

    def __str__(self) -> str:
        return f"{self.api.name}-{self.profile}"

    @property
    def model(self) -> Model:
        return _model(self)

    @property
    def swept(self) -> list[Operation]:
        """The operations to sweep: in the observed profile those whose success it answers otherwise."""
        documented = self.profile is Profile.DOCUMENTED
        return [one for one in self.model.operations if documented or one.statuses[Profile.OBSERVED] != one.statuses[Profile.DOCUMENTED]]

    @property
    def refusing(self) -> list[Operation]:
        """The operations whose statuses to sweep: in the observed profile also those that may refuse an id otherwise."""
        ids = self.service.conventions.malformed_ids
        differ = ids[Profile.OBSERVED] is not ids[Profile.DOCUMENTED]
        return [one for one in self.model.operations if one in self.swept or (differ and one.located("path"))]

    @property
    def service(self) -> Service:
        return self.app().service(self.api.name)

    @property
    def base(self) -> str:
        return self.app().mounted[0].base

    @property
    def validators(self) -> Validators:
        return self.service.validators

    def app(self, *, rate_limits: bool = False) -> MockApp:
        """Return the one application that serves this subject; worlds keep tests apart."""
        return _app(self, rate_limits)

    def operation(self, operation_id: str) -> Operation:
        return operation_of(self.model, operation_id)

    def reader(self, operation: Operation) -> ParameterReader:
        return ParameterReader(operation, self.model.document, self.validators)

    def judge(self, operation: Operation) -> schemathesis.APIOperation[Any, Any, Any, Any]:
        """Return the operation as schemathesis knows it, for a verdict that is not our own."""
        judge: schemathesis.APIOperation[Any, Any, Any, Any] = _judges(self)[operation.path][operation.method]
        return judge


STARTED: list[MockApp] = []
"""The applications that tests have used so far."""

SUBJECTS = [Subject(api, profile) for api in [*map(shipped_api, SHIPPED), HARBOUR] for profile in Profile]


@cache
def _model(subject: Subject) -> Model:
    return load_model(load_document(subject.api.document, CACHE), subject.api.functions)


@cache
def _app(subject: Subject, rate_limits: bool) -> MockApp:
    app = create_app(Settings(clock=NOW, profile=subject.profile, rate_limits=rate_limits, cache=CACHE), [subject.api])
    STARTED.append(app)
    return app


@cache
def _judges(subject: Subject) -> Any:
    return schemathesis.openapi.from_dict({**subject.model.document.raw, "servers": [{"url": subject.base}]})


def each_operation(keep: Callable[[Operation], bool] = lambda operation: True, *, refusing: bool = False) -> list[Any]:
    """Return pytest parameters (subject, operation) for every operation that is kept; `refusing`: of those whose statuses are swept."""
    return [
        pytest.param(subject, operation, id=f"{subject}:{operation.operation_id}")
        for subject in SUBJECTS
        for operation in (subject.refusing if refusing else subject.swept)
        if keep(operation)
    ]


def each_parameter(keep: Callable[[Parameter], bool], operations: Callable[[Operation], bool] = lambda operation: True) -> list[Any]:
    """Return pytest parameters (subject, operation, parameter) for every parameter that is kept."""
    return [
        pytest.param(subject, operation, parameter, id=f"{subject}:{operation.operation_id}-{parameter.name}")
        for subject in SUBJECTS
        for operation in subject.swept
        for parameter in operation.parameters
        if keep(parameter) and operations(operation)
    ]


def each_list(keep: Callable[[Operation], bool] = lambda operation: True) -> list[Any]:
    """Return pytest parameters (subject, operation) for every list that is kept."""
    return each_operation(lambda operation: operation.action is Action.LIST and keep(operation))
