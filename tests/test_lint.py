"""Every check of lint is seen failing, on a small API of toys in which nothing else is wrong; and the shipped APIs have no findings."""

import copy
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.apis import SHIPPED, Api, find_api, named_apis
from mockserver.app import create_app
from mockserver.bundle import parse_yaml
from mockserver.conventions import Conventions, Zones
from mockserver.errors import DocumentError, FixtureError, MockserverError, SettingsError
from mockserver.exchange import Answer
from mockserver.functions import Functions
from mockserver.lint import CHECKS, FOUNDATIONS, Check, Finding, lint_api
from mockserver.lint.subject import Subject
from mockserver.operations import load_model
from mockserver.refusals import Category
from mockserver.responses import ErrorShape, ErrorShapes, Slot
from mockserver.settings import Settings
from mockserver.spec import load_document
from mockserver.worlds import Callers

TOYS = """
openapi: 3.0.3
info: {title: Toys, version: '1'}
servers: [{url: /api/1}]
x-mock-api: toys
security: [{Key: []}]
tags: [{name: Toys}, {name: Users}]
paths:
  /toys:
    get:
      operationId: list_toys
      tags: [Toys]
      summary: List toys
      description: All toys, by id.
      x-mock-action: {list: toys, sideload: {users: owner}}
      parameters:
      - name: title
        in: query
        description: Only with this text.
        example: ow
        schema: {type: string}
        x-mock-filter: {field: title, operator: contains}
      - {name: word, in: query, description: Only with this word., example: red, schema: {type: string}, x-mock-filter: toys_with_word}
      - name: where
        in: query
        description: Where the word is sought.
        example: title
        schema: {type: string}
        x-mock-input: toys_with_word
        x-mock-reach: {query: {word: red}}
      - {name: by, in: query, description: By title., example: asc, schema: {$ref: '#/components/schemas/Direction'}, x-mock-order: [title]}
      - {name: rank, in: query, description: By rank., example: asc, schema: {$ref: '#/components/schemas/Direction'}, x-mock-order: toy_rank}
      - {name: include, in: query, description: What else., example: owner, schema: {type: string}, x-mock-select: {owner: [users]}}
      - {$ref: '#/components/parameters/Limit'}
      responses: &listed
        '200':
          description: The toys.
          content:
            application/json:
              schema:
                type: object
                required: [toys, meta]
                properties:
                  toys: {type: array, items: {$ref: '#/components/schemas/Toy'}, description: The toys.}
                  users: {type: array, items: {$ref: '#/components/schemas/User'}, description: Their owners., x-mock-present: selected}
                  meta:
                    type: object
                    required: [total]
                    description: About the list.
                    properties: {total: {type: integer, format: int32, description: How many match., x-mock-value: total, example: 3}}
        '400': {$ref: '#/components/responses/Refused'}
        '401': {$ref: '#/components/responses/Refused'}
        '404': {$ref: '#/components/responses/Refused'}
    post:
      operationId: create_toy
      tags: [Toys]
      summary: Create a toy
      description: A toy needs a title.
      x-mock-action: {create: toys}
      x-mock-rules: {related: 422, toy_is_nice: 422}
      x-mock-reach: {422: {body: {toy: {title: Sword}}}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [toy], properties: {toy: {$ref: '#/components/schemas/NewToy'}}}
            example: {toy: {title: Yo-yo, owner: 1}}
      responses:
        '201':
          description: The toy.
          content: {application/json: {schema: {$ref: '#/components/schemas/ToyAnswer'}}}
          links: {GetToy: {operationId: get_toy, parameters: {path.id: '$response.body#/toy/id'}}}
        '400': {$ref: '#/components/responses/Refused'}
        '401': {$ref: '#/components/responses/Refused'}
        '422': {$ref: '#/components/responses/Refused'}
  /toys/{id}:
    get:
      operationId: get_toy
      tags: [Toys]
      summary: Retrieve a toy
      description: One toy.
      x-mock-action: {retrieve: toys}
      parameters:
      - {$ref: '#/components/parameters/ToyId'}
      responses: &shown
        '200': {description: The toy., content: {application/json: {schema: {$ref: '#/components/schemas/ToyAnswer'}}}}
        '400': {$ref: '#/components/responses/Refused'}
        '401': {$ref: '#/components/responses/Refused'}
        '404': {$ref: '#/components/responses/Refused'}
  /toys/{id}/wind:
    post:
      operationId: wind_toy
      tags: [Toys]
      summary: Wind a toy up
      description: Nothing else happens.
      x-mock-action: {behaviour: toys}
      parameters:
      - {$ref: '#/components/parameters/ToyId'}
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {turns: {type: integer, format: int32, description: How often., x-mock-input: wind_toy}}}
            example: {turns: 3}
      responses:
        '200':
          description: The toy.
          content: {application/json: {schema: {$ref: '#/components/schemas/ToyAnswer'}}}
          links: {GetToy: {operationId: get_toy, parameters: {id: '$response.body#/toy/id'}}}
        '400': {$ref: '#/components/responses/Refused'}
        '401': {$ref: '#/components/responses/Refused'}
        '404': {$ref: '#/components/responses/Refused'}
  /toys/{id}/owner:
    get:
      operationId: get_owner
      tags: [Users]
      summary: Retrieve a toy's owner
      description: The user who has the toy.
      x-mock-action: {retrieve: users, through: owner}
      parameters:
      - {$ref: '#/components/parameters/ToyId'}
      responses:
        '200':
          description: The owner.
          content:
            application/json:
              schema: {type: object, required: [user], properties: {user: {$ref: '#/components/schemas/User'}}}
        '400': {$ref: '#/components/responses/Refused'}
        '401': {$ref: '#/components/responses/Refused'}
        '404': {$ref: '#/components/responses/Refused'}
  /users/{user}/toys:
    get:
      operationId: list_toys_of_user
      tags: [Users]
      summary: List a user's toys
      description: The toys of one user.
      x-mock-action: {list: toys, within: {user: owner}, sideload: {users: owner}}
      parameters:
      - {$ref: '#/components/parameters/UserId'}
      - {$ref: '#/components/parameters/Limit'}
      responses: *listed
  /users/{user}/toys/{id}:
    get:
      operationId: get_toy_of_user
      tags: [Users]
      summary: Retrieve a user's toy
      description: One toy of one user.
      x-mock-action: {retrieve: toys, within: {user: owner}}
      parameters:
      - {$ref: '#/components/parameters/UserId'}
      - {$ref: '#/components/parameters/ToyId'}
      responses: *shown
components:
  securitySchemes: {Key: {type: apiKey, in: header, name: Key}}
  parameters:
    ToyId: {name: id, in: path, required: true, description: The toy., example: 2, schema: {type: integer, format: int32}, x-mock-record: toys}
    UserId: {name: user, in: path, required: true, description: The user., example: 1, schema: {type: integer, format: int32}, x-mock-record: users}
    Limit:
      name: limit
      in: query
      description: At most so many.
      example: 1
      schema: {type: integer, format: int32, minimum: 0}
      x-mock-page: {role: limit, default: 1, maximum: 100}
  responses:
    Refused: {description: Refused., content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  schemas:
    Id: {type: integer, format: int32, description: A number of its own.}
    Direction: {type: string, enum: [asc, desc], example: asc}
    Problem:
      x-mock-error: problem
      type: object
      required: [problem]
      properties: {problem: {type: string, description: What is wrong., example: No such toy}}
    User:
      description: Who has toys.
      x-mock-collection: {collection: users, singular: user, name: User, fields: {key: text}}
      type: object
      required: [id, name]
      properties: {id: {$ref: '#/components/schemas/Id'}, name: {type: string, description: The name., example: Ada}}
    Toy:
      description: What is played with.
      x-mock-collection:
        collection: toys
        singular: toy
        name: Toy
        order: [title]
        relations: {owner: {to: users, inverse: toys}}
        prepare: complete_toy
        effects: [wrap_toy]
        visible: toy_visibility
      type: object
      required: [id, title, owner, owner_name, shout]
      properties:
        id: {$ref: '#/components/schemas/Id'}
        title: {type: string, minLength: 1, description: The title., example: Owl}
        owner: {type: integer, format: int32, nullable: true, description: Who has it.}
        owner_name: {type: string, nullable: true, description: What they are called., x-mock-value: owner.name}
        rank: {type: integer, minimum: 0, maximum: 9, description: The higher the better., x-mock-present: not-null}
        shout: {type: string, description: The title in capitals., x-mock-value: toy_shout}
    ToyAnswer: {type: object, required: [toy], properties: {toy: {$ref: '#/components/schemas/Toy'}}}
    NewToy:
      description: A toy that is to be.
      type: object
      required: [title]
      properties:
        title: {type: string, minLength: 1, description: The title.}
        owner: {type: integer, format: int32, description: Who is to have it.}
        rank: {type: integer, description: The higher the better., enum: [0, 1, 2]}
        paper: {type: string, description: To wrap it in., x-mock-input: wrap_toy, x-mock-reach: {body: {toy: {title: Owl, paper: red}}}}
        colour: {type: string, description: Its colour., x-mock-no-effect: Colours are not mocked.}
        made: {type: string, description: Where., readOnly: true}
"""

