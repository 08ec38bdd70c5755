"""The ways in which a deployment of ActiveCampaign is wrong here: one thing each, with the check that must find it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from mockserver.contract.targets import ASGIApp
from tests.contract.deployments import Answered, Asked, Door

JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Fault:
    """One wrong deployment.

    Attributes:
        check: the name of the check that finds it.
        label: the operation at which it is found.
        operations: those that schemathesis is asked about; none where our probes find it.
    """

    name: str
    check: str
    label: str
    build: Callable[[ASGIApp], Door]
    operations: frozenset[str] = frozenset()


def wrong_status(asked: Asked, answered: Answered) -> Answered:
    return replace(answered, status=202) if asked.is_for("GET", "/dealRoles") and answered.status == 200 else answered


def missing_field(asked: Asked, answered: Answered) -> Answered:
    if not asked.is_for("GET", "/dealRoles") or answered.status != 200:
        return answered
    body = answered.json()
    return answered.showing({**body, "dealRoles": [{key: value for key, value in role.items() if key != "title"} for role in body["dealRoles"]]})


def wrong_type(asked: Asked, answered: Answered) -> Answered:
    if not asked.is_for("GET", "/dealRoles") or answered.status != 200:
        return answered
    body = answered.json()
    return answered.showing({**body, "meta": {"total": int(body["meta"]["total"])}})


def wrong_total(asked: Asked, answered: Answered) -> Answered:
    if not asked.is_for("GET", "/dealRoles") or answered.status != 200:
        return answered
    return answered.showing({**answered.json(), "meta": {"total": "1"}})


def credential_from_nowhere(asked: Asked) -> Asked:
    return asked if "api-token" in asked.headers or not asked.is_for("GET", "/dealRoles") else asked.with_header("api-token", "somebody")


def any_credential(asked: Asked) -> Asked:
    unknown = asked.headers.get("api-token") == "invalid" and asked.is_for("DELETE", "/dealTasks/:id")
    return asked.with_header("api-token", "somebody") if unknown else asked


def ignored_filter(asked: Asked) -> Asked:
    return asked.without("filters[stage]") if asked.is_for("GET", "/deals") else asked


def filter_of_one_field_too_few(asked: Asked, answered: Answered) -> Answered:
    """A filter that finds nothing."""
    if not asked.is_for("GET", "/dealRoles") or not dict(asked.query).get("search"):
        return answered
    return answered.showing({**answered.json(), "dealRoles": [], "meta": {"total": "0"}})


def ignored_order(asked: Asked) -> Asked:
    return asked.without("orders[value]") if asked.is_for("GET", "/deals") else asked


def one_direction_only(asked: Asked) -> Asked:
    """An order that does not turn round."""
    if not asked.is_for("GET", "/contacts"):
        return asked
    return replace(asked, query=tuple((name, "ASC" if name == "orders[cdate]" else value) for name, value in asked.query))


def repeating_pages(asked: Asked) -> Asked:
    """An offset that moves one record too few."""
    if not asked.is_for("GET", "/deals"):
        return asked
    return replace(
        asked, query=tuple((name, str(max(int(value) - 1, 0)) if name == "offset" and value.isdigit() else value) for name, value in asked.query)
    )


def losing_pages(asked: Asked) -> Asked:
    """An offset that moves one record too far."""
    if not asked.is_for("GET", "/deals"):
        return asked
    return replace(
        asked,
        query=tuple((name, str(int(value) + 1) if name == "offset" and value.isdigit() and int(value) else value) for name, value in asked.query),
    )


def lost_create(asked: Asked) -> Asked:
    """A create that goes to another world."""
    return replace(asked, headers={**asked.headers, "api-token": "elsewhere"}) if asked.is_for("POST", "/dealStages") else asked


def altered_create(asked: Asked) -> Asked:
    """A create that forgets an attribute."""
    if not asked.is_for("POST", "/dealStages"):
        return asked
    stage = {key: value for key, value in asked.json()["dealStage"].items() if key != "color"}
    return replace(
        asked, body=json.dumps({"dealStage": stage}).encode(), headers={key: value for key, value in asked.headers.items() if key != "content-length"}
    )


def update_that_changes_nothing(asked: Asked) -> Asked:
    if not asked.is_for("PUT", "/dealStages/:id"):
        return asked
    return replace(asked, body=b"{}", headers={key: value for key, value in asked.headers.items() if key != "content-length"})


def delete_that_deletes_nothing(asked: Asked) -> Asked | Answered:
    return Answered(200, JSON, b"{}") if asked.is_for("DELETE", "/dealTasks/:id") else asked


def refusal_without_rule(asked: Asked) -> Asked | Answered:
    """A text that the document admits is refused with a status that the operation declares."""
    error = {"errors": [{"title": "No", "detail": "", "source": {"parameter": "search"}}]}
    refused = asked.is_for("GET", "/dealRoles") and "search" in dict(asked.query)
    return Answered(400, JSON, json.dumps(error).encode()) if refused else asked


def redirect_elsewhere(asked: Asked) -> Asked | Answered:
    moved = asked.is_for("GET", "/dealTasktypes")
    return Answered(302, {**JSON, "location": "https://elsewhere.example/api/3/dealTasktypes"}, b"{}") if moved else asked


FAULTS = (
    Fault("a wrong status", "status_code_conformance", "GET /dealRoles", lambda app: Door(app, after=wrong_status), frozenset({"list_deal_roles"})),
    Fault(
        "a missing field", "response_schema_conformance", "GET /dealRoles", lambda app: Door(app, after=missing_field), frozenset({"list_deal_roles"})
    ),
    Fault("a wrong type", "response_schema_conformance", "GET /dealRoles", lambda app: Door(app, after=wrong_type), frozenset({"list_deal_roles"})),
    Fault("a wrong total", "pages_partition", "GET /dealRoles", lambda app: Door(app, after=wrong_total)),
    Fault("an ignored filter", "filters_hold", "GET /deals", lambda app: Door(app, ignored_filter)),
    Fault("a filter that finds nothing", "filters_hold", "GET /dealRoles", lambda app: Door(app, after=filter_of_one_field_too_few)),
    Fault("an order that is not ordered", "orders_hold", "GET /deals", lambda app: Door(app, ignored_order)),
    Fault("an order that does not turn round", "orders_hold", "GET /contacts", lambda app: Door(app, one_direction_only)),
    Fault("pages that repeat records", "pages_partition", "GET /deals", lambda app: Door(app, repeating_pages)),
    Fault("pages that lose records", "pages_partition", "GET /deals", lambda app: Door(app, losing_pages)),
    Fault("a lost create", "created_is_kept", "POST /dealStages", lambda app: Door(app, lost_create)),
    Fault("a create that forgets", "created_is_kept", "POST /dealStages", lambda app: Door(app, altered_create)),
    Fault("an update that changes nothing", "updated_is_kept", "PUT /dealStages/{id}", lambda app: Door(app, update_that_changes_nothing)),
    Fault("a delete that deletes nothing", "deleted_is_gone", "DELETE /dealTasks/{id}", lambda app: Door(app, delete_that_deletes_nothing)),
    Fault("a credential that nobody asks for", "credentials_are_asked", "GET /dealRoles", lambda app: Door(app, credential_from_nowhere)),
    Fault("an unknown credential that is accepted", "credentials_are_asked", "DELETE /dealTasks/{id}", lambda app: Door(app, any_credential)),
    Fault("a refusal without a rule", "refusals_have_a_rule", "GET /dealRoles", lambda app: Door(app, refusal_without_rule)),
    Fault(
        "a redirect to another origin",
        "stays_at_its_origin",
        "GET /dealTasktypes",
        lambda app: Door(app, redirect_elsewhere),
        frozenset({"list_deal_tasktypes"}),
    ),
)
