"""The real document and fixtures at a moment that stands still; a fresh account of them for each test."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mockserver.apis.activecampaign.behaviours import FUNCTIONS
from mockserver.apis.activecampaign.conventions import CONVENTIONS
from mockserver.clock import FrozenClock
from mockserver.extensions import check_extensions
from mockserver.fixtures import load_store
from mockserver.operations import load_model
from mockserver.pipeline import Service, zone_of
from mockserver.spec import load_document
from mockserver.worlds import Bounds, Worlds
from tests.apis.activecampaign.account import Account
from tests.bundles import CACHE

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def service() -> Service:
    document = load_document(ROOT / "openapi" / "activecampaign" / "openapi.yaml", CACHE)
    check_extensions(document.raw, document.source)
    model = load_model(document, FUNCTIONS)
    store = load_store(ROOT / "fixtures" / "activecampaign", model.resources, NOW, zone_of(CONVENTIONS.zones.default))
    return Service("activecampaign", model, CONVENTIONS, FUNCTIONS, Worlds(store, CONVENTIONS.callers, Bounds()), FrozenClock(NOW))


@pytest.fixture
def account(service: Service) -> Account:
    return Account(service)