DOCUMENT = parse_yaml(TOYS.encode(), "toys")
FIXTURES = {
    "users": [{"id": 1, "name": "Ada", "key": "ada"}, {"id": 2, "name": "Bo", "key": "bo"}],
    "toys": [
        {"id": 1, "title": "Cow, red", "owner": 2, "rank": 3},
        {"id": 2, "title": "Owl", "owner": 1},
        {"id": 3, "title": "Robot of Fred", "rank": 1},
    ],
}
FUNCTIONS = Functions(
    behaviours={"wind_toy": lambda session, request: Answer(record=request.parents["id"])},
    prepare={"complete_toy": lambda session, before, record, sent: {}},
    effects={"wrap_toy": lambda session, change, sent: None},
    rules={"toy_is_nice": lambda session, before, record, sent: []},
    values={"toy_shout": lambda view, record: record["title"].upper()},
    filters={"toys_with_word": lambda session, word, query: lambda toy: word in toy["title"] if "where" in query else word in toy["title"].split()},
    orders={"toy_rank": lambda session: lambda toy: toy["rank"] or 0},
    visible={"toy_visibility": lambda session: None},
)
STATUSES = {
    Category.CREDENTIAL: (401,),
    Category.PROGRAM: (401,),
    Category.MALFORMED_ID: (400,),
    Category.MISSING_RECORD: (404,),
    Category.RULE: (422,),
    Category.FORBIDDEN: (403,),
    Category.BROKEN_CONTRACT: (500,),
}
CONVENTIONS = Conventions(
    errors=ErrorShapes(
        shapes={"problem": ErrorShape({"problem": Slot.TITLE}, many=False), "odd": ErrorShape({"odd": Slot.TITLE}, many=False)},
        statuses={category: STATUSES.get(category, (400,)) for category in Category},
        preferences={category: ("odd",) if category is Category.FORBIDDEN else ("problem",) for category in Category},
        sentences={},
    ),
    callers=Callers("users", 1, "key"),
)


@dataclass
class Toys:
    """The API of toys, to be broken in one place."""

    folder: Path
    document: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(DOCUMENT))
    fixtures: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: copy.deepcopy(FIXTURES))
    functions: Functions = FUNCTIONS
    conventions: Conventions = CONVENTIONS

    @property
    def schemas(self) -> dict[str, Any]:
        schemas: dict[str, Any] = self.document["components"]["schemas"]
        return schemas

    def operation(self, label: str) -> dict[str, Any]:
        method, path = label.split()
        operation: dict[str, Any] = self.document["paths"][path][method.lower()]
        return operation

    def parameter(self, name: str, label: str = "GET /toys") -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in self.operation(label)["parameters"] if one.get("name") == name)
        return found

    def with_functions(self, table: str, **functions: Callable[..., Any] | None) -> None:
        merged = {**getattr(self.functions, table), **functions}
        self.functions = replace(self.functions, **{table: {name: function for name, function in merged.items() if function}})

    def api(self) -> Api:
        document, fixtures = self.folder / "openapi.json", self.folder / "fixtures"
        document.write_text(json.dumps(self.document))
        fixtures.mkdir()
        for name, records in self.fixtures.items():
            (fixtures / f"{name}.json").write_text(json.dumps(records))
        return Api("toys", document, fixtures, self.conventions, self.functions)


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    return Toys(tmp_path)


def test_nothing_is_wrong_with_the_toys(toys: Toys) -> None:
    assert lint_api(toys.api(), None) == []


# --- each check, seen failing ---

Break = Callable[[Toys], object]
SPECIMENS: list[Any] = []


def finds(check: str, what: str, where: str, found: str | None = None) -> Callable[[Break], Break]:
    """Note what lint finds in the toys that the function breaks: the check, and what, where and what instead its one finding says."""

    def note(function: Break) -> Break:
        SPECIMENS.append(pytest.param(check, (what, where, found), function, id=function.__name__))
        return function

    return note


COLLECTION = "#/components/schemas/Toy/x-mock-collection"
TOY = {"$ref": "#/components/schemas/Toy"}


def toy_collection(toys: Toys) -> dict[str, Any]:
    collection: dict[str, Any] = toys.schemas["Toy"]["x-mock-collection"]
    return collection


@finds("document_is_openapi", "not OpenAPI 3.0", "#/info", '"title" is a required property')
def a_document_without_a_title(toys: Toys) -> None:
    del toys.document["info"]["title"]


@finds("document_is_openapi", "not OpenAPI 3.0", "#", "Path parameter 'id' for 'get' operation in '/toys/{id}' was not resolved")
def a_path_parameter_that_is_not_declared(toys: Toys) -> None:
    del toys.operation("GET /toys/{id}")["parameters"]


