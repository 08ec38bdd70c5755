"""Bundling: what YAML says, how files are joined, what is refused, and what is kept."""

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver import bundle
from mockserver.bundle import build_bundle, default_cache, load_bundle, parse_yaml
from mockserver.errors import DocumentError

ROOT = "openapi: 3.0.3\npaths:\n  /deals: {$ref: 'deals.yaml#/paths/~1deals'}\n"
DEALS = "paths:\n  /deals: {get: {schema: {$ref: '#/schemas/Deal'}}}\nschemas:\n  Deal: {type: object}\n"


def sources(**files: str) -> dict[str, bytes]:
    return {f"{name.replace('__', '/')}.yaml": text.encode() for name, text in files.items()}


def bundled(**files: str) -> dict[str, Any]:
    return build_bundle(sources(**files), "openapi.yaml")


def written(folder: Path, **files: str) -> Path:
    for name, text in sources(**files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return folder / "openapi.yaml"


# --- YAML


@pytest.fixture(params=["libyaml", "python"])
def parse(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes, str], Any]:
    if request.param == "libyaml":
        return parse_yaml
    monkeypatch.delattr(yaml, "CSafeLoader")
    specification = importlib.util.spec_from_file_location("bundle_without_libyaml", bundle.__file__)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    without: Callable[[bytes, str], Any] = module.parse_yaml
    return without


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("Off", "Off"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("y", "y"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T12:30:00Z", "2026-01-01T12:30:00Z"),
        ("12:30:45", "12:30:45"),
        ("012", "012"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("=", "="),
        ("'1'", "1"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-17", -17),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("!!str 1", "1"),
        ("{200: a, null: b, on: c, 1.0: d}", {"200": "a", "null": "b", "on": "c", "1.0": "d"}),
        ("{a: , b: []}", {"a": None, "b": []}),
        ("a: &x {k: 1}\nb: *x", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}}),
        ("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}", {"a": {"k": 1}, "b": {"k": 2, "l": 2}, "c": {"k": 1, "l": 2}}),
        ("{'<<': 1}", {"<<": 1}),
    ],
)
def test_a_plain_scalar_is_more_than_text_only_where_json_says_so(parse: Callable[[bytes, str], Any], text: str, value: Any) -> None:
    found = parse(text.encode(), "a.yaml")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (b"a: 1\nb: }", "YAML syntax error", "a.yaml:2:"),
        (b"a: 1\n---\nb: 2", "YAML syntax error", "a.yaml:2:1"),
        (b"a: *gone", "YAML syntax error", "a.yaml:1:4"),
        (b"a: \xff", "YAML syntax error", "a.yaml"),
        (b"a: 1\nb:\n  c: 1\n  c: 1", "a key stands twice in one mapping", "a.yaml:4:3"),
        (b"{1: a, '1': b}", "a key stands twice in one mapping", "a.yaml:1:8"),
        (b"? [a]\n: 1", "a key is not text", "a.yaml:1:3"),
        (b"a: &x [*x]", "an alias contains itself", "a.yaml:1:4"),
        (b"a: !!binary aGk=", "a YAML tag", "a.yaml:1:4"),
        (b"a: !!set {b}", "a YAML tag", "a.yaml:1:4"),
        (b"a: !!int b", "a YAML tag does not fit", "a.yaml:1:4"),
        (b"a: 1e999", "a number is too large", "a.yaml:1:4"),
        (b"{<<: 1}", "<< merges what is no mapping", "a.yaml:1:6"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(parse: Callable[[bytes, str], Any], text: bytes, what: str, where: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(text, "a.yaml")
    assert caught.value.what == what
    assert str(caught.value.where).startswith(where)


TEXT = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" \n\t"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20)


@settings(deadline=None)
@given(JSON)
def test_json_read_as_yaml_is_the_same(value: Any) -> None:
    assert parse_yaml(json.dumps(value, ensure_ascii=False).encode(), "a.yaml") == value


@settings(deadline=None)
@given(JSON)
def test_what_the_yaml_writer_writes_is_read_the_same(value: Any) -> None:
    assert parse_yaml(yaml.safe_dump(value, allow_unicode=True).encode(), "a.yaml") == value


@settings(deadline=None)
@given(st.binary() | st.text("&*!?<>[]{},:|-'\"#%@` ab1\n").map(str.encode))
@example(b"? ")
@example(b"!")
@example(b"- ? a")
def test_no_bytes_do_worse_than_a_document_error(text: bytes) -> None:
    try:
        orjson.dumps(parse_yaml(text, "a.yaml"))
    except DocumentError as error:
        assert "\n" not in str(error)  # noqa: PT017 -- most texts raise nothing


# --- joining


def test_path_items_are_inlined_and_sections_move_to_components() -> None:
    assert bundled(openapi=ROOT, deals=DEALS) == {
        "openapi": "3.0.3",
        "paths": {"/deals": {"get": {"schema": {"$ref": "#/components/schemas/Deal"}}}},
        "components": {"schemas": {"Deal": {"type": "object"}}},
    }


@pytest.mark.parametrize(
    ("reference", "moved"),
    [
        ("#/schemas/Deal", "#/components/schemas/Deal"),
        ("deals.yaml#/schemas/Deal", "#/components/schemas/Deal"),
        ("./deals.yaml#/schemas/Deal", "#/components/schemas/Deal"),
        ("deals.yaml#/schemas/Deal/properties/id", "#/components/schemas/Deal/properties/id"),
        ("#/schemas/Deal/anyOf/1", "#/components/schemas/Deal/anyOf/1"),
        ("#/schemas/Deal/properties/a~1b", "#/components/schemas/Deal/properties/a~1b"),
        ("#/schemas/Deal/properties/%7Bx%7D", "#/components/schemas/Deal/properties/%7Bx%7D"),
        ("common/shared.yaml#/schemas/Id", "#/components/schemas/Id"),
        ("common/shared.yaml#/parameters/Limit", "#/components/parameters/Limit"),
        ("common/shared.yaml#/responses/NotFound", "#/components/responses/NotFound"),
        ("openapi.yaml#/components/schemas/Own", "#/components/schemas/Own"),
    ],
)
def test_references_follow_what_was_moved(reference: str, moved: str) -> None:
    root = ROOT + "components: {schemas: {Own: {type: string}}}"
    deals = (
        f"paths: {{/deals: {{get: {{schema: {{$ref: '{reference}'}}}}}}}}\n"
        "schemas: {Deal: {properties: {id: {}, a/b: {}, '{x}': {}}, anyOf: [{}, {type: string}]}}"
    )
    shared = "schemas: {Id: {$ref: '../deals.yaml#/schemas/Deal'}}\nparameters: {Limit: {name: limit}}\nresponses: {NotFound: {description: None.}}"
    made = bundled(openapi=root, deals=deals, common__shared=shared)
    assert made["paths"]["/deals"]["get"]["schema"] == {"$ref": moved}


def test_what_stands_beside_a_reference_stays() -> None:
    made = bundled(openapi=ROOT, deals=DEALS.replace("'#/schemas/Deal'", "'#/schemas/Deal', x-mock-default: 1, description: A deal."))
    assert made["paths"]["/deals"]["get"]["schema"] == {"$ref": "#/components/schemas/Deal", "x-mock-default": 1, "description": "A deal."}


def test_whole_sections_of_a_reached_file_are_moved_and_unreached_files_are_not() -> None:
    made = bundled(openapi=ROOT, deals=DEALS + "  Spare: {}\n", other="schemas: {Never: {}}")
    assert list(made["components"]["schemas"]) == ["Deal", "Spare"]


def test_circular_schemas_stay_references() -> None:
    schemas = "schemas: {Deal: {properties: {contact: {$ref: 'contacts.yaml#/schemas/Contact'}, parent: {$ref: '#/schemas/Deal'}}}}"
    made = bundled(
        openapi=ROOT, deals="paths: {/deals: {}}\n" + schemas, contacts="schemas: {Contact: {properties: {deal: {$ref: 'deals.yaml#/schemas/Deal'}}}}"
    )
    assert made["components"]["schemas"] == {
        "Contact": {"properties": {"deal": {"$ref": "#/components/schemas/Deal"}}},
        "Deal": {"properties": {"contact": {"$ref": "#/components/schemas/Contact"}, "parent": {"$ref": "#/components/schemas/Deal"}}},
    }


def test_keys_keep_their_order_and_components_are_sorted() -> None:
    root = "paths:\n  /b: {$ref: 'deals.yaml#/paths/~1b'}\n  /a: {$ref: 'deals.yaml#/paths/~1a'}\n"
    root += "components: {securitySchemes: {Key: {}}}\nopenapi: 3.0.3"
    deals = "paths: {/a: {put: {}, get: {}}, /b: {}}\nschemas: {B: {}, A: {type: object, nullable: true, allOf: []}}\nparameters: {P: {}}"
    made = bundled(openapi=root, deals=deals)
    assert list(made) == ["paths", "components", "openapi"]
    assert list(made["paths"]) == ["/b", "/a"]
    assert list(made["paths"]["/a"]) == ["put", "get"]
    assert list(made["components"]) == ["parameters", "schemas", "securitySchemes"]
    assert list(made["components"]["schemas"]) == ["A", "B"]
    assert list(made["components"]["schemas"]["A"]) == ["type", "nullable", "allOf"]


def test_a_name_may_stand_twice_for_the_same_thing() -> None:
    same = "schemas: {Id: {type: string}}\n"
    made = bundled(
        openapi=ROOT,
        deals=DEALS.replace("schemas:", "schemas:\n  Id: {type: string}").replace("Deal: {", "Deal: {x: {$ref: b.yaml#/schemas/Id}, "),
        b=same,
    )
    assert made["components"]["schemas"]["Id"] == {"type": "string"}


def test_examples_extensions_and_names_are_no_references() -> None:
    literal = "{$ref: 'nowhere.yaml'}"
    properties = "{$ref: {type: string}, example: {$ref: '#/schemas/Deal'}}"
    schema = f"{{example: {literal}, default: {literal}, enum: [{literal}], x-mock-reach: {literal}, properties: {properties}}}"
    made = bundled(openapi=ROOT, deals=f"paths: {{/deals: {{}}}}\nschemas: {{Deal: {schema}}}")["components"]["schemas"]["Deal"]
    assert made["example"] == made["default"] == made["enum"][0] == made["x-mock-reach"] == {"$ref": "nowhere.yaml"}
    assert made["properties"] == {"$ref": {"type": "string"}, "example": {"$ref": "#/components/schemas/Deal"}}


def test_a_path_item_may_be_reached_in_several_steps() -> None:
    made = bundled(openapi=ROOT, deals="paths: {/deals: {$ref: 'more.yaml#/paths/~1deals', description: Ours.}}", more="paths: {/deals: {get: {}}}")
    assert made["paths"]["/deals"] == {"get": {}, "description": "Ours."}


@pytest.mark.parametrize(
    ("files", "what", "mentioned"),
    [
        pytest.param(
            {"openapi": ROOT},
            "a reference to a missing file",
            ["openapi.yaml#/paths/~1deals", "deals.yaml#/paths/~1deals"],
            id="missing file",
        ),
        pytest.param(
            {"openapi": ROOT.replace("deals.yaml", "../deals.yaml"), "deals": DEALS},
            "a reference to a missing file",
            ["../deals.yaml"],
            id="outside of the folder",
        ),
        pytest.param(
            {"openapi": ROOT.replace("deals.yaml", "https://example.org/deals.yaml"), "deals": DEALS},
            "a reference to a missing file",
            ["https://example.org/deals.yaml"],
            id="another host",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("/schemas/Deal", "/schemas/Dael")},
            "a reference leads nowhere",
            ["deals.yaml#/paths/~1deals/get/schema", "deals.yaml#/schemas/Dael"],
            id="missing anchor",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": "paths: {}\n"},
            "a reference leads nowhere",
            ["openapi.yaml#/paths/~1deals", "deals.yaml#/paths/~1deals"],
            id="missing path item",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("{type: object}", "{items: [{$ref: '#/schemas/Deal/items/01'}]}")},
            "a reference leads nowhere",
            ["deals.yaml#/schemas/Deal/items/0:"],
            id="no index",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("'#/schemas/Deal'", "'#/paths/~1deals'")},
            "a reference to what is not moved",
            ["deals.yaml#/paths/~1deals/get/schema"],
            id="path",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("'#/schemas/Deal'", "'#/schemas'")},
            "a reference to what is not moved",
            ["#/schemas"],
            id="whole section",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("'#/schemas/Deal'", "openapi.yaml")},
            "a reference to what is not moved",
            ["member of components"],
            id="whole root",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS + "  A: {x: {$ref: 'b.yaml#/schemas/Deal'}}", "b": "schemas: {Deal: {type: string}}"},
            "a name is defined twice",
            ["b.yaml#/schemas/Deal", "in deals.yaml"],
            id="two meanings",
        ),
        pytest.param(
            {"openapi": ROOT + "components: {schemas: {Deal: {type: string}}}", "deals": DEALS},
            "a name is defined twice",
            ["deals.yaml#/schemas/Deal", "in openapi.yaml"],
            id="two meanings, one in the root",
        ),
        pytest.param({"openapi": ROOT, "deals": DEALS + "headers: {}"}, "an unknown section", ["deals.yaml#/headers"], id="section"),
        pytest.param(
            {"openapi": ROOT, "deals": DEALS.replace("schemas:\n", "  /notes: {}\nschemas:\n")},
            "a path item without effect",
            ["deals.yaml#/paths/~1notes"],
            id="forgotten path item",
        ),
        pytest.param(
            {"openapi": ROOT, "deals": "paths: {/deals: {$ref: '#/paths/~1deals'}}"},
            "a path item refers to itself",
            ["deals.yaml#/paths/~1deals"],
            id="circular path item",
        ),
        pytest.param({"openapi": "[1]"}, "not a mapping", ["openapi.yaml", "found a list"], id="root"),
        pytest.param({"openapi": ""}, "not a mapping", ["openapi.yaml", "found nothing"], id="empty root"),
        pytest.param({"openapi": "paths: 1"}, "not a mapping", ["openapi.yaml#/paths", "found a number"], id="paths"),
        pytest.param({"openapi": "components: a"}, "not a mapping", ["openapi.yaml#/components", "found text"], id="components"),
        pytest.param({"openapi": "components: {schemas: []}"}, "not a mapping", ["openapi.yaml#/components/schemas"], id="root's section"),
        pytest.param({"openapi": ROOT, "deals": "text"}, "not a mapping", ["deals.yaml", "found text"], id="file"),
        pytest.param(
            {"openapi": ROOT, "deals": "paths: {/deals: true}"}, "not a mapping", ["deals.yaml#/paths/~1deals", "a boolean"], id="path item"
        ),
        pytest.param({"openapi": ROOT, "deals": DEALS + "parameters: []"}, "not a mapping", ["deals.yaml#/parameters"], id="members"),
    ],
)
def test_a_broken_document_is_refused_with_its_place(files: dict[str, str], what: str, mentioned: list[str]) -> None:
    with pytest.raises(DocumentError) as caught:
        bundled(**files)
    assert caught.value.what == what
    assert [part for part in mentioned if part not in str(caught.value)] == []


