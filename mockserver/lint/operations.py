"""Checks of operations and parameters: each does something, is described, refuses as the conventions say, and leads on to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from mockserver.lint.subject import Finding, Node, Subject, iter_answers
from mockserver.operations import PARAMETERS_FIT, Action, Operation
from mockserver.refusals import Category
from mockserver.resources import embedded, iter_properties

EVERY_ACTION = frozenset(Action)
LISTS = frozenset({Action.LIST, Action.BEHAVIOUR})
ASKING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE, Action.BEHAVIOUR})

EFFECTS: Mapping[str, tuple[frozenset[str], frozenset[Action]]] = {
    "x-mock-record": (frozenset({"path"}), EVERY_ACTION),
    "x-mock-filter": (frozenset({"query"}), LISTS),
    "x-mock-expand": (frozenset({"query"}), LISTS),
    "x-mock-order": (frozenset({"query"}), LISTS),
    "x-mock-page": (frozenset({"query"}), LISTS),
    "x-mock-select": (frozenset({"query"}), EVERY_ACTION - {Action.DELETE}),
    "x-mock-input": (frozenset({"path", "query", "header"}), EVERY_ACTION),
    "x-mock-no-effect": (frozenset({"path", "query", "header", "cookie"}), EVERY_ACTION),
}
"""What a parameter can do: in which locations, and for which actions."""

_REAL_STATUSES = frozenset(int(status) for status in HTTPStatus)
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_LOCATION = re.compile(r"^(path|query|header|cookie)\.")


# --- what they do ---


def parameters_have_one_effect(subject: Subject) -> Iterator[Finding]:
    """Every parameter has one effect, or one reason for having none."""
    for _, parameter, where in subject.iter_parameters():
        said = [keyword for keyword in EFFECTS if keyword in parameter.raw]
        if len(said) != 1:
            yield Finding("not one effect", where, f"exactly one of {', '.join(EFFECTS)}", " and ".join(said) or "none")


def effects_are_in_place(subject: Subject) -> Iterator[Finding]:
    """Every effect stands on a parameter of a location and an operation of an action that know it."""
    for operation, parameter, where in subject.iter_parameters():
        for keyword in sorted(EFFECTS.keys() & parameter.raw.keys()):
            locations, actions = EFFECTS[keyword]
            if parameter.location not in locations:
                yield Finding("an effect out of place", where, f"{keyword} in {' or '.join(sorted(locations))}", f"in {parameter.location}")
            elif operation.action not in actions:
                yield Finding("an effect out of place", where, f"{keyword} of {' or '.join(sorted(actions))}", f"of {operation.action}")


def sideloads_appear(subject: Subject) -> Iterator[Finding]:
    """Every key that `sideload` fills is in the operation's answers, and it fills every key there that shows records of other collections."""
    for operation in subject.model.operations:
        for status, schema in iter_answers(operation):
            where, known = subject.of(operation, str(status)), dict(iter_properties(subject.document, schema))
            for key in sorted(operation.sideload.keys() - known.keys()):
                yield Finding("a sideload that no answer shows", where, f"one of {', '.join(known)}", key)
            if operation.action is Action.BEHAVIOUR or embedded(subject.document, schema):
                continue
            for key, prop in known.items():
                shown = embedded(subject.document, prop)
                if shown not in (None, operation.collection) and key not in operation.sideload and "x-mock-value" not in prop:
                    yield Finding("records that nothing fills in", where, f"a sideload of {shown}", key)


def selected_keys_appear(subject: Subject) -> Iterator[Finding]:
    """Every key that a parameter selects is in the operation's answers, or in a shape of its records."""
    for operation, parameter, where in subject.iter_parameters():
        shapes = [schema for _, collection, schema in subject.iter_shapes() if collection == operation.collection]
        shapes += [schema for _, schema in iter_answers(operation)]
        known = {name for schema in shapes for name, _ in iter_properties(subject.document, schema)}
        for key in sorted({key for keys in parameter.select.values() for key in keys} - known):
            yield Finding("a selected key that no answer shows", where, "a key of the envelope or of its records", key)


def rules_are_asked(subject: Subject) -> Iterator[Finding]:
    """Every rule stands on an operation that asks rules, and refuses with a status that the operation declares."""
    for operation in subject.model.operations:
        for name, status in operation.rules:
            where = subject.of(operation, f"x-mock-rules {name}")
            if operation.action not in ASKING and name != PARAMETERS_FIT:
                yield Finding("a rule that is never asked", where, f"an operation of {' or '.join(sorted(ASKING))}", operation.action)
            if status not in operation.responses:
                yield Finding("a rule with an undeclared status", where, "one of the operation's statuses", str(status))


def expansions_have_a_rule(subject: Subject) -> Iterator[Finding]:
    """Every operation with a parameter that stands for others says with which status one is refused that stands for nothing."""
    for operation, parameter, where in subject.iter_parameters():
        if parameter.expansion and PARAMETERS_FIT not in dict(operation.rules):
            yield Finding("a refusal without a rule", where, f"x-mock-rules: {{{PARAMETERS_FIT}: status}}", "none")


