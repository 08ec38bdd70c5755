"""The tables hold every function that the document names, and no other."""

import re

import orjson
import pytest

from mockserver.apis.activecampaign.behaviours import FUNCTIONS
from mockserver.operations import Action
from mockserver.pipeline import Service
from tests.apis.activecampaign.account import Account


def named_by(service: Service) -> dict[str, set[str]]:
    operations, resources = service.model.operations, service.model.resources.values()
    parameters = [parameter for operation in operations for parameter in operation.parameters]
    values = set(re.findall(r'"x-mock-value":"([^"]+)"', orjson.dumps(service.model.document.raw).decode()))
    return {
        "behaviours": {one.operation_id for one in operations if one.action is Action.BEHAVIOUR},
        "prepare": {one.prepare for one in resources if one.prepare},
        "effects": {name for one in resources for name in one.effects},
        "rules": {name for one in operations for name, _ in one.rules} - {"related", "unique"},
        "values": values & set(FUNCTIONS.values),
        "filters": {one.filter_function for one in parameters if one.filter_function},
        "allowed": {one.allowed for one in operations if one.allowed},
        "expansions": {one.expansion for one in parameters if one.expansion},
        "settle": {one.settle for one in resources if one.settle},
        "orders": {one.order_function for one in parameters if one.order_function},
        "visible": {one.visible for one in resources if one.visible},
    }


@pytest.mark.parametrize("table", FUNCTIONS.names())
def test_the_table_holds_what_the_document_names(service: Service, table: str) -> None:
    assert FUNCTIONS.names()[table] == named_by(service)[table]


def test_every_input_is_read_by_a_function(service: Service) -> None:
    inputs = set(re.findall(r'"x-mock-input":"([^"]+)"', orjson.dumps(service.model.document.raw).decode()))
    assert inputs <= set().union(*FUNCTIONS.names().values())


def test_a_good_credential_is_answered_with_an_empty_object(account: Account) -> None:
    assert account.call("get_root") == {}