NAMES = st.sampled_from([f"Name{number}" for number in range(8)])
SPLIT = st.dictionaries(NAMES, st.tuples(st.integers(0, 3), st.lists(NAMES, max_size=3)), min_size=1)


@settings(deadline=None)
@given(SPLIT)
def test_a_document_means_the_same_however_its_schemas_are_spread_over_files(spread: dict[str, tuple[int, list[str]]]) -> None:
    folder = {number: f"part{number}.yaml" if number % 2 else f"deep/part{number}.yaml" for number, _ in spread.values()}
    files: dict[str, dict[str, Any]] = {name: {"schemas": {}} for name in folder.values()}
    expected = {}
    for name, (number, targets) in spread.items():
        known = [target for target in targets if target in spread]
        up = "" if number % 2 else "../"
        references = [{"$ref": f"{up}{folder[spread[target][0]]}#/schemas/{target}"} for target in known]
        files[folder[number]]["schemas"][name] = {"title": name, "anyOf": references}
        expected[name] = {"title": name, "anyOf": [{"$ref": f"#/components/schemas/{target}"} for target in known]}
    root = {"paths": {f"/{name}": {"x": {"$ref": f"{folder[number]}#/schemas/{name}"}} for name, (number, _) in spread.items()}}
    texts = {name: json.dumps(value).encode() for name, value in {**files, "openapi.yaml": root}.items()}
    made = build_bundle(texts, "openapi.yaml")
    assert made["components"]["schemas"] == expected
    assert list(made["components"]["schemas"]) == sorted(expected)


