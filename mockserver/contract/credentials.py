"""Whether every operation asks for a credential: without one, and with one that is unknown, it refuses as its document says. Yields events."""

from __future__ import annotations

from collections.abc import Container, Iterator

from mockserver.contract.claims import Claims
from mockserver.contract.client import Client
from mockserver.contract.documents import refused_statuses
from mockserver.contract.events import Event, Finding, Sent
from mockserver.contract.failures import CredentialIgnored
from mockserver.contract.known import Known
from mockserver.spec import Place

CHECK = "credentials_are_asked"
_PHASE = "probes"
_WRONG = {"no credential": "", "an unknown credential": "invalid"}


def probe_credentials(client: Client, claims: Claims, known: Known, operations: Container[str] | None = None) -> Iterator[Event]:
    """Yield what comes out of asking every secured operation that may be sent, or those with these operationIds, without a known credential."""
    everywhere = claims.document.raw.get("security", ())
    for place in claims.places:
        chosen = operations is None or place.operation["operationId"] in operations
        if chosen and any(place.operation.get("security", everywhere)) and place.method.upper() in client.target.methods:
            yield from _probe(client, claims, known, place)


def _probe(client: Client, claims: Claims, known: Known, place: Place) -> Iterator[Event]:
    refused = refused_statuses(claims.document)
    examples = {one["name"]: one.get("example", 1) for one in place.parameters if one["in"] == "path"}
    parents = next(known.parents(place, 1), None) or {}
    body = claims.body(place)
    for what, credential in _WRONG.items():
        sent = body[1] if body is not None else None
        reply = client.send(place.method.upper(), place.path, parameters={**examples, **parents}, body=sent, credential=credential)
        yield Sent(place.label, place.method.upper(), _PHASE, None, reply.status)
        if reply.status not in refused:
            message = f"{what}: answered with {reply.status}, expected {' or '.join(map(str, refused))}"
            failure = CredentialIgnored(operation=place.label, subject=what, message=message)
            yield Finding(place.label, CHECK, failure, reply.curl, reply.text[:300])
