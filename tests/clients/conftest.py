"""The mock as a process, in each form that a client wants, and the environments of the clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.environments import Environment, node_environment, python_environment
from tests.clients.mocks import Mock, serving_plainly, serving_securely

NOW = "2024-05-02T15:00:00Z"  # later than every date of the fixtures that is no due date: what a test writes is the newest


@pytest.fixture(scope="session")
def mock() -> Iterator[Mock]:
    with serving_plainly("--clock", NOW) as served:
        yield served


@pytest.fixture(scope="session")
def secure_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    with serving_securely(tmp_path_factory.mktemp("certificate"), "--clock", NOW, "--profile", "observed") as served:
        yield served


@pytest.fixture(scope="session")
def secure_documented_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    with serving_securely(tmp_path_factory.mktemp("certificate"), "--clock", NOW) as served:
        yield served


@pytest.fixture
def token(request: pytest.FixtureRequest) -> str:
    """Return a credential, and so a world, of the test's own."""
    name: str = request.node.name
    return "".join(letter if letter.isalnum() else "-" for letter in name)


@pytest.fixture(scope="session")
def activecampaign_python() -> Environment:
    return python_environment("activecampaign-python")


@pytest.fixture(scope="session")
def tap_activecampaign() -> Environment:
    return python_environment("tap-activecampaign")


@pytest.fixture(scope="session")
def dlt() -> Environment:
    return python_environment("dlt")


@pytest.fixture(scope="session")
def active_campaign_api_node() -> Environment:
    return node_environment("active-campaign-api-node")
