"""Errors name what failed, where, what was expected and what came."""

import pickle

import pytest

from mockserver.errors import DocumentError, FixtureError, MockserverError, SettingsError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MockserverError("no such API"), "no such API"),
        (MockserverError("no such API", where="--api"), "no such API: --api"),
        (MockserverError("no such API", where="--api", expected="pipelinedeals"), "no such API: --api: expected pipelinedeals"),
        (MockserverError("no such API", where="--api", expected="a name", found="x"), "no such API: --api: expected a name, found x"),
        (MockserverError("no such API", found="x"), "no such API: found x"),
        (MockserverError("two\nlines", where="a.yaml", found="more\n  of them"), "two lines: a.yaml: found more of them"),
    ],
)
def test_an_error_reads_as_one_line(error: MockserverError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("kind", [DocumentError, FixtureError, SettingsError])
def test_every_error_has_one_base_and_keeps_its_details_between_processes(kind: type[MockserverError]) -> None:
    error = pickle.loads(pickle.dumps(kind("a", where="b", expected="c", found="d")))
    assert isinstance(error, MockserverError)
    assert type(error) is kind
    assert (error.what, error.where, error.expected, error.found) == ("a", "b", "c", "d")
