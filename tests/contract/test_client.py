from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.client import Client
from mockserver.contract.targets import ForbiddenRequest, Target, in_process
from mockserver.spec import Document
from tests.contract.deployments import Answered, Asked, Door


def document(place: str = "header") -> Document:
    components = {"securitySchemes": {"Key": {"type": "apiKey", "in": place, "name": "Api-Key"}}}
    return Document({"openapi": "3.0.3", "x-mock-api": "a", "servers": [{"url": "/v1"}], "components": components, "paths": {}}, "a")


async def nothing(scope: Any, receive: Any, send: Any) -> None: ...


def door_that(answers: Any) -> Door:
    return Door(nothing, lambda asked: answers(asked) if callable(answers) else answers)


def target_behind(door: Door, place: str = "header", *, writes: bool = True) -> Target:
    return in_process(document(place), door, "secret", writes=writes)


def test_a_path_is_filled_in_and_quoted() -> None:
    door = door_that(Answered(200))
    with Client(target_behind(door)) as client:
        client.send("GET", "/deals/{id}/notes", parameters={"id": "a/b c"})
    assert door.asked[0].path == "/a/v1/deals/a/b c/notes"


@pytest.mark.parametrize(("place", "header", "query"), [("header", "secret", ()), ("query", None, (("Api-Key", "secret"),))])
def test_the_credential_is_sent_where_it_belongs(place: str, header: str | None, query: tuple[tuple[str, str], ...]) -> None:
    door = door_that(Answered(200))
    with Client(target_behind(door, place)) as client:
        client.send("GET", "/deals")
    assert (door.asked[0].headers.get("api-key"), door.asked[0].query) == (header, query)


@pytest.mark.parametrize("place", ["header", "query"])
def test_the_command_that_sends_it_again_does_not_tell_the_credential(place: str) -> None:
    with Client(target_behind(door_that(Answered(200)), place)) as client:
        reply = client.send("POST", "/deals", query={"x": "1 2"}, body={"it's": 1})
    assert "secret" not in reply.curl
    assert "x=1" in reply.curl


def test_lists_are_repeated_and_booleans_are_sent_as_texts() -> None:
    door = door_that(Answered(200))
    with Client(target_behind(door)) as client:
        client.send("GET", "/deals", query={"ids": [1, 2], "open": True})
    assert door.asked[0].query == (("ids", "1"), ("ids", "2"), ("open", "true"))


def test_what_is_no_json_has_no_body() -> None:
    with Client(target_behind(door_that(Answered(200, {}, b"<html>")))) as client:
        reply = client.send("GET", "/deals")
    assert (reply.body, reply.text) == (None, "<html>")


def test_a_read_only_target_is_not_written_to() -> None:
    door = door_that(Answered(200))
    with Client(target_behind(door, writes=False)) as client, pytest.raises(ForbiddenRequest):
        client.send("DELETE", "/deals/1")
    assert door.asked == []


def test_a_redirect_is_answered_and_not_followed() -> None:
    door = door_that(Answered(302, {"location": "/a/v1/elsewhere"}))
    with Client(target_behind(door)) as client:
        assert client.send("GET", "/deals").status == 302
    assert len(door.asked) == 1


def test_too_many_requests_are_sent_again_when_the_target_says_so() -> None:
    busy = [Answered(429, {"retry-after": "0"}), Answered(200, {}, json.dumps({"a": 1}).encode())]

    def answers(asked: Asked) -> Answered:
        return busy.pop(0)

    with Client(target_behind(door_that(answers))) as client:
        assert client.send("GET", "/deals").body == {"a": 1}


def test_a_target_that_stays_busy_is_not_asked_for_ever() -> None:
    door = door_that(Answered(429, {"retry-after": "0"}))
    with Client(target_behind(door)) as client:
        assert client.send("GET", "/deals").status == 429
    assert len(door.asked) == 3