@finds("readers_are_known", "an unknown function", ": GET /toys: query parameter where", "dolls_with_word")
def a_parameter_read_by_an_unknown_function(toys: Toys) -> None:
    toys.parameter("where")["x-mock-input"] = "dolls_with_word"


@finds("readers_are_known", "an unknown function", "#/components/schemas/NewToy/properties/paper", "wrap_doll")
def an_attribute_read_by_an_unknown_function(toys: Toys) -> None:
    toys.schemas["NewToy"]["properties"]["paper"]["x-mock-input"] = "wrap_doll"


@finds("values_are_known", "an unknown value", "#/components/schemas/Toy/properties/owner_name", "owner.weight")
def a_property_from_a_path_to_nowhere(toys: Toys) -> None:
    toys.schemas["Toy"]["properties"]["owner_name"]["x-mock-value"] = "owner.weight"


@finds("values_are_known", "an unknown value", ": GET /toys: 200/properties/meta/properties/total", "totals")
def an_unknown_page_value(toys: Toys) -> None:
    answer = toys.operation("GET /toys")["responses"]["200"]["content"]["application/json"]["schema"]
    answer["properties"]["meta"]["properties"]["total"]["x-mock-value"] = "totals"


@finds("values_are_known", "an unknown value", ": GET /toys/{id}: 200/properties/count", "total")
def a_page_value_of_a_single_record(toys: Toys) -> None:
    schema = {"type": "object", "required": ["toy"], "properties": {"toy": TOY, "count": {"type": "string", "x-mock-value": "total"}}}
    toys.operation("GET /toys/{id}")["responses"]["200"]["content"]["application/json"]["schema"] = schema


@finds("callers_are_stored", "no callers", "toys: conventions", "none")
def conventions_that_name_another_collection_of_users(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("people", 1, "key"))


@finds("callers_are_stored", "no callers", "toys: conventions", "none")
def conventions_that_name_an_unknown_field_of_credentials(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 1, "token"))


@finds("callers_are_stored", "no callers", "toys: conventions", "none")
def conventions_that_name_an_unknown_field_of_zones(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, zones=Zones(caller_field="zone"))


@finds("callers_are_stored", "no callers", "toys: conventions", "none")
def conventions_that_name_an_unknown_field_of_forms(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 1, "key", form_field="form"))


@finds("callers_are_stored", "no callers", "toys: conventions", "none")
def an_administrator_without_a_fixture(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 7, "key"))


@finds("everything_compiles", "within does not lead to the parent", "GET /users/{user}/toys", "title")
def a_list_within_a_field_that_is_no_relation(toys: Toys) -> None:
    toys.operation("GET /users/{user}/toys")["x-mock-action"]["within"] = {"user": "title"}


@finds("everything_compiles", "a property comes from nowhere", "#/components/schemas/Brief/properties/smell", "none of these")
def a_shape_with_a_property_that_is_not_stored(toys: Toys) -> None:
    toys.schemas["Brief"] = {"x-mock-shape": {"collection": "toys"}, "type": "object", "properties": {"smell": {"type": "string"}}}
    show_briefly(toys)


def show_briefly(toys: Toys) -> None:
    properties = {"toy": {"$ref": "#/components/schemas/Brief", "description": "The toy."}}
    schema = {"type": "object", "required": ["toy"], "properties": properties}
    toys.operation("GET /toys/{id}")["responses"]["200"]["content"]["application/json"]["schema"] = schema


def nothing(*_: Any) -> Any:
    return None


@finds("functions_are_named", "a function that the document does not name", "toys: BEHAVIOURS", "forgotten")
def a_behaviour_of_no_operation(toys: Toys) -> None:
    toys.with_functions("behaviours", forgotten=nothing)


@finds("functions_are_named", "a function that the document does not name", "toys: VALUES", "forgotten")
def a_value_that_no_property_shows(toys: Toys) -> None:
    toys.with_functions("values", forgotten=nothing)


@finds("functions_are_named", "a function that the document does not name", "toys: SETTLE", "forgotten")
def a_function_that_settles_no_collection(toys: Toys) -> None:
    toys.with_functions("settle", forgotten=nothing)


@finds("functions_are_named", "a function that the document does not name", "toys: EXPANSIONS", "forgotten")
def an_expansion_of_no_parameter(toys: Toys) -> None:
    toys.with_functions("expansions", forgotten=nothing)


@finds("functions_are_named", "a function that the document does not name", "toys: EFFECTS", "wrap_toy")
def an_effect_that_is_only_said_to_read_an_attribute(toys: Toys) -> None:
    del toy_collection(toys)["effects"]


@finds("parameters_have_one_effect", "not one effect", ": GET /toys: query parameter where", "none")
def a_parameter_without_effect(toys: Toys) -> None:
    del toys.parameter("where")["x-mock-input"]


@finds("parameters_have_one_effect", "not one effect", ": GET /toys: query parameter title", "x-mock-filter and x-mock-no-effect")
def a_parameter_with_an_effect_and_a_reason_for_none(toys: Toys) -> None:
    toys.parameter("title")["x-mock-no-effect"] = "It is a filter."


@finds("effects_are_in_place", "an effect out of place", ": GET /toys/{id}: query parameter limit", "of retrieve")
def a_page_of_one_record(toys: Toys) -> None:
    toys.operation("GET /toys/{id}")["parameters"].append({"$ref": "#/components/parameters/Limit"})


@finds("effects_are_in_place", "an effect out of place", ": GET /toys: query parameter toy", "in query")
def a_record_named_outside_the_path(toys: Toys) -> None:
    schema = {"type": "integer", "format": "int32"}
    parameter = {"name": "toy", "in": "query", "description": "The toy.", "example": 2, "schema": schema, "x-mock-record": "toys"}
    toys.operation("GET /toys")["parameters"].append(parameter)


@finds("effects_are_in_place", "an effect out of place", ": GET /toys/{id}: query parameter saved", "of retrieve")
def a_saved_search_of_one_record(toys: Toys) -> None:
    saved_search(toys, [], **{"x-mock-rules": {"parameters_fit": 400}})
    toys.operation("GET /toys/{id}")["parameters"].append(toys.operation("GET /toys")["parameters"].pop())
    toys.operation("GET /toys/{id}")["x-mock-rules"] = toys.operation("GET /toys").pop("x-mock-rules")


@finds("sideloads_appear", "a sideload that no answer shows", ": GET /toys: 200", "people")
def a_sideload_without_a_key(toys: Toys) -> None:
    toys.operation("GET /toys")["x-mock-action"]["sideload"]["people"] = "owner"


@finds("sideloads_appear", "records that nothing fills in", ": GET /users/{user}/toys: 200", "users")
def records_of_another_collection_without_a_sideload(toys: Toys) -> None:
    del toys.operation("GET /users/{user}/toys")["x-mock-action"]["sideload"]


@finds("selected_keys_appear", "a selected key that no answer shows", ": GET /toys: query parameter include", "people")
def a_selected_key_that_is_nowhere(toys: Toys) -> None:
    toys.parameter("include")["x-mock-select"]["all"] = ["users", "people"]


