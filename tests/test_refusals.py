"""A refusal carries its reasons through the pipeline."""

import pytest

from mockserver.refusals import Category, Refusal, Violation


def test_a_refusal_is_an_exception_with_its_category_and_reasons() -> None:
    reasons = [Violation("body", "/book/title", "required", "title is required")]
    with pytest.raises(Refusal) as caught:
        raise Refusal(Category.VALUE, reasons, 422)
    assert (caught.value.category, caught.value.violations, caught.value.status, caught.value.headers) == (Category.VALUE, reasons, 422, {})


def test_headers_of_a_refusal_are_its_own() -> None:
    headers = {"Allow": "GET"}
    refusal = Refusal(Category.METHOD, [], headers=headers)
    headers["Allow"] = "POST"
    assert refusal.headers == {"Allow": "GET"}


def test_equal_violations_are_one() -> None:
    assert len({Violation("body", "/a", "type", "text"), Violation("body", "/a", "type", "text")}) == 1
