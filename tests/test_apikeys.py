"""A key is found where the document says that it stands."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.apikeys import ApiKey, is_refused

QUERY = ApiKey({"type": "apiKey", "in": "query", "name": "api_key"})
HEADER = ApiKey({"type": "apiKey", "in": "header", "name": "Api-Token"})


@pytest.mark.parametrize(
    ("query", "key"),
    [
        (b"api_key=a", "a"),
        (b"x=1&api_key=a+b%2Fc&y=2", "a b/c"),
        (b"api_key=a&api_key=b", "b"),
        (b"api%5Fkey=a", "a"),
        (b"my_api_key=a", ""),
        (b"api_key=", ""),
        (b"", ""),
        (b"%", ""),
    ],
)
def test_a_key_in_the_query(query: bytes, key: str) -> None:
    assert QUERY.sent({b"api_key": b"header"}, query) == key


@pytest.mark.parametrize(("headers", "key"), [({b"api-token": b" a "}, "a"), ({b"api-tokens": b"a"}, ""), ({}, "")])
def test_a_key_in_a_header(headers: dict[bytes, bytes], key: str) -> None:
    assert HEADER.sent(headers, b"Api-Token=query") == key


@given(st.lists(st.tuples(st.sampled_from(["api_key", "app_key", "x"]), st.text(max_size=5)), max_size=5))
def test_a_query_is_read_as_everybody_reads_it(pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs)
    assert QUERY.sent({}, query.encode()) == dict(parse_qsl(query, keep_blank_values=True)).get("api_key", "")


@pytest.mark.parametrize(("key", "refused"), [("invalid", True), ("an INVALID one", True), ("valid", False), ("", False)])
def test_a_key_that_says_so_is_refused(key: str, refused: bool) -> None:
    assert is_refused(key) is refused
