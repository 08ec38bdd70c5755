"""Pages partition a list, whatever they are asked by."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.pagination import WHOLE, Page, PageRole, parse_page

LIMIT = PageRole("limit", "limit", 20, 100)
OFFSET = PageRole("offset", "offset", 0)
BY_OFFSET = {"limit": LIMIT, "offset": OFFSET}
BY_NUMBER = {"page": PageRole("page", "page", 1), "per_page": PageRole("per_page", "per_page", 200, 200)}


@pytest.mark.parametrize(
    ("roles", "query", "page"),
    [
        pytest.param({}, {"limit": 3}, WHOLE, id="without parameters the whole list"),
        pytest.param(BY_OFFSET, {}, Page(0, 20), id="the default"),
        pytest.param(BY_OFFSET, {"limit": 101}, Page(0, 100), id="clamped above"),
        pytest.param(BY_OFFSET, {"limit": 0, "offset": 3}, Page(3, 0), id="no records"),
        pytest.param(BY_OFFSET, {"limit": -1, "offset": -1}, Page(0, 0), id="clamped below"),
        pytest.param({"offset": OFFSET}, {"offset": 3}, Page(3, None), id="an offset alone"),
        pytest.param(BY_NUMBER, {"page": 3, "per_page": 50}, Page(100, 50), id="the third page"),
        pytest.param(BY_NUMBER, {"page": 0}, Page(0, 200), id="a page below the first"),
        pytest.param(BY_NUMBER, {"page": 3, "per_page": 5000}, Page(400, 200), id="pages of the clamped size"),
        pytest.param(BY_NUMBER, {"page": 3, "per_page": -5}, Page(0, 0), id="pages below nothing"),
        pytest.param({"page": BY_NUMBER["page"], "limit": LIMIT}, {"page": 2}, Page(20, 20), id="pages of limit records"),
        pytest.param({"page": BY_NUMBER["page"]}, {"page": 2}, Page(0, None), id="a page of no size"),
    ],
)
def test_a_query_asks_for_a_page(roles: dict[str, PageRole], query: dict[str, Any], page: Page) -> None:
    assert parse_page(roles, query) == page


@pytest.mark.parametrize(
    ("page", "total", "values"),
    [
        (Page(0, 10), 25, {"total": 25, "limit": 10, "offset": 0, "per_page": 10, "page": 1, "pages": 3}),
        (Page(20, 10), 20, {"total": 20, "limit": 10, "offset": 20, "per_page": 10, "page": 3, "pages": 2}),
        (Page(0, 10), 0, {"total": 0, "limit": 10, "offset": 0, "per_page": 10, "page": 1, "pages": 1}),
        (Page(0, 0), 7, {"total": 7, "limit": 0, "offset": 0, "per_page": 0, "page": 1, "pages": 7}),
        (WHOLE, 7, {"total": 7, "limit": 7, "offset": 0, "per_page": 7, "page": 1, "pages": 1}),
        (WHOLE, 0, {"total": 0, "limit": 0, "offset": 0, "per_page": 0, "page": 1, "pages": 1}),
    ],
)
def test_an_envelope_says_which_page_it_is(page: Page, total: int, values: dict[str, int]) -> None:
    assert page.values(total) == values


integers = st.integers(-(2**31), 2**31) | st.integers(-3, 250)
queries = st.fixed_dictionaries({}, optional=dict.fromkeys(("limit", "offset", "page", "per_page"), integers))


@given(st.sets(st.sampled_from(["limit", "offset", "page", "per_page"])), queries)
def test_no_query_asks_for_less_than_nothing(chosen: set[str], query: dict[str, int]) -> None:
    roles = {role: one for role, one in {**BY_OFFSET, **BY_NUMBER}.items() if role in chosen}
    page = parse_page(roles, query)
    assert page.offset >= 0
    assert page.limit is None or page.limit >= 0
    assert all(value >= 0 for value in page.values(7).values())


@given(st.integers(0, 60), st.integers(1, 25))
def test_numbered_pages_partition_the_list(total: int, size: int) -> None:
    whole = list(range(total))
    first = parse_page(BY_NUMBER, {"per_page": size})
    pages = [parse_page(BY_NUMBER, {"page": number, "per_page": size}) for number in range(1, first.values(total)["pages"] + 1)]
    cuts = [whole[page.offset : page.offset + (page.limit or 0)] for page in pages]
    assert [record for cut in cuts for record in cut] == whole
    assert all(cut or not whole for cut in cuts)
    assert [page.values(total)["page"] for page in pages] == list(range(1, len(pages) + 1))
