"""Why a request is refused: violations with JSON pointers, and the one exception that carries them through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Category(StrEnum):
    """The stage that refused, in the order in which the stages are asked; an API's conventions map each to statuses and shapes."""

    UNKNOWN_PATH = "unknown-path"
    METHOD = "method"
    CREDENTIAL = "credential"
    PROGRAM = "program"
    RATE = "rate"
    TOO_LARGE = "too-large"
    MEDIA_TYPE = "media-type"
    UNREADABLE = "unreadable"
    MALFORMED_ID = "malformed-id"
    MISSING_RECORD = "missing-record"
    PARAMETER = "parameter"
    STRUCTURE = "structure"
    VALUE = "value"
    RULE = "rule"
    FORBIDDEN = "forbidden"
    BROKEN_CONTRACT = "broken-contract"


class Violation(NamedTuple):
    """One reason of a refusal.

    Attributes:
        place: `path`, `query`, `header` or `body`.
        pointer: JSON pointer into the body, or the parameter's name.
        code: the kind of reason in our words: `required`, `type`, `format`, `enum`, `related`, `unique` ...; conventions translate it.
        message: what was expected and what came, for people; bounded in length.
        resource: the word for the record in messages (`contactDeal`), where there is one.
        attribute: the attribute's or parameter's name.
        values: further named values for the API's sentences, as pairs.
    """

    place: str
    pointer: str
    code: str
    message: str
    resource: str = ""
    attribute: str = ""
    values: tuple[tuple[str, object], ...] = ()


class Refusal(Exception):
    """A request that is answered with an error: its category, its reasons, and the status where a rule of the document names one."""

    def __init__(
        self, category: Category, violations: Sequence[Violation], status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(category, violations)
        self.category = category
        self.violations = violations
        self.status = status
        self.headers = dict(headers or {})
