"""connexion's operations → our pipelines. Keeps no state of its own: connexion resolves an operation several times."""

from __future__ import annotations

from collections.abc import Mapping

from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver

from mockserver.pipeline import Deferred, Pipeline


class PipelineResolver(Resolver):  # type: ignore[misc]
    """Resolves an operation to the pipeline that was compiled for its operationId."""

    def __init__(self, pipelines: Mapping[str, Pipeline | Deferred]) -> None:
        super().__init__()
        self._pipelines = pipelines

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Return the pipeline of the operation."""
        operation_id = operation.operation_id
        return Resolution(self._pipelines[operation_id], operation_id)
