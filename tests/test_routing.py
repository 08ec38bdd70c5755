"""A path finds its operations: fixed segments first, then segments with a parameter in them, then parameters alone."""

import pytest

from mockserver.routing import Router, allowed_methods

PATHS = (
    "/boats.json",
    "/boats/{id}.json",
    "/boats/{id}.old.json",
    "/boats/mine.json",
    "/boats/{name}",
    "/boats/{id}/notes.json",
    "/boats/{id}/notes/{note}.json",
    "/trips/{from}..{to}",
    "/trips/{day}/{from}-{to}.json",
)


@pytest.fixture
def router() -> Router:
    made = Router()
    for path in PATHS:
        made.add("get", path, path)
    return made


def found(router: Router, path: str) -> tuple[str, dict[str, str]] | None:
    match = router.find(path)
    if match is None:
        return None
    operation_id, names = match[0]["GET"]
    return operation_id, dict(zip(names, match[1], strict=True))


@pytest.mark.parametrize(
    ("path", "operation_id", "values"),
    [
        pytest.param("/boats.json", "/boats.json", {}, id="fixed"),
        pytest.param("/boats/mine.json", "/boats/mine.json", {}, id="a fixed segment before one with a suffix"),
        pytest.param("/boats/7.json", "/boats/{id}.json", {"id": "7"}, id="a segment with a suffix before a parameter alone"),
        pytest.param("/boats/7", "/boats/{name}", {"name": "7"}, id="a parameter alone"),
        pytest.param("/boats/7.old.json", "/boats/{id}.old.json", {"id": "7"}, id="the longer suffix first"),
        pytest.param("/boats/a.json.json", "/boats/{id}.json", {"id": "a.json"}, id="a value that holds the suffix"),
        pytest.param("/boats/.json", "/boats/{id}.json", {"id": ""}, id="an empty value before a suffix"),
        pytest.param("/boats/", "/boats/{name}", {"name": ""}, id="an empty value"),
        pytest.param("/boats/7/notes.json", "/boats/{id}/notes.json", {"id": "7"}, id="below a parameter alone"),
        pytest.param("/boats/7/notes/8.json", "/boats/{id}/notes/{note}.json", {"id": "7", "note": "8"}, id="two parameters"),
        pytest.param("/trips/kiel..oslo", "/trips/{from}..{to}", {"from": "kiel", "to": "oslo"}, id="two parameters in a segment"),
        pytest.param("/trips/a..b..c", "/trips/{from}..{to}", {"from": "a", "to": "b..c"}, id="the first takes as little as it can"),
        pytest.param("/trips/1/a-b-c.json", "/trips/{day}/{from}-{to}.json", {"day": "1", "from": "a", "to": "b-c"}, id="and a suffix after them"),
        pytest.param("/boats/7%0A.json", "/boats/{id}.json", {"id": "7%0A"}, id="raw values"),
    ],
)
def test_a_path_finds_its_operation_and_its_values(router: Router, path: str, operation_id: str, values: dict[str, str]) -> None:
    assert found(router, path) == (operation_id, values)


@pytest.mark.parametrize(
    "path", ["/", "", "/boat.json", "/boats.json/", "/boats/7.json/", "/boats/7/notes", "/trips/kiel.oslo", "/trips/1/a-b.xml", "/boats/7xjson/1"]
)
def test_another_path_finds_nothing(router: Router, path: str) -> None:
    assert router.find(path) is None


def test_operations_of_one_path_stand_together_whatever_they_call_its_parameter() -> None:
    router = Router()
    router.add("get", "/boats/{id}.json", "show")
    router.add("delete", "/boats/{boat}.json", "remove")
    match = router.find("/boats/7.json")
    assert match is not None
    assert allowed_methods(match[0]) == "DELETE, GET, HEAD"
    assert match[0]["DELETE"] == ("remove", ("boat",))


def test_a_dead_end_is_left_for_the_next_kind_of_segment() -> None:
    router = Router()
    router.add("get", "/boats/mine.json/notes", "fixed")
    router.add("get", "/boats/{id}.json/crew", "suffix")
    router.add("get", "/boats/{name}/masts", "whole")
    assert found(router, "/boats/mine.json/notes") == ("fixed", {})
    assert found(router, "/boats/mine.json/crew") == ("suffix", {"id": "mine"})
    assert found(router, "/boats/mine.json/masts") == ("whole", {"name": "mine.json"})


def test_the_order_of_the_document_does_not_matter() -> None:
    router = Router()
    for path in reversed(PATHS):
        router.add("get", path, path)
    assert found(router, "/boats/7.old.json") == ("/boats/{id}.old.json", {"id": "7"})
    assert found(router, "/boats/mine.json") == ("/boats/mine.json", {})


def test_a_long_segment_of_separators_takes_linear_time() -> None:
    router = Router()
    router.add("get", "/{a}-{b}-{c}-{d}.json", "many")
    assert router.find("/" + "-" * 20_000) is None
