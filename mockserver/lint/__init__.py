"""What `mockserver lint` proves of an API's document, extensions and fixtures: the table of its checks. Knows no API by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from mockserver.apis import Api
from mockserver.lint import examples, foundations, operations, schemas
from mockserver.lint.subject import Finding, Subject

Check = Callable[[Subject], Iterable[Finding]]

FOUNDATIONS: tuple[Check, ...] = (
    foundations.document_is_openapi,
    foundations.readers_are_known,
    foundations.values_are_known,
    foundations.callers_are_stored,
    foundations.everything_compiles,
)
"""What the other checks rest on, in this order; the first with findings ends the lint."""

CHECKS: tuple[Check, ...] = (
    foundations.functions_are_named,
    operations.parameters_have_one_effect,
    operations.effects_are_in_place,
    operations.sideloads_appear,
    operations.selected_keys_appear,
    operations.rules_are_asked,
    operations.expansions_have_a_rule,
    operations.missing_records_are_answered,
    operations.forms_name_callers,
    operations.reaches_are_declared,
    operations.statuses_are_real,
    operations.refusals_are_declared,
    operations.credentials_are_refused,
    operations.error_shapes_fit,
    operations.operations_are_described,
    operations.parameters_are_described,
    operations.tags_are_used,
    operations.creates_have_links,
    operations.links_lead_somewhere,
    schemas.attributes_have_one_effect,
    schemas.error_shapes_are_known,
    schemas.properties_are_described,
    schemas.integers_have_bounds,
    schemas.required_is_what_is_always_there,
    schemas.components_are_used,
    schemas.keywords_are_in_place,
    examples.examples_are_valid,
    examples.examples_are_there,
    examples.examples_name_fixtures,
    examples.fixtures_fit_their_schemas,
    examples.filters_divide,
    examples.orders_order,
    examples.inputs_show,
)


def lint_api(api: Api, cache: Path | None) -> list[Finding]:
    """Return what does not hold of the API, in the order of the checks.

    Args:
        cache: folder for bundled documents; None keeps them in memory.

    Raises:
        MockserverError: document or fixtures cannot be loaded.
    """
    subject = Subject(api, cache)
    for check in FOUNDATIONS:
        findings = list(check(subject))
        if findings:
            return findings
    return [finding for check in CHECKS for finding in check(subject)]


__all__ = ["CHECKS", "FOUNDATIONS", "Finding", "lint_api"]