@finds("rules_are_asked", "a rule that is never asked", ": GET /toys: x-mock-rules toy_is_nice", "list")
def a_rule_of_a_list(toys: Toys) -> None:
    toys.operation("GET /toys")["x-mock-rules"] = {"toy_is_nice": 400}


@finds("rules_are_asked", "a rule with an undeclared status", ": POST /toys: x-mock-rules related", "409")
def a_rule_that_refuses_with_an_undeclared_status(toys: Toys) -> None:
    toys.operation("POST /toys")["x-mock-rules"]["related"] = 409


@finds("forms_name_callers", "two that say who acts", ": POST /toys/{id}/wind: x-mock-caller", "a credential")
def a_caller_of_a_form_beside_a_credential(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 1, "key", form_field="key"))
    toys.operation("POST /toys/{id}/wind")["x-mock-caller"] = "turns"


@finds("forms_name_callers", "nobody whom a form can name", ": POST /toys/{id}/wind: x-mock-caller", "none")
def a_caller_of_a_form_where_users_have_nothing_that_names_them(toys: Toys) -> None:
    toys.operation("POST /toys/{id}/wind").update({"x-mock-caller": "turns", "security": []})


@finds("forms_name_callers", "a caller that no body names", ": POST /toys/{id}/wind: x-mock-caller", "who")
def a_caller_of_a_form_that_its_body_does_not_declare(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 1, "key", form_field="key"))
    toys.operation("POST /toys/{id}/wind").update({"x-mock-caller": "who", "security": []})


def saved_search(toys: Toys, pairs: list[tuple[str, str]], **said: Any) -> None:
    """Give the list of toys a parameter that stands for others."""
    toys.with_functions("expansions", saved=lambda session, collection, value: pairs)
    parameter = {"name": "saved", "in": "query", "description": "A saved search.", "example": "mine", "schema": {"type": "string"}}
    toys.operation("GET /toys")["parameters"].append({**parameter, "x-mock-expand": "saved"})
    toys.operation("GET /toys").update(said)


@finds("expansions_have_a_rule", "a refusal without a rule", ": GET /toys: query parameter saved", "none")
def a_saved_search_that_cannot_be_missing(toys: Toys) -> None:
    saved_search(toys, [("title", "ow")])


@finds("missing_records_are_answered", "a missing record with an undeclared status", ": GET /toys/{id}: path parameter id", "409")
def a_missing_record_that_is_answered_with_an_undeclared_status(toys: Toys) -> None:
    toys.operation("GET /toys/{id}")["parameters"] = [{**toys.document["components"]["parameters"]["ToyId"], "x-mock-missing": 409}]


@finds("missing_records_are_answered", "a status for no record", ": GET /toys: query parameter where", "none")
def a_parameter_without_a_record_that_may_be_missing(toys: Toys) -> None:
    toys.parameter("where")["x-mock-missing"] = 400


@finds("credentials_are_refused", "a refusal that nobody is told of", "#/components/securitySchemes/Key", "none")
def a_key_that_is_refused_with_a_status_of_its_own(toys: Toys) -> None:
    errors = replace(CONVENTIONS.errors, statuses={**CONVENTIONS.errors.statuses, Category.CREDENTIAL: (400,)})
    toys.conventions = replace(CONVENTIONS, errors=errors)


@finds("credentials_are_refused", "a refusal that nobody is told of", "#/components/securitySchemes/Key", "406")
def a_key_that_is_refused_otherwise_than_it_says(toys: Toys) -> None:
    toys.document["components"]["securitySchemes"]["Key"]["x-mock-refused"] = 406


@finds("reaches_are_declared", "a reach that is not declared", ": POST /toys: x-mock-reach 409", "409")
def a_reach_of_an_undeclared_status(toys: Toys) -> None:
    toys.operation("POST /toys")["x-mock-reach"]["409"] = {"body": {}}


@finds("reaches_are_declared", "a reach that is not declared", ": GET /toys/{id}: x-mock-reach 404", "toy")
def a_reach_by_an_undeclared_parameter(toys: Toys) -> None:
    toys.operation("GET /toys/{id}")["x-mock-reach"] = {"404": {"path": {"toy": 9}}}


@finds("reaches_are_declared", "a reach that is not declared", ": GET /toys: query parameter where: x-mock-reach", "words")
def an_undeclared_parameter_beside_an_example(toys: Toys) -> None:
    toys.parameter("where")["x-mock-reach"]["query"]["words"] = "red"