def missing_records_are_answered(subject: Subject) -> Iterator[Finding]:
    """Every status for an id of no record stands on a parameter that names records, of operations that declare the status."""
    for operation, parameter, where in subject.iter_parameters():
        if parameter.missing is None:
            continue
        if parameter.record is None:
            yield Finding("a status for no record", where, "x-mock-record beside x-mock-missing", "none")
        if parameter.missing not in operation.responses:
            yield Finding("a missing record with an undeclared status", where, "one of the operation's statuses", str(parameter.missing))


def forms_name_callers(subject: Subject) -> Iterator[Finding]:
    """Every operation whose body says who acts asks for no credential and declares that attribute; the conventions say where users have it."""
    for operation in subject.model.operations:
        if operation.caller is None:
            continue
        where = subject.of(operation, "x-mock-caller")
        if operation.secured:
            yield Finding("two that say who acts", where, "security: []", "a credential")
        if not subject.api.conventions.callers.form_field:
            yield Finding("nobody whom a form can name", where, "callers with a form_field in the conventions", "none")
        for media_type, schema in operation.bodies.items():
            if operation.caller not in dict(iter_properties(subject.document, schema)):
                yield Finding("a caller that no body names", where, f"a property of the {media_type} body", operation.caller)


def reaches_are_declared(subject: Subject) -> Iterator[Finding]:
    """Every `x-mock-reach` is of a declared status, and names declared parameters."""
    for operation in subject.model.operations:
        for status, reach in operation.raw.get("x-mock-reach", {}).items():
            where = subject.of(operation, f"x-mock-reach {status}")
            if not status.isdigit() or int(status) not in operation.responses:
                yield Finding("a reach that is not declared", where, "one of the operation's statuses", status)
            else:
                yield from _undeclared(operation, reach, where)
    for operation, parameter, where in subject.iter_parameters():
        yield from _undeclared(operation, parameter.raw.get("x-mock-reach", {}), f"{where}: x-mock-reach")


def _undeclared(operation: Operation, reach: Node, where: str) -> Iterator[Finding]:
    for location in ("path", "query"):
        known = {name for parameter in operation.located(location) for name in (parameter.name, *parameter.aliases)}
        for name in sorted(reach.get(location, {}).keys() - known):
            yield Finding("a reach that is not declared", where, f"a {location} parameter of the operation", name)


# --- what they answer ---


def statuses_are_real(subject: Subject) -> Iterator[Finding]:
    """Every status is one that HTTP knows (`default` and `4XX` load no model)."""
    for operation in subject.model.operations:
        for status in sorted(operation.responses.keys() - _REAL_STATUSES):
            yield Finding("not a real status", subject.of(operation), "a status code of HTTP", str(status))


def refusals_are_declared(subject: Subject) -> Iterator[Finding]:
    """Every operation declares a status for each way in which a request to it can be refused."""
    statuses = subject.api.conventions.errors.statuses
    for operation in subject.model.operations:
        for category in dict.fromkeys(_iter_refusals(subject, operation)):
            if not operation.responses.keys() & set(statuses[category]):
                expected = f"{' or '.join(map(str, statuses[category]))} ({category})"
                yield Finding("a refusal that is not declared", subject.of(operation), expected, "none")


def _iter_refusals(subject: Subject, operation: Operation) -> Iterator[Category]:
    conventions = subject.api.conventions
    malformed = tuple(dict.fromkeys(conventions.malformed_ids.values())) if operation.records else (Category.MALFORMED_ID,)
    asked: tuple[tuple[object, tuple[Category, ...]], ...] = (
        (operation.secured, (Category.CREDENTIAL,)),
        (operation.secured and subject.service.program_keys, (Category.PROGRAM,)),
        (operation.secured and conventions.limit, (Category.RATE,)),
        (operation.allowed, (Category.FORBIDDEN,)),
        (operation.bodies, (Category.TOO_LARGE, Category.MEDIA_TYPE, Category.UNREADABLE, Category.STRUCTURE, Category.VALUE)),
        (operation.located("path"), malformed),
        (operation.records, (Category.MISSING_RECORD,)),
        (operation.located("query"), (Category.PARAMETER,)),
    )
    for possible, categories in asked:
        yield from categories if possible else ()


def credentials_are_refused(subject: Subject) -> Iterator[Finding]:
    """The status with which the first key says that it refuses is that of the conventions."""
    schemes: Mapping[str, Node] = subject.document.raw.get("components", {}).get("securitySchemes", {})
    none: tuple[str, Node] = ("", {})
    name, scheme = next(((name, one) for name, one in schemes.items() if one.get("type") == "apiKey"), none)
    statuses = subject.api.conventions.errors.statuses[Category.CREDENTIAL]
    said = scheme.get("x-mock-refused")
    if name and (said not in statuses if said is not None else not {401, 403} & {*statuses}):
        where = subject.at(f"/components/securitySchemes/{name}")
        yield Finding("a refusal that nobody is told of", where, f"x-mock-refused: {' or '.join(map(str, statuses))}", str(said or "none"))