# --- loading and keeping


def test_a_json_document_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text('{"openapi": "3.0.3", "x": {"$ref": "#/openapi"}}')
    assert load_bundle(tmp_path / "bundle.json", None) == {"openapi": "3.0.3", "x": {"$ref": "#/openapi"}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", None, "cannot read the document: {}: expected a readable file"),
        ("a.yaml", None, "cannot read the document: {}: expected a readable file"),
        ("a.json", '{"a":\n 1,}', "JSON syntax error: {}:2:"),
        ("a.json", "[]", "not a mapping: {}: expected a mapping, found a list"),
        ("a.txt", "a: 1", "cannot load the document: {}: expected a .yaml or .json file, found .txt"),
        ("a.yaml", "a: 123456789012345678901234567890", "cannot write the bundle: {}: expected text and numbers that JSON can hold"),
    ],
)
def test_an_unusable_root_is_refused(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(DocumentError) as caught:
        load_bundle(tmp_path / name, tmp_path / "cache")
    assert str(caught.value).startswith(message.format(tmp_path / name))


def test_a_kept_bundle_is_the_bundle_that_was_built(tmp_path: Path) -> None:
    root = written(tmp_path / "api", openapi=ROOT, deals=DEALS)
    built = load_bundle(root, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    assert len(kept.stem) == 64
    assert orjson.loads(kept.read_bytes()) == built == load_bundle(root, tmp_path / "cache") == load_bundle(root, None)


def test_a_kept_bundle_saves_the_building(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = written(tmp_path / "api", openapi=ROOT, deals=DEALS)
    built = load_bundle(root, tmp_path)
    monkeypatch.setattr(bundle, "build_bundle", None)
    assert load_bundle(root, tmp_path) == built


def test_a_changed_added_or_renamed_file_is_another_bundle(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    root = written(tmp_path / "api", openapi=ROOT, deals=DEALS)
    load_bundle(root, cache)
    for number, files in enumerate([{"deals": DEALS + " "}, {"more": "a: 1"}, {"deep__more": "a: 1"}, {"openapi": ROOT + "info: {}"}], 2):
        written(root.parent, **files)
        load_bundle(root, cache)
        assert len(list(cache.iterdir())) == number
    root.rename(root.with_name("other.yaml"))
    load_bundle(root.with_name("other.yaml"), cache)
    assert len(list(cache.iterdir())) == 6


def test_two_roots_of_one_folder_are_two_bundles(tmp_path: Path) -> None:
    root = written(tmp_path, openapi="a: 1", admin="a: 2")
    assert load_bundle(root, tmp_path / "cache") == {"a": 1}
    assert load_bundle(tmp_path / "admin.yaml", tmp_path / "cache") == {"a": 2}


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"\xff"])
def test_a_broken_kept_bundle_is_built_again(tmp_path: Path, rubbish: bytes) -> None:
    root = written(tmp_path / "api", openapi=ROOT, deals=DEALS)
    built = load_bundle(root, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(rubbish)
    assert load_bundle(root, tmp_path / "cache") == built
    assert orjson.loads(kept.read_bytes()) == built


def test_a_cache_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    root = written(tmp_path / "api", openapi=ROOT, deals=DEALS)
    (tmp_path / "file").write_text("no folder")
    assert load_bundle(root, tmp_path / "file" / "cache") == load_bundle(root, None)


def test_a_cache_forgets_its_oldest_bundles_and_nothing_else(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for number in range(40):
        old = cache / f"{number:064x}.json"
        old.write_bytes(b"{}")
        os.utime(old, (number, number))
    (cache / "mine.json").write_bytes(b"{}")
    load_bundle(written(tmp_path / "api", openapi=ROOT, deals=DEALS), cache)
    assert len(list(cache.iterdir())) == 33
    assert (cache / "mine.json").exists()
    assert not (cache / f"{8:064x}.json").exists()


def test_a_file_that_is_not_part_of_the_document_does_not_hurt(tmp_path: Path) -> None:
    root = written(tmp_path, openapi=ROOT, deals=DEALS, broken="a: [")
    (tmp_path / ".#deals.yaml").symlink_to("nobody@nowhere")
    (tmp_path / "folder.yaml").mkdir()
    assert load_bundle(root, None)["paths"]


def test_the_cache_of_the_user_is_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = default_cache()
    assert found is not None
    assert found.is_absolute()
    assert "crm-mockserver" in found.parts
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: Path("~/.cache"))
    assert default_cache() is None