@finds("statuses_are_real", "not a real status", ": GET /toys", "299")
def a_status_that_http_does_not_know(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["299"] = {"description": "Almost."}


@finds("refusals_are_declared", "a refusal that is not declared", ": GET /toys/{id}", "none")
def a_record_that_cannot_be_missing(toys: Toys) -> None:
    del toys.operation("GET /toys/{id}")["responses"]["404"]


@finds("error_shapes_fit", "an error without a shape", ": GET /toys: 403", "problem")
def an_error_in_a_shape_that_its_status_does_not_have(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["403"] = {"$ref": "#/components/responses/Refused"}


@finds("error_shapes_fit", "an error without a shape", ": GET /toys: 418", "problem")
def an_error_that_no_refusal_has(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["418"] = {"$ref": "#/components/responses/Refused"}


@finds("error_shapes_fit", "an error without a shape", ": GET /toys: 400", "none")
def an_error_without_a_body(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["400"] = {"description": "Refused."}


@finds("operations_are_described", "an operationId in another case", ": GET /toys", "listToys")
def an_operation_id_in_camel_case(toys: Toys) -> None:
    toys.operation("GET /toys")["operationId"] = "listToys"


@finds("operations_are_described", "not a declared tag", ": GET /toys", "Dolls")
def an_undeclared_tag(toys: Toys) -> None:
    toys.operation("GET /toys")["tags"] = ["Dolls"]


@finds("operations_are_described", "not a declared tag", ": GET /toys", "none")
def an_operation_without_a_tag(toys: Toys) -> None:
    del toys.operation("GET /toys")["tags"]


@finds("operations_are_described", "an operation that says too little", ": GET /toys", "none")
def an_operation_without_a_summary(toys: Toys) -> None:
    del toys.operation("GET /toys")["summary"]


@finds("operations_are_described", "a text that stands twice", ": POST /toys", "the description of GET /toys")
def an_operation_with_the_description_of_another(toys: Toys) -> None:
    toys.operation("POST /toys")["description"] = toys.operation("GET /toys")["description"]


@finds("parameters_are_described", "a parameter that says too little", ": GET /toys: query parameter title", "none")
def a_parameter_without_a_description(toys: Toys) -> None:
    del toys.parameter("title")["description"]


@finds("tags_are_used", "a tag without operations", "#/tags/2", "Dolls")
def a_tag_of_no_operation(toys: Toys) -> None:
    toys.document["tags"].append({"name": "Dolls"})


@finds("properties_are_described", "a property that says too little", "#/components/schemas/NewToy/properties/colour", "none")
def a_property_without_a_description(toys: Toys) -> None:
    del toys.schemas["NewToy"]["properties"]["colour"]["description"]


@finds("properties_are_described", "a property that says too little", "#/components/schemas/Toy/properties/id", "none")
def a_property_that_references_a_schema_without_a_description(toys: Toys) -> None:
    toys.schemas["Toy"]["properties"]["id"] = {"$ref": "#/components/schemas/Number"}
    toys.schemas["Number"] = {"type": "integer", "format": "int32"}


@finds("creates_have_links", "a create without links", ": POST /toys: 201", "none")
def a_create_that_leads_nowhere(toys: Toys) -> None:
    del toys.operation("POST /toys")["responses"]["201"]["links"]


@finds("creates_have_links", "a create without links", ": POST /toys/{id}/wind: 200", "none")
def another_post_with_a_record_that_leads_nowhere(toys: Toys) -> None:
    del toys.operation("POST /toys/{id}/wind")["responses"]["200"]["links"]


@finds("links_lead_somewhere", "a link to nowhere", ": POST /toys: 201: link GetToy", "get_doll")
def a_link_to_an_unknown_operation(toys: Toys) -> None:
    toys.operation("POST /toys")["responses"]["201"]["links"]["GetToy"]["operationId"] = "get_doll"


@finds("links_lead_somewhere", "a link to nowhere", ": POST /toys: 201: link GetToy", "path.toy")
def a_link_with_an_unknown_parameter(toys: Toys) -> None:
    toys.operation("POST /toys")["responses"]["201"]["links"]["GetToy"]["parameters"] = {"path.toy": "$response.body#/toy/id"}


@finds("attributes_have_one_effect", "not one effect", ": POST /toys: body /toy/weight", "none")
def an_attribute_that_is_not_stored(toys: Toys) -> None:
    toys.schemas["NewToy"]["properties"]["weight"] = {"type": "string", "description": "How heavy it is."}


@finds("attributes_have_one_effect", "not one effect", ": POST /toys: body /toy/paper", "x-mock-input and x-mock-no-effect")
def an_attribute_with_an_effect_and_a_reason_for_none(toys: Toys) -> None:
    toys.schemas["NewToy"]["properties"]["paper"]["x-mock-no-effect"] = "There is no paper."


@finds("attributes_have_one_effect", "not one effect", ": POST /toys: body /title", "none")
def an_attribute_beside_the_envelope(toys: Toys) -> None:
    body = toys.operation("POST /toys")["requestBody"]["content"]["application/json"]
    body["schema"]["properties"]["title"] = {"type": "string", "description": "The title."}


@finds("attributes_have_one_effect", "not one effect", ": POST /toys/{id}/wind: body /turns", "none")
def an_attribute_that_a_behaviour_does_not_read(toys: Toys) -> None:
    body = toys.operation("POST /toys/{id}/wind")["requestBody"]["content"]["application/json"]
    del body["schema"]["properties"]["turns"]["x-mock-input"]


@finds("error_shapes_are_known", "an unknown error shape", "#/components/schemas/Trouble", "trouble")
def an_unknown_error_shape(toys: Toys) -> None:
    toys.schemas["Trouble"] = {**toys.schemas["Problem"], "x-mock-error": "trouble"}
    either = {"anyOf": [{"$ref": "#/components/schemas/Problem"}, {"$ref": "#/components/schemas/Trouble"}]}
    toys.operation("GET /toys")["responses"]["400"] = {"description": "Refused.", "content": {"application/json": {"schema": either}}}


@finds("integers_have_bounds", "an integer without bounds", "#/components/schemas/Toy/properties/rank", "neither")
def an_integer_without_a_maximum(toys: Toys) -> None:
    del toys.schemas["Toy"]["properties"]["rank"]["maximum"]


@finds("integers_have_bounds", "an integer without bounds", "#/paths/~1users~1{user}~1toys/get/parameters/2/schema/items", "neither")
def an_integer_parameter_without_bounds(toys: Toys) -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    parameter = {"name": "ids", "in": "query", "description": "Ids.", "example": [1], "schema": schema, "x-mock-no-effect": "None."}
    toys.operation("GET /users/{user}/toys")["parameters"].append(parameter)


@finds("required_is_what_is_always_there", "a property that is always there and not required", "#/components/schemas/Toy/required", "neither")
def a_property_that_is_not_required(toys: Toys) -> None:
    toys.schemas["Toy"]["required"].remove("owner")


@finds("required_is_what_is_always_there", "a required property that is not always there", "#/components/schemas/Toy/required", "title")
def a_required_property_that_may_be_absent(toys: Toys) -> None:
    toys.schemas["Toy"]["properties"]["title"]["x-mock-present"] = {"create": "sent", "else": "always"}


@finds("required_is_what_is_always_there", "a required property that is not declared", "#/components/schemas/Brief/required", "smell")
def a_required_property_that_does_not_exist(toys: Toys) -> None:
    properties = {"id": {"$ref": "#/components/schemas/Id"}}
    toys.schemas["Brief"] = {"x-mock-shape": {"collection": "toys"}, "type": "object", "required": ["id", "smell"], "properties": properties}
    show_briefly(toys)


@finds(
    "required_is_what_is_always_there",
    "required properties that can be thinned out",
    "#/components/schemas/Toy/required",
    "id, owner, owner_name, shout, title",
)
def a_shape_that_requires_what_can_be_thinned_out(toys: Toys) -> None:
    thin = {"name": "only", "in": "query", "description": "The only keys.", "example": "id", "schema": {"type": "string"}, "x-mock-select": "keys"}
    toys.operation("GET /toys")["parameters"].append(thin)


@finds("components_are_used", "a component that nothing uses", "#/components/schemas/Doll")
def an_unused_schema(toys: Toys) -> None:
    toys.schemas["Doll"] = {"type": "object", "description": "A doll.", "properties": {"doll": {"$ref": "#/components/schemas/Doll"}}}


@finds("components_are_used", "a component that nothing uses", "#/components/parameters/DollId")
def an_unused_parameter(toys: Toys) -> None:
    toys.document["components"]["parameters"]["DollId"] = toys.document["components"]["parameters"]["ToyId"]


@finds("components_are_used", "a component that nothing uses", "#/components/responses/Ignored")
def an_unused_response(toys: Toys) -> None:
    toys.document["components"]["responses"]["Ignored"] = {"description": "Ignored."}


@finds("keywords_are_in_place", "a keyword out of place", "#/components/schemas/Toy/properties/title", "x-mock-record")
def a_keyword_of_parameters_on_a_property(toys: Toys) -> None:
    toys.schemas["Toy"]["properties"]["title"]["x-mock-record"] = "toys"


@finds("keywords_are_in_place", "a keyword out of place", "#/paths/~1toys/get/responses/200", "x-mock-reach")
def a_keyword_of_operations_on_a_response(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["200"]["x-mock-reach"] = {"query": {}}


@finds("examples_are_valid", "an example that breaks its schema", "#/components/parameters/Limit/example", 'the value is not of type "integer"')
def a_parameter_with_a_wrong_example(toys: Toys) -> None:
    toys.document["components"]["parameters"]["Limit"]["example"] = "many"


@finds(
    "examples_are_valid",
    "an example that breaks its schema",
    "#/components/schemas/Toy/properties/title/example",
    "the value is shorter than 1 character",
)
def a_property_with_a_wrong_example(toys: Toys) -> None:
    toys.schemas["Toy"]["properties"]["title"]["example"] = ""


@finds(
    "examples_are_valid",
    "an example that breaks its schema",
    "#/paths/~1toys/post/requestBody/content/application~1json/example/toy/title",
    "title is required",
)
def a_body_with_a_wrong_example(toys: Toys) -> None:
    toys.operation("POST /toys")["requestBody"]["content"]["application/json"]["example"] = {"toy": {}}


@finds(
    "examples_are_valid",
    "an example that breaks its schema",
    "#/paths/~1toys~1{id}/get/responses/200/content/application~1json/examples/odd/value/toy",
    "toy is required",
)
def an_answer_with_a_wrong_example(toys: Toys) -> None:
    toys.operation("GET /toys/{id}")["responses"]["200"]["content"]["application/json"]["examples"] = {"odd": {"value": {}}}


@finds("examples_are_there", "a parameter without an example", ": GET /toys: query parameter title")
def a_parameter_without_an_example(toys: Toys) -> None:
    del toys.parameter("title")["example"]


@finds("examples_are_there", "a body without an example", ": POST /toys")
def a_body_without_an_example(toys: Toys) -> None:
    del toys.operation("POST /toys")["requestBody"]["content"]["application/json"]["example"]


def example_toy(toys: Toys, label: str, example: int) -> None:
    parameters = toys.operation(label)["parameters"]
    parameters[-1] = {**toys.document["components"]["parameters"]["ToyId"], "example": example}


@finds("examples_name_fixtures", "an example that names no fixture", ": GET /toys/{id}: path parameter id", "9")
def an_example_of_a_missing_record(toys: Toys) -> None:
    example_toy(toys, "GET /toys/{id}", 9)


@finds("examples_name_fixtures", "an example that names no fixture", ": GET /users/{user}/toys/{id}: path parameter id", "1")
def an_example_of_somebody_elses_record(toys: Toys) -> None:
    example_toy(toys, "GET /users/{user}/toys/{id}", 1)


@finds("examples_name_fixtures", "an example that names no fixture", ": GET /toys/{id}/owner: path parameter id", "3")
def an_example_whose_link_leads_to_nothing(toys: Toys) -> None:
    example_toy(toys, "GET /toys/{id}/owner", 3)


@finds("fixtures_fit_their_schemas", "a fixture that breaks its schema", "fixtures/users.json: id 2: /name", 'the value is not of type "string"')
def a_fixture_that_its_schema_does_not_admit(toys: Toys) -> None:
    toys.fixtures["users"][1]["name"] = None


@finds("fixtures_fit_their_schemas", "a fixture that cannot be shown", "fixtures/toys.json: id 2", "KeyError: 2")
def a_value_that_fails_for_one_fixture(toys: Toys) -> None:
    toys.with_functions("values", toy_shout=lambda view, record: {1: "MOO", 3: "BEEP"}[record["id"]])


@finds("filters_divide", "a filter that does not divide", ": GET /toys: query parameter title", "3 of 3 kept by 'o'")
def a_filter_that_keeps_everything(toys: Toys) -> None:
    toys.parameter("title")["example"] = "o"


@finds("filters_divide", "a filter that does not divide", ": GET /toys: query parameter title", "0 of 3 kept by 'zebra'")
def a_filter_that_keeps_nothing(toys: Toys) -> None:
    toys.parameter("title")["example"] = "zebra"


@finds("filters_divide", "an example that is refused", ": GET /toys: query parameter title", "expected a number")
def a_filter_whose_example_is_refused(toys: Toys) -> None:
    toys.parameter("title")["x-mock-filter"] = {"field": "rank", "operator": "equals"}


@finds("filters_divide", "an example that is refused", ": GET /toys: query parameter odd", "KeyError: 'odd'")
def a_filter_that_fails(toys: Toys) -> None:
    toys.with_functions("filters", odd_toys=lambda session, value, query: lambda toy: toy["odd"])
    parameter = {"name": "odd", "in": "query", "description": "Only odd ones.", "example": "1", "schema": {"type": "string"}}
    toys.operation("GET /toys")["parameters"].append({**parameter, "x-mock-filter": "odd_toys"})


@finds("filters_divide", "a filter that does not divide", ": GET /toys: query parameter saved", "3 of 3 kept by 'mine'")
def a_saved_search_that_keeps_everything(toys: Toys) -> None:
    saved_search(toys, [("title", "o")], **{"x-mock-rules": {"parameters_fit": 400}})


@finds("filters_divide", "an example that is refused", ": GET /toys: query parameter saved", 'the value is not of type "integer"')
def a_saved_search_for_what_is_refused(toys: Toys) -> None:
    saved_search(toys, [("limit", "many")], **{"x-mock-rules": {"parameters_fit": 400}})


def with_default(toys: Toys, default: str, example: str) -> None:
    """Give the list of a user's toys a filter that filters though it is not sent."""
    parameter = {
        "name": "called",
        "in": "query",
        "description": "With this text.",
        "example": example,
        "schema": {"type": "string", "default": default},
    }
    parameters = toys.operation("GET /users/{user}/toys")["parameters"]
    parameters.append({**parameter, "x-mock-filter": {"field": "title", "operator": "contains"}})


@finds("filters_divide", "a filter that does not divide", ": GET /users/{user}/toys: query parameter called", "1 of 1 kept by 'w'")
def a_filter_that_keeps_as_many_as_by_default(toys: Toys) -> None:
    with_default(toys, "Owl", "w")


@finds("filters_divide", "a filter that does not divide", ": GET /users/{user}/toys: query parameter called", "1 of 0 kept by 'Owl'")
def a_filter_that_keeps_nothing_by_default(toys: Toys) -> None:
    with_default(toys, "zebra", "Owl")


def test_a_filter_may_keep_more_than_it_does_by_default(toys: Toys) -> None:
    toys.fixtures["toys"][2]["owner"] = 1
    with_default(toys, "Owl", "o")
    assert lint_api(toys.api(), None) == []


def test_a_filter_that_divides_the_list_of_all_need_not_divide_a_list_below_a_parent(toys: Toys) -> None:
    toys.operation("GET /users/{user}/toys")["parameters"].append(toys.parameter("title"))
    assert lint_api(toys.api(), None) == []
    toys.parameter("title")["example"] = "zebra"
    assert [finding.what for finding in lint_api(Api("toys", *_written(toys), toys.conventions, toys.functions), None)] == [
        "a filter that does not divide"
    ] * 2


def _written(toys: Toys) -> tuple[Path, Path]:
    (toys.folder / "openapi.json").write_text(json.dumps(toys.document))
    return toys.folder / "openapi.json", toys.folder / "fixtures"


def test_a_saved_search_that_divides_is_fine(toys: Toys) -> None:
    saved_search(toys, [("title", "ow")], **{"x-mock-rules": {"parameters_fit": 400}})
    assert lint_api(toys.api(), None) == []


def test_a_form_that_names_its_caller_is_fine(toys: Toys) -> None:
    toys.conventions = replace(CONVENTIONS, callers=Callers("users", 1, "key", form_field="key"))
    toys.operation("POST /toys/{id}/wind").update({"x-mock-caller": "turns", "security": []})
    assert lint_api(toys.api(), None) == []


def test_a_key_that_says_with_which_status_it_is_refused_is_fine(toys: Toys) -> None:
    errors = replace(CONVENTIONS.errors, statuses={**CONVENTIONS.errors.statuses, Category.CREDENTIAL: (400,)})
    toys.conventions = replace(CONVENTIONS, errors=errors)
    toys.document["components"]["securitySchemes"]["Key"]["x-mock-refused"] = 400
    assert lint_api(toys.api(), None) == []


@finds("orders_order", "an order of equal records", ": GET /toys: query parameter rank", "3 that do not")
def an_order_by_what_is_always_the_same(toys: Toys) -> None:
    toys.with_functions("orders", toy_rank=lambda session: lambda toy: 0)


@finds("orders_order", "an order of equal records", ": GET /toys: query parameter rank", "3 that do not in toys.word")
def a_column_that_is_always_the_same(toys: Toys) -> None:
    toys.with_functions("orders", toy_rank=None)
    parameter = toys.parameter("rank")
    parameter["schema"] = {"type": "string"}
    parameter |= {"example": "toys.id", "x-mock-order": {"by": {"toys.id": "id", "toys.word": "kind"}}}
    for toy in toys.fixtures["toys"]:
        toy["kind"] = "same"
    toys.schemas["Toy"]["x-mock-collection"]["fields"] = {"kind": "text"}


@finds("orders_order", "an example that is refused", ": GET /toys: query parameter rank", "KeyError: 'range'")
def an_order_that_fails(toys: Toys) -> None:
    toys.with_functions("orders", toy_rank=lambda session: lambda toy: toy["range"])


@finds("inputs_show", "an input that shows nothing", ": GET /toys: query parameter where", "'title'")
def an_input_that_its_reader_ignores(toys: Toys) -> None:
    toys.with_functions("filters", toys_with_word=lambda session, word, query: lambda toy: word in toy["title"].split())


@pytest.mark.parametrize(("check", "said", "break_it"), SPECIMENS)
def test_one_broken_thing_is_one_finding_of_its_check(toys: Toys, check: str, said: tuple[str, str, str | None], break_it: Break) -> None:
    break_it(toys)
    api = toys.api()
    findings = lint_api(api, None)
    assert [(one.what, place(one, toys), one.found) for one in findings] == [said]
    assert list(CHECKS_BY_NAME[check](Subject(api, None))) == findings


CHECKS_BY_NAME: Mapping[str, Check] = {check.__name__: check for check in (*FOUNDATIONS, *CHECKS)}


def place(told: Finding | MockserverError, toys: Toys) -> str:
    """Return where a finding or an error is, below the folder and the document of the toys."""
    return str(told.where).removeprefix(f"{toys.folder}/").removeprefix("openapi.json")


def test_every_check_is_seen_failing() -> None:
    assert {specimen.values[0] for specimen in SPECIMENS} == set(CHECKS_BY_NAME)
    assert len(CHECKS_BY_NAME) == len(FOUNDATIONS) + len(CHECKS)


# --- what stops loading, and so the start ---

STOPS: list[Any] = []


def stops(what: str, where: str, found: str, error: type[MockserverError] = DocumentError) -> Callable[[Break], Break]:
    """Note why the toys that the function breaks cannot be loaded: what, where and what instead the error says."""

    def note(function: Break) -> Break:
        STOPS.append(pytest.param(error, (what, where, found), function, id=function.__name__))
        return function

    return note


@stops("nothing says what it looks like", ": GET /toys parameter title", "name, in, description, x-mock-filter, content")
def a_parameter_described_by_its_content(toys: Toys) -> None:
    parameter = toys.parameter("title")
    parameter["content"] = {"application/json": {"schema": parameter.pop("schema")}}
    del parameter["example"]


@stops("nothing says what it looks like", "#/paths/~1toys/post/requestBody/content/application~1json", "example")
def a_body_without_a_schema(toys: Toys) -> None:
    del toys.operation("POST /toys")["requestBody"]["content"]["application/json"]["schema"]


@stops("nothing says what it looks like", "#/paths/~1toys/get/responses/200/content/application~1json", "nothing")
def an_answer_without_a_schema(toys: Toys) -> None:
    del toys.operation("GET /toys")["responses"]["200"]["content"]["application/json"]["schema"]


@stops("nothing says what it looks like", "#/paths/~1toys/get/responses/200/content/text~1csv", "example")
def an_answer_whose_second_media_type_has_no_schema(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["200"]["content"]["text/csv"] = {"example": "id,title"}


@stops("a field that is not stored", f"{COLLECTION}/order", "weight")
def a_default_order_by_an_unknown_field(toys: Toys) -> None:
    toy_collection(toys)["order"] = ["-weight"]


@stops("a field that is not stored", f"{COLLECTION}/unique", "weight")
def an_unknown_unique_field(toys: Toys) -> None:
    toy_collection(toys)["unique"] = ["weight"]


@stops("a field that is not stored", f"{COLLECTION}/tallies", "weight")
def a_tally_of_an_unknown_field(toys: Toys) -> None:
    toy_collection(toys)["tallies"] = {"rank": "weight"}


@stops("a field that is not stored", f"{COLLECTION}/tallies", "colour")
def a_tally_for_each_value_of_an_unknown_field(toys: Toys) -> None:
    toy_collection(toys)["tallies"] = {"colour": "rank"}


@stops("a field that is not stored", f"{COLLECTION}/relations/owner/by", "kind")
def a_relation_chosen_by_an_unknown_field(toys: Toys) -> None:
    toy_collection(toys)["relations"]["owner"] = {"to": {"User": "users"}, "by": "kind"}


@stops("a field that is not stored", f"{COLLECTION}/relations/owner/inverse-order", "weight")
def a_way_back_ordered_by_an_unknown_field(toys: Toys) -> None:
    toy_collection(toys)["relations"]["owner"]["inverse-order"] = ["-weight"]


@stops("a name stands for two things", f"{COLLECTION}/relations/giver/inverse", "toys, which is the way back from toys by owner")
def two_ways_back_of_one_name(toys: Toys) -> None:
    toy_collection(toys)["relations"]["giver"] = {"to": "users", "inverse": "toys"}


@stops("a name stands for two things", f"{COLLECTION}/relations/owner/inverse", "name, which is the field name")
def a_way_back_by_the_name_of_a_field(toys: Toys) -> None:
    toy_collection(toys)["relations"]["owner"]["inverse"] = "name"


@stops("unknown function", f"{COLLECTION}/prepare", "complete_doll")
def an_unknown_prepare_function(toys: Toys) -> None:
    toy_collection(toys)["prepare"] = "complete_doll"


@stops("unknown function", f"{COLLECTION}/effects", "wrap_doll")
def an_unknown_effect(toys: Toys) -> None:
    toy_collection(toys)["effects"].append("wrap_doll")


@stops("unknown function", f"{COLLECTION}/visible", "doll_visibility")
def an_unknown_function_of_visibility(toys: Toys) -> None:
    toy_collection(toys)["visible"] = "doll_visibility"


@stops("unknown function", f"{COLLECTION}/settle", "wind_down")
def an_unknown_function_that_settles(toys: Toys) -> None:
    toy_collection(toys)["settle"] = "wind_down"


@stops("unknown function", ": GET /toys", "saved_search")
def an_unknown_expansion(toys: Toys) -> None:
    del toys.parameter("word")["x-mock-filter"]
    toys.parameter("word")["x-mock-expand"] = "saved_search"


@stops("a rule about no parameter", "#/paths/~1users~1{user}~1toys/get/x-mock-rules/parameters_fit", "none")
def a_rule_about_parameters_that_no_function_reads(toys: Toys) -> None:
    toys.operation("GET /users/{user}/toys")["x-mock-rules"] = {"parameters_fit": 400}


@stops("a rule without a record", "#/paths/~1toys~1{id}~1wind/post/x-mock-rules/related", "behaviour")
def related_records_of_a_behaviour(toys: Toys) -> None:
    toys.operation("POST /toys/{id}/wind")["x-mock-rules"] = {"related": 400}


@stops("a rule without a record", "#/paths/~1toys~1{id}~1wind/post/x-mock-rules/unique", "behaviour")
def unique_fields_of_a_behaviour(toys: Toys) -> None:
    toys.operation("POST /toys/{id}/wind")["x-mock-rules"] = {"unique": 400}


@stops("unknown extension keyword", "#/paths/~1toys/get", "x-mock-actoin")
def an_unknown_keyword(toys: Toys) -> None:
    toys.operation("GET /toys")["x-mock-actoin"] = {}


@stops("unknown function", ": GET /toys", "dolls_with_word")
def an_unknown_filter(toys: Toys) -> None:
    toys.parameter("word")["x-mock-filter"] = "dolls_with_word"


@stops("an operation does nothing", ": GET /toys", "none")
def an_operation_that_does_nothing(toys: Toys) -> None:
    del toys.operation("GET /toys")["x-mock-action"]


@stops("a response without a real status", ": GET /toys", "default")
def a_default_response(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["default"] = {"$ref": "#/components/responses/Refused"}


@stops("a response without a real status", ": GET /toys", "4XX")
def a_family_of_statuses(toys: Toys) -> None:
    toys.operation("GET /toys")["responses"]["4XX"] = {"$ref": "#/components/responses/Refused"}


@stops("a fixture refers to nothing", "fixtures/toys.json: id 1: owner", "9", FixtureError)
def a_fixture_of_nobody(toys: Toys) -> None:
    toys.fixtures["toys"][0]["owner"] = 9


@pytest.mark.parametrize("load", [lambda api: lint_api(api, None), lambda api: create_app(Settings(), [api])], ids=["lint", "start"])
@pytest.mark.parametrize(("error", "said", "break_it"), STOPS)
def test_what_cannot_be_loaded_is_one_clear_error(
    toys: Toys, error: type[MockserverError], said: tuple[str, str, str], break_it: Break, load: Callable[[Api], object]
) -> None:
    break_it(toys)
    with pytest.raises(error) as caught:
        load(toys.api())
    assert (caught.value.what, place(caught.value, toys), caught.value.found) == said
    assert caught.value.expected


def test_two_targets_of_one_relation_in_one_collection_are_one_way_back(toys: Toys) -> None:
    toy_collection(toys)["relations"]["owner"] = {"to": {"User": "users", "Child": "users"}, "by": "title", "inverse": "toys"}
    assert load_model(load_document(toys.api().document, None), FUNCTIONS).path("toys", "users").target == "toys"


# --- around the checks ---


def test_a_broken_foundation_hides_what_rests_on_it(toys: Toys) -> None:
    an_unused_schema(toys)
    a_property_from_a_path_to_nowhere(toys)
    a_document_without_a_title(toys)
    assert [finding.what for finding in lint_api(toys.api(), None)] == ["not OpenAPI 3.0"]


def test_all_findings_of_all_other_checks_are_told(toys: Toys) -> None:
    an_unused_schema(toys)
    an_unused_response(toys)
    a_filter_that_keeps_everything(toys)
    found = [finding.what for finding in lint_api(toys.api(), None)]
    assert found == ["a component that nothing uses", "a component that nothing uses", "a filter that does not divide"]


def test_without_the_validator_of_openapi_the_log_says_that_nobody_proved_it(
    toys: Toys, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "openapi_spec_validator", None)
    a_document_without_a_title(toys)
    assert lint_api(toys.api(), None) == []
    assert "not held to OpenAPI 3.0" in caplog.text


def test_a_filter_is_judged_by_all_records_not_by_the_first_page(toys: Toys) -> None:
    toys.document["components"]["parameters"]["Limit"]["x-mock-page"]["default"] = 0
    assert lint_api(toys.api(), None) == []


def test_an_example_in_a_list_of_ids_is_sent_as_the_parameter_says(toys: Toys) -> None:
    schema = {"type": "array", "items": {"type": "integer", "format": "int32"}}
    said = {"name": "ids", "in": "query", "description": "Only these.", "example": [1, 3], "explode": False, "schema": schema}
    toys.operation("GET /toys")["parameters"].append({**said, "x-mock-filter": {"field": "id", "operator": "any-of"}})
    assert lint_api(toys.api(), None) == []


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("two things", "a.yaml"), "two things: a.yaml"),
        (Finding("two\nthings", "a.yaml", "one", "two"), "two things: a.yaml: expected one, found two"),
        (Finding("two things", "a.yaml", found="two\n  of them"), "two things: a.yaml: found two of them"),
    ],
)
def test_a_finding_reads_as_one_line(finding: Finding, text: str) -> None:
    assert str(finding) == text


# --- the shipped APIs ---


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_api_has_no_findings(name: str) -> None:
    assert [str(finding) for finding in lint_api(find_api(name), None)] == []


def test_without_names_all_shipped_apis_are_linted() -> None:
    assert [api.name for api in named_apis(())] == list(SHIPPED)


def test_a_document_is_linted_with_the_room_that_it_names() -> None:
    shipped = find_api("activecampaign")
    (api,) = named_apis((str(shipped.document),))
    assert (api.name, api.document, api.conventions) == ("activecampaign", shipped.document, shipped.conventions)


@pytest.mark.parametrize("name", ["activecompaign", "nowhere.yaml"])
def test_what_does_not_exist_is_an_error(name: str) -> None:
    with pytest.raises((SettingsError, DocumentError)):
        named_apis((name,))