def error_shapes_fit(subject: Subject) -> Iterator[Finding]:
    """Every error that an operation declares has a shape that the conventions prefer for some refusal with its status."""
    errors = subject.api.conventions.errors
    for operation in subject.model.operations:
        refusing = {status for _, status in operation.rules}
        for status, schema in operation.responses.items():
            if status < 400:
                continue
            categories = [one for one, statuses in errors.statuses.items() if status in statuses or (one is Category.RULE and status in refusing)]
            preferred = list(dict.fromkeys(shape for category in categories for shape in errors.preferences[category]))
            named = [] if schema is None else _error_shapes(subject, schema)
            if not set(named) & set(preferred):
                expected = f"x-mock-error: {' or '.join(preferred)}" if preferred else "no refusal has this status"
                yield Finding("an error without a shape", subject.of(operation, str(status)), expected, ", ".join(named) or "none")


def _error_shapes(subject: Subject, schema: Node) -> list[str]:
    resolved = subject.document.resolve(schema)
    if "x-mock-error" in resolved:
        return [resolved["x-mock-error"]]
    return [name for part in resolved.get("anyOf", ()) for name in _error_shapes(subject, part)]


# --- what they say ---


def operations_are_described(subject: Subject) -> Iterator[Finding]:
    """Every operation has an operationId in snake case, declared tags, and a summary and a description of its own."""
    tags = [tag["name"] for tag in subject.document.raw.get("tags", ())]
    said: dict[str, str] = {}
    for operation in subject.model.operations:
        where = subject.of(operation)
        if not _SNAKE_CASE.fullmatch(operation.operation_id):
            yield Finding("an operationId in another case", where, "snake_case", operation.operation_id)
        if not operation.raw.get("tags") or set(operation.raw["tags"]) - set(tags):
            yield Finding("not a declared tag", where, f"one of {', '.join(tags)}", ", ".join(operation.raw.get("tags", ())) or "none")
        for key in ("summary", "description"):
            text = " ".join(str(operation.raw.get(key, "")).split())
            if not text:
                yield Finding("an operation that says too little", where, f"a {key}", "none")
            elif text in said:
                yield Finding("a text that stands twice", where, f"a {key} of its own", said[text])
            said[text] = f"the {key} of {operation.label}"


def parameters_are_described(subject: Subject) -> Iterator[Finding]:
    """Every parameter has a description."""
    for _, parameter, where in subject.iter_parameters():
        if not str(parameter.raw.get("description", "")).strip():
            yield Finding("a parameter that says too little", where, "a description", "none")


def tags_are_used(subject: Subject) -> Iterator[Finding]:
    """Every declared tag is that of an operation."""
    used = {tag for operation in subject.model.operations for tag in operation.raw.get("tags", ())}
    for at, tag in enumerate(subject.document.raw.get("tags", ())):
        if tag["name"] not in used:
            yield Finding("a tag without operations", subject.at(f"/tags/{at}"), found=tag["name"])


# --- where they lead ---


def creates_have_links(subject: Subject) -> Iterator[Finding]:
    """Every success of an operation that creates a record which other operations can name has OpenAPI `links` to some of these."""
    named = {collection for operation in subject.model.operations for _, collection in operation.records}
    for operation in subject.model.operations:
        for status, schema in iter_answers(operation):
            if _created(subject, operation, schema) in named and not _response(subject, operation, status).get("links"):
                yield Finding("a create without links", subject.of(operation, str(status)), "links to the operations on the new record", "none")


def _created(subject: Subject, operation: Operation, schema: Node) -> str | None:
    """Return the collection of the one record with an id that a create or another POST answers."""
    if operation.action is Action.CREATE:
        return operation.collection
    if operation.method != "POST":
        return None
    for name, prop in (("", subject.document.resolve(schema)), *iter_properties(subject.document, schema)):
        single = prop.get("type") != "array" and name not in operation.sideload
        if single and embedded(subject.document, prop) and "id" in dict(iter_properties(subject.document, prop)):
            return embedded(subject.document, prop)
    return None


def links_lead_somewhere(subject: Subject) -> Iterator[Finding]:
    """Every link leads to an operation of the document and fills parameters that it has."""
    known = {operation.operation_id: {parameter.name for parameter in operation.parameters} for operation in subject.model.operations}
    for operation in subject.model.operations:
        for status in operation.responses:
            for name, said in _response(subject, operation, status).get("links", {}).items():
                link = subject.document.resolve(said)
                where, target = subject.of(operation, f"{status}: link {name}"), link.get("operationId", "")
                if target not in known:
                    yield Finding("a link to nowhere", where, "the operationId of an operation", target or "none")
                    continue
                for parameter in link.get("parameters", {}):
                    if _LOCATION.sub("", parameter) not in known[target]:
                        yield Finding("a link to nowhere", where, f"a parameter of {target}", parameter)


def _response(subject: Subject, operation: Operation, status: int) -> Mapping[str, Any]:
    return subject.document.resolve(operation.raw["responses"][str(status)])
