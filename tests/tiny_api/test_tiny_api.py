"""An API that the engine has never heard of is served from its document, fixtures and one room: every style differs from the shipped ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from mockserver.apis import SHIPPED, shipped_api
from mockserver.app import MockApp, create_app
from mockserver.lint import lint_api
from mockserver.settings import Settings
from tests.bundles import CACHE
from tests.tiny_api.api import HARBOUR

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
NUMBERS = count(1)

Request = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def app() -> MockApp:
    return create_app(Settings(clock=NOW, cache=CACHE), [HARBOUR])


@pytest.fixture
def request_as(app: MockApp) -> Iterator[Request]:
    """Return a function that asks as a credential."""
    with asyncio.Runner() as runner:

        def ask(credential: str, method: str, path: str, base: str = "/harbour/api/v1", **arguments: Any) -> httpx.Response:
            async def exchange() -> httpx.Response:
                async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://harbour.example") as client:
                    return await client.request(method, f"{base}{path}", **arguments)

            if credential:
                arguments["params"] = {**arguments.get("params", {}), "api_key": credential}
            return runner.run(exchange())

        yield ask


@pytest.fixture
def ask(request_as: Request) -> Request:
    """Return a function that asks as the harbour master of a world of its own."""
    credential = f"harbour {next(NUMBERS)}"
    return lambda *arguments, **named: request_as(credential, *arguments, **named)


def shown(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


def names(response: httpx.Response) -> list[str]:
    return [boat["name"] for boat in shown(response)["entries"]]


# --- credential and callers ---


@pytest.mark.parametrize("credential", ["", "invalid", "harbour:9"])
def test_a_missing_or_unknown_key_is_refused_with_406(request_as: Request, credential: str) -> None:
    assert shown(request_as(credential, "GET", "/boats.json"), 406) == {"error": "Unknown api key"}


def test_the_key_of_a_program_goes_beside_that_of_a_sailor(ask: Request, request_as: Request) -> None:
    assert ask("GET", "/boats.json", params={"app_key": "compass"}).status_code == 200
    assert shown(ask("GET", "/boats.json", params={"app_key": "an INVALID one"}), 401) == {"error": "Unknown program"}
    assert request_as("", "GET", "/boats.json", params={"app_key": "compass"}).status_code == 406


def test_a_key_in_a_header_is_no_key(request_as: Request) -> None:
    assert request_as("", "GET", "/boats.json", headers={"api_key": "master"}).status_code == 406


def test_a_key_of_the_fixtures_acts_as_its_sailor(request_as: Request) -> None:
    assert shown(request_as("second-mate", "GET", "/profile.json"))["first_name"] == "Tama"


def test_a_sailor_sees_moments_in_a_zone_of_their_own(request_as: Request) -> None:
    assert shown(request_as("zones", "GET", "/boats/1.json"))["surveyed_at"] == "2024/01/09 22:30:00 -0500"
    assert shown(request_as("zones:2", "GET", "/boats/1.json"))["surveyed_at"] == "2024/01/10 16:30:00 +1300"


def test_a_day_is_meant_in_the_zone_of_the_sailor(request_as: Request) -> None:
    on_the_tenth = {"conditions[surveyed][on]": "2024/01/10"}
    assert names(request_as("days", "GET", "/boats.json", params=on_the_tenth)) == ["Herring gull"]
    assert names(request_as("days:2", "GET", "/boats.json", params=on_the_tenth)) == ["Grey Gull"]


def test_a_sailor_sees_their_own_boats_only(request_as: Request) -> None:
    answer = shown(request_as("mine:2", "GET", "/boats.json"))
    assert {boat["owner_id"] for boat in answer["entries"]} == {2}
    assert answer["pagination"]["total"] == 2
    assert request_as("mine:2", "GET", "/boats/3.json").status_code == 404
    assert request_as("mine:2", "DELETE", "/boats/3.json").status_code == 404
    assert request_as("mine", "GET", "/boats/3.json").status_code == 200


# --- records and envelopes ---


def test_a_single_record_stands_bare(ask: Request) -> None:
    assert shown(ask("GET", "/crews/2.json")) == {
        "id": 2,
        "name": "Day sailors",
        "captain_id": 1,
        "size": 2,
        "sailor_ids": [],
        "boat_ids": [3],
        "aboard": False,
        "afloat": [{"id": 3, "name": "Petrel"}],
    }


def test_an_envelope_may_nest_its_page_values(ask: Request) -> None:
    assert shown(ask("GET", "/boats.json", params={"page": "2"}))["pagination"] == {"page": 2, "per_page": 3, "pages": 2, "total": 5}


def test_an_empty_list_has_one_page(ask: Request) -> None:
    answer = shown(ask("GET", "/boats.json", params={"conditions[name]": "nobody"}))
    assert answer == {"entries": [], "pagination": {"page": 1, "per_page": 3, "pages": 1, "total": 0}}


def test_a_computed_moment_is_written_like_a_stored_one(ask: Request) -> None:
    assert shown(ask("GET", "/boats/2.json"))["survey_due"] == "2025/01/09 18:30:00 -0500"


def test_a_relation_that_may_be_empty_embeds_a_record_or_null(ask: Request) -> None:
    assert shown(ask("GET", "/boats/1.json"))["crew"] == {"id": 1, "name": "Night watch"}
    assert shown(ask("GET", "/boats/4.json"))["crew"] is None


def test_a_relation_leads_through_others(ask: Request) -> None:
    assert names(ask("GET", "/boats.json", params={"captain_id": "2"})) == ["Herring gull", "Grey Gull"]
    assert shown(ask("GET", "/boats/1.json", params={"beside": "captain"}))["captain"] == "Tama"


def test_several_selections_stand_in_one_comma_list(ask: Request) -> None:
    boat = shown(ask("GET", "/boats/3.json", params={"beside": "captain, notes,nothing"}))
    assert (boat["captain"], [note["content"] for note in boat["notes"]]) == ("Ines", ["Too fast"])


def test_a_list_sorts_by_the_column_that_a_parameter_names(ask: Request) -> None:
    assert names(ask("GET", "/boats.json", params={"ordered": "boats.name", "per_page": "2"})) == ["Grey Gull", "Herring gull"]
    assert names(ask("GET", "/boats.json", params={"ordered": "-boats.length", "per_page": "2"})) == ["Skua", "Petrel"]


def test_alternatives_repeat_a_parameter(ask: Request) -> None:
    assert names(ask("GET", "/boats.json", params={"conditions[hull][]": ["steel", "carbon"]})) == ["Herring gull", "Skua", "Petrel"]


# --- writing ---


def test_a_form_and_json_write_the_same_record(request_as: Request) -> None:
    form = {
        "boat[name]": "Tern",
        "boat[length]": "8.5",
        "boat[hull]": "wood",
        "boat[built]": "1970/07/01",
        "boat[moored]": "false",
        "boat[crew_id]": "2",
    }
    sent = {"boat": {"name": "Tern", "length": 8.5, "hull": "wood", "built": "1970-07-01", "moored": False, "crew_id": 2}}
    by_form = shown(request_as("by form", "POST", "/boats.json", data=form), 201)
    assert by_form == shown(request_as("by json", "POST", "/boats.json", json=sent), 201)
    assert (by_form["built"], by_form["moored"], by_form["length"], by_form["crew_id"]) == ("1970/07/01", False, "8.5", 2)


@pytest.mark.parametrize("name", ["crew[sailor_ids][]", "crew[sailor_ids]"])
def test_a_form_writes_a_list(ask: Request, name: str) -> None:
    form = {"crew[name]": "Dockers", "crew[captain_id]": "3", name: ["2", "3"]}
    assert shown(ask("POST", "/crews.json", data=form), 201)["sailor_ids"] == [2, 3]


def test_a_delete_answers_204_and_nothing_else(ask: Request) -> None:
    response = ask("DELETE", "/boats/1.json")
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    assert ask("GET", "/boats/1.json").status_code == 404


def test_a_deleted_boat_takes_its_notes_along(app: MockApp, request_as: Request) -> None:
    request_as("cascade", "DELETE", "/boats/2.json")
    entered = app.service("harbour").worlds.enter("cascade")
    assert entered is not None
    assert {note["boat_id"] for note in entered[0].store["notes"]} == {1, 3}


def test_a_deleted_crew_leaves_its_boats_without_one(ask: Request) -> None:
    ask("DELETE", "/crews/1.json")
    boat = shown(ask("GET", "/boats/1.json"))
    assert (boat["crew_id"], boat["crew"]) == (None, None)


def test_a_new_boat_belongs_to_who_made_it(request_as: Request) -> None:
    sent = {"boat": {"name": "Tern", "length": 8, "hull": "wood"}}
    assert shown(request_as("owners:3", "POST", "/boats.json", json=sent), 201)["owner_id"] == 3


def test_a_boat_that_casts_off_leaves_a_note_unless_silently(ask: Request) -> None:
    ask("PUT", "/boats/2.json", json={"boat": {"moored": False}})
    assert shown(ask("GET", "/boats/2/notes.json"))["entries"][0]["content"] == "Cast off"
    ask("PUT", "/boats/2.json", params={"silent": "true"}, json={"boat": {"moored": True}})
    assert shown(ask("GET", "/boats/2/notes.json"))["pagination"]["total"] == 4


def test_a_note_of_another_boat_is_not_found(ask: Request) -> None:
    assert shown(ask("GET", "/boats/2/notes/3.json"))["content"] == "Engine mended"
    assert ask("GET", "/boats/1/notes/3.json").status_code == 404


def test_what_the_body_says_may_stand_in_the_query(request_as: Request) -> None:
    asked = {"boat[name]": "Tern", "boat[length]": "8.5", "boat[hull]": "wood", "boat[moored]": "false", "boat[crew_id]": ""}
    by_query = shown(request_as("by query", "POST", "/boats.json", params=asked), 201)
    sent = {"boat": {"name": "Tern", "length": 8.5, "hull": "wood", "moored": False, "crew_id": None}}
    assert by_query == shown(request_as("by body", "POST", "/boats.json", json=sent), 201)
    assert shown(request_as("by query", "PUT", "/boats/1.json", params={"boat[crew_id]": ""}))["crew_id"] is None


def test_the_watch_of_a_header_stands_in_the_log(ask: Request) -> None:
    ask("PUT", "/boats/2.json", headers={"watch": "night"}, json={"boat": {"moored": False}})
    assert shown(ask("GET", "/boats/2.json"))["log"] == {
        "count": 4,
        "last": {"id": 6, "boat_id": 2, "content": "Cast off, seen by the night watch", "created_at": "2024/03/25 11:00:00 -0400"},
    }


def test_an_owner_is_told_by_a_mail_in_the_journal(app: MockApp, request_as: Request) -> None:
    boat = {"name": "Tern", "length": 8, "hull": "wood", "owner_id": 2}
    request_as("mails", "POST", "/boats.json", json={"boat": {**boat, "notify": True}})
    request_as("mails", "POST", "/boats.json", json={"boat": {**boat, "name": "Silent"}})
    request_as("mails", "POST", "/boats.json", json={"boat": {**boat, "notify": True, "crew_id": 1}})
    entered = app.service("harbour").worlds.enter("mails")
    assert entered is not None
    mail = {"kind": "mail", "at": "2024-03-25T15:00:00+00:00", "to": "Tama", "subject": "About Tern"}
    assert entered[0].journal.entries() == [mail], "the third boat was refused: its crew has two"


# --- what happens by itself, and what depends on who asks ---


def test_a_repair_is_done_when_its_hours_have_passed(ask: Request) -> None:
    def ids(**params: str) -> list[int]:
        return [repair["id"] for repair in shown(ask("GET", "/repairs.json", params={"per_page": "4", **params}))["entries"]]

    assert shown(ask("GET", "/repairs/1.json"))["done"] is True
    assert shown(ask("GET", "/repairs/2.json"))["done"] is False
    assert ids() == [2, 4]
    assert ids(**{"conditions[with_done]": "true"}) == [1, 2, 3, 4]
    assert ids(**{"conditions[with_done]": "false"}) == [2, 4]
    new = shown(ask("POST", "/repairs.json", json={"repair": {"boat_id": 1, "work": "Scrape", "hours": 5}}), 201)
    assert (new["ready_at"], new["done"]) == ("2024/03/25 16:00:00 -0400", False)


def test_a_course_stands_for_conditions_and_an_order(ask: Request) -> None:
    assert names(ask("GET", "/boats.json", params={"course": "racing"})) == ["Skua", "Petrel"]
    assert names(ask("GET", "/boats.json", params={"course": "racing", "ordered": "boats.length"})) == ["Petrel", "Skua"]
    assert names(ask("GET", "/boats.json", params={"course": "racing", "conditions[length][to]": "20"})) == ["Petrel"]
    assert shown(ask("GET", "/boats.json", params={"course": "treasure"}), 422) == [
        {"field": "", "label": "Course", "msg": "expected one of racing, museum"},
    ]


def test_those_who_sail_with_a_crew_are_listed_below_it(ask: Request) -> None:
    answer = shown(ask("GET", "/crews/1/sailors.json"))
    assert [sailor["first_name"] for sailor in answer["entries"]] == ["Tama", "Oddny"]
    assert answer["pagination"]["total"] == 2
    assert shown(ask("GET", "/crews/2/sailors.json"))["entries"] == []


def test_what_a_sailor_sees_of_a_crew_is_never_shown_to_another(request_as: Request) -> None:
    for _ in range(2):
        for sailor, crews in ((1, {3}), (2, {1, 4}), (3, {1})):
            listed = shown(request_as(f"aboard:{sailor}", "GET", "/crews.json", params={"per_page": "4"}))["entries"]
            assert {crew["id"] for crew in listed if crew["aboard"]} == crews


def test_a_list_of_records_that_a_function_returns_hides_what_the_caller_may_not_see(request_as: Request) -> None:
    assert shown(request_as("afloat:1", "GET", "/crews/2.json"))["afloat"] == [{"id": 3, "name": "Petrel"}]
    assert shown(request_as("afloat:2", "GET", "/crews/2.json"))["afloat"] == []


def test_every_world_names_its_sailors_to_guests_by_keys_of_its_own(request_as: Request) -> None:
    profiles = [shown(request_as(credential, "GET", "/profile.json")) for credential in ("east", "west", "east:2", "harbour-master", "east:3")]
    keys = [profile["guest_key"] for profile in profiles]
    assert len(set(keys)) == 5
    assert keys[3:] == ["0a1b2c3d4e", None]
    assert {len(key) for key in keys[:4]} == {10}
    assert [profile["world"] for profile in profiles] == ["east", "west", "east", "", "east"]


# --- forms of guests ---


def test_a_form_without_a_key_acts_in_the_world_of_the_sailor_whom_it_names(request_as: Request) -> None:
    guest_key = shown(request_as("guests:2", "GET", "/profile.json"))["guest_key"]
    sent = {"guest_key": guest_key, "content": "Ahoy", "next": "https://guests.example/thanks"}
    answer = request_as("", "POST", "/guestbook", base="/harbour", data=sent)
    assert (answer.status_code, answer.headers["Location"], answer.content) == (302, "https://guests.example/thanks", b"")
    assert shown(request_as("guests", "GET", "/boats/1.json"))["log"]["last"]["content"] == "Ahoy"
    assert shown(request_as("strangers", "GET", "/boats/1.json"))["log"]["last"]["content"] == "New mast"


def test_a_page_is_answered_as_text(request_as: Request) -> None:
    guest_key = shown(request_as("pages:2", "GET", "/profile.json"))["guest_key"]
    for key, page in ((guest_key, "<p>Your greeting is noted.</p>"), ("nobody", "<p>Nobody of that name moors here.</p>")):
        answer = request_as("", "POST", "/guestbook", base="", files={"guest_key": (None, key), "content": (None, "{Ahoy")})
        assert (answer.status_code, answer.text) == (200, page)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert shown(request_as("pages", "GET", "/boats/1.json"))["log"] | {"last": None} == {"count": 2, "last": None}


@pytest.mark.parametrize("base", ["/harbour/api/v1", "/api/v1", "/harbour", ""])
@pytest.mark.parametrize("path", ["/guestbook", "/guestbook/"])
def test_a_path_with_a_server_of_its_own_is_found_there_too(request_as: Request, base: str, path: str) -> None:
    sent = {"guest_key": "nobody", "content": "Ahoy"}
    assert request_as("", "POST", path, base=base, data=sent).status_code == 200
    assert request_as("", "GET", path, base=base).status_code == 405
    assert request_as("", "GET", "/guestbooks", base=base).status_code == 404


# --- refusals ---


def test_a_missing_boat_is_404_and_a_missing_crew_403(ask: Request) -> None:
    assert shown(ask("GET", "/boats/99.json"), 404) == {"error": "Boat 99 is not in this harbour"}
    assert shown(ask("GET", "/crews/99.json"), 403) == {"error": "Crew 99 is not in this harbour"}


@pytest.mark.parametrize(("path", "status"), [("/boats/gull.json", 404), ("/boats/.json", 404), ("/boats/0.json", 404), ("/crews/gull.json", 403)])
def test_a_malformed_id_is_a_missing_one(ask: Request, path: str, status: int) -> None:
    assert ask("GET", path).status_code == status


def test_a_record_without_its_envelope_is_refused_with_an_object(ask: Request) -> None:
    assert shown(ask("POST", "/boats.json", json={"name": "Tern"}), 400) == {"error": "param is missing or the value is empty: boat"}


def test_wrong_attributes_are_told_in_a_bare_array(ask: Request) -> None:
    answer = shown(ask("POST", "/boats.json", json={"boat": {"name": "", "hull": "wood"}}), 422)
    assert answer == [
        {"field": "length", "label": "Length", "msg": "can't be blank"},
        {"field": "name", "label": "Name", "msg": "can't be blank"},
    ]


def test_rules_are_told_like_wrong_attributes(ask: Request) -> None:
    crowded = {"boat": {"name": "Tern", "length": 8, "hull": "wood", "crew_id": 1}}
    assert shown(ask("POST", "/boats.json", json=crowded), 422) == [{"field": "crew_id", "label": "Crew id", "msg": "has 2 boats already"}]
    taken = {"crew": {"name": "BILGE", "captain_id": 44}}
    assert shown(ask("POST", "/crews.json", json=taken), 422) == [
        {"field": "captain_id", "label": "Captain id", "msg": "is unknown"},
        {"field": "name", "label": "Name", "msg": "is taken"},
    ]


def test_a_malformed_parameter_is_refused_with_422(ask: Request) -> None:
    assert [one["msg"] for one in shown(ask("GET", "/boats.json", params={"page": "first"}), 422)] == ['the value is not of type "integer"']


def test_every_answer_carries_the_fixed_header_and_the_media_type(ask: Request) -> None:
    for response in (ask("GET", "/boats.json"), ask("GET", "/nothing"), ask("POST", "/profile.json")):
        assert response.headers["X-Harbour"] == "open"
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"


# --- where it is served ---


def test_a_document_is_served_under_its_own_base_path_too(ask: Request) -> None:
    assert ask("GET", "/boats/3.json", base="/api/v1").content == ask("GET", "/boats/3.json").content


@pytest.mark.parametrize("path", ["/boats/3", "/boats/3.json/", "//boats//3"])
def test_a_suffix_may_be_left_out_and_slashes_do_not_count(ask: Request, path: str) -> None:
    assert shown(ask("GET", path)) == shown(ask("GET", "/boats/3.json"))
    assert shown(ask("GET", "/ships/3"), 404) == {"error": "Nothing moors here"}


def test_members_of_a_family_are_asked_together(ask: Request) -> None:
    assert sorted(names(ask("GET", "/boats.json", params={"conditions[mark_sail]": "red"}))) == ["Grey Gull", "Herring gull"]
    assert names(ask("GET", "/boats.json", params={"conditions[mark_sail]": "red", "conditions[mark_hull]": "scar"})) == ["Grey Gull"]
    assert names(ask("GET", "/boats.json", params={"conditions[mark_bow]": "red"})) == []


def test_a_list_may_be_numbered(ask: Request) -> None:
    numbered = ask("GET", "/boats.json", params={"per_page": "3", "conditions[hull][0]": "steel", "conditions[hull][7]": "carbon"})
    assert names(numbered) == names(ask("GET", "/boats.json", params={"per_page": "3", "conditions[hull][]": ["steel", "carbon"]}))
    assert shown(numbered)["pagination"]["total"] < shown(ask("GET", "/boats.json"))["pagination"]["total"]


def test_deleted_ids_are_answered_as_a_bare_array(ask: Request) -> None:
    listed = [note["id"] for note in shown(ask("GET", "/boats/2/notes.json"))["entries"]]
    assert sorted(shown(ask("DELETE", "/boats/2/notes.json"))) == sorted(listed)
    assert shown(ask("DELETE", "/boats/2/notes.json")) == []


def test_only_the_harbour_master_clears_notes_whatever_else_is_wrong(request_as: Request) -> None:
    for boat in (2, 99):
        assert shown(request_as("clear:2", "DELETE", f"/boats/{boat}/notes.json"), 403) == {"error": "Not yours"}
    assert shown(request_as("clear:1", "DELETE", "/boats/99/notes.json"), 404)


def test_a_disbanded_crew_is_not_listed_can_be_read_and_is_not_deleted(ask: Request) -> None:
    assert 5 not in [crew["id"] for crew in shown(ask("GET", "/crews.json", params={"per_page": "100"}))["entries"]]
    assert shown(ask("GET", "/crews/5.json"))["name"] == "Mutineers"
    assert ask("DELETE", "/crews/5.json").status_code == 422
    assert ask("DELETE", "/crews/4.json").status_code == 204


def test_lint_finds_nothing_in_it() -> None:
    assert [str(finding) for finding in lint_api(HARBOUR, None)] == []


def test_it_is_served_beside_the_shipped_ones() -> None:
    app = create_app(Settings(clock=NOW, cache=CACHE), [*map(shipped_api, SHIPPED), HARBOUR])
    assert [one["name"] for one in app.health()["apis"]] == [*SHIPPED, "harbour"]


def test_a_limit_that_is_not_enforced_is_told_as_a_full_window(request_as: Request) -> None:
    assert [request_as("slow", "GET", "/profile.json").headers["X-RateLimit-Remaining"] for _ in range(5)] == ["3"] * 5


def test_the_rate_limit_tells_what_remains() -> None:
    app = create_app(Settings(clock=NOW, rate_limits=True, cache=CACHE), [HARBOUR])

    async def exchange() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://harbour.example") as client:
            return [await client.get("/api/v1/profile.json?api_key=fast") for _ in range(4)]

    answers = asyncio.run(exchange())
    assert [(one.status_code, one.headers["X-RateLimit-Remaining"]) for one in answers] == [(200, "2"), (200, "1"), (200, "0"), (429, "0")]
    assert answers[-1].json() == {"error": "Slow ahead"}
