"""Parameters that stand for others: a saved search for its conditions and its order. Does not know what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.functions import Functions
from mockserver.operations import PARAMETERS_FIT, Operation
from mockserver.refusals import Category, Refusal, Violation
from mockserver.requests import ParameterReader
from mockserver.stored import Unparsable
from mockserver.worlds import Session


class Expander:
    """Finds the parameters that an operation's parameters stand for."""

    def __init__(self, operation: Operation, functions: Functions, reader: ParameterReader) -> None:
        self._collection = operation.collection
        self._reader = reader
        self._status = dict(operation.rules).get(PARAMETERS_FIT)
        self._functions = {one.name: functions.expansions[one.expansion] for one in operation.located("query") if one.expansion}

    def implied(self, session: Session, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters that those sent stand for, coerced as if they had been sent.

        Raises:
            Refusal: one stands for nothing, for which the operation has the rule `parameters_fit`; or for parameters that are malformed.
        """
        pairs: list[tuple[str, str]] = []
        for name in filter(query.__contains__, self._functions):
            try:
                pairs += self._functions[name](session, self._collection, query[name])
            except Unparsable as error:
                raise Refusal(Category.RULE, [Violation("query", name, PARAMETERS_FIT, f"expected {error}", "", name)], self._status) from None
        return self._reader.query(urlencode(pairs).encode()) if pairs else {}
