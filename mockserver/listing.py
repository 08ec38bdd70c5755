"""What is mocked, as a table: every operation with what it acts on, its statuses and its standing. Reads the document's model, runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from mockserver.operations import Action, Model, Operation

_STANDINGS = ("Source", "Observed", "Assumed")
COLUMNS = ("method", "path", "operation", "acts on", "statuses", "standing")


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Attributes:
        acts_on: `list deals`, `create deals` ..., or `behaviour` with its collection.
        standing: Source, Observed or Assumed: the weakest that the operation's `x-mock-source` claims; Source where it claims nothing.
    """

    api: str
    method: str
    path: str
    operation: str
    acts_on: str
    statuses: tuple[int, ...]
    standing: str


def list_operations(api: str, model: Model) -> list[Row]:
    """Return a row for each operation, in the document's order."""
    return [Row(api, one.method, one.path, one.operation_id, _acts_on(one), tuple(sorted(one.responses)), _standing(one)) for one in model.operations]


def _acts_on(operation: Operation) -> str:
    return f"{operation.action.value} {operation.collection}" if operation.collection else Action.BEHAVIOUR.value


def _standing(operation: Operation) -> str:
    said = str(operation.raw.get("x-mock-source", "Source"))
    return next(standing for standing in reversed(_STANDINGS) if standing in said)


def as_table(rows: Sequence[Row]) -> str:
    """Return the rows as aligned text with a heading."""
    cells = [COLUMNS, *((row.method, row.path, row.operation, row.acts_on, " ".join(map(str, row.statuses)), row.standing) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def as_objects(rows: Iterable[Row]) -> list[dict[str, object]]:
    """Return the rows as JSON objects."""
    return [asdict(row) for row in rows]
