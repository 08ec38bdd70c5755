"""YAML files -> one JSON document, kept by the hash of its sources. Moves and joins; what the document says is judged elsewhere."""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
import platformdirs
import yaml

from mockserver.errors import DocumentError

try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]

Json = dict[str, Any]

FORMAT = 1
"""Raised whenever the same sources give another bundle."""

_KEPT_BUNDLES = 32
_SECTIONS = ("schemas", "parameters", "responses")
_LITERALS = frozenset({"default", "enum", "example", "value"})
_MAPS_OF_NAMES = frozenset(
    "callbacks content encoding examples headers links mapping parameters paths properties requestBodies responses schemas securitySchemes "
    "variables".split()
)
_TAG = "tag:yaml.org,2002:"


def load_bundle(root: Path, cache: Path | None) -> Json:
    """Return the document at `root` as one JSON document whose references all lead into itself.

    Args:
        root: a `.json` file, which is taken as it is, or a `.yaml` file, which is joined with the files of its folder that it refers to.
        cache: folder where bundles are kept, by the hash of all YAML files in the root's folder; one that cannot be used is ignored.

    Raises:
        DocumentError: a file is missing or broken, a reference leads nowhere, or a name stands for two things.
    """
    if root.suffix == ".json":
        return _load_json(root)
    if root.suffix != ".yaml":
        raise DocumentError("cannot load the document", where=str(root), expected="a .yaml or .json file", found=root.suffix or "no suffix")
    sources = _load_sources(root)
    kept = cache / f"{_hash_sources(sources, root.name)}.json" if cache else None
    if kept and (bundle := _load_kept(kept)) is not None:
        return bundle
    text = _dump(build_bundle(sources, root.name), root)
    if kept:
        _keep(kept, text)
    made: Json = orjson.loads(text)
    return made


def default_cache() -> Path | None:
    """Return the folder of the user's cache where bundles are kept, None for a user without a home."""
    path = platformdirs.user_cache_path("crm-mockserver")
    return path if path.is_absolute() else None


def build_bundle(sources: Mapping[str, bytes], root: str) -> Json:
    """Return the document `root` of `sources` with every file that it reaches merged in.

    Path items are inlined. Sections `schemas`, `parameters` and `responses` of each file reached move to `components`, sorted by name;
    references follow them.

    Args:
        sources: text of the YAML files by their path relative to the root's folder, with `/`.

    Raises:
        DocumentError: as `load_bundle`.
    """
    return _Bundler(sources, root).build()


def parse_yaml(text: bytes, name: str) -> Any:
    """Return what a YAML document says, as JSON knows it.

    Only plain `true`, `false`, `null`, `~`, nothing, and numbers as JSON writes them are more than text: `on`, `no`, `2026-01-01`, `12:30`
    and `012` are text. Keys are text: `200:` is `"200"`. Anchors and `<<` work.

    Raises:
        DocumentError: with the line and column: a syntax error, a key twice in one mapping, a tag, an alias of itself, or what no JSON value is.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        where = _at(name, error.problem_mark) if error.problem_mark else name
        raise DocumentError("YAML syntax error", where=where, expected="valid YAML", found=error.problem) from error
    except yaml.YAMLError as error:
        raise DocumentError("YAML syntax error", where=name, expected="valid YAML in UTF-8", found=str(error)) from error
    return None if node is None else _Reader(name).read(node)


class _Loader(_YamlLoader):
    """PyYAML's parser, knowing fewer kinds of plain scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 -- PyYAML's own attribute, filled below


_Loader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(f"{_TAG}null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(f"{_TAG}int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(f"{_TAG}float", re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"), list("-0123456789"))
_Loader.add_implicit_resolver(f"{_TAG}merge", re.compile(r"^<<$"), ["<"])

_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}str": str,
    f"{_TAG}bool": lambda text: text.lower() == "true",
    f"{_TAG}null": lambda _: None,
    f"{_TAG}int": int,
    f"{_TAG}float": float,
}


class _Reader:
    """Turns YAML nodes into JSON values; knows the file's name for its errors."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: set[int] = set()

    def read(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._read_scalar(node)
        if id(node) in self._open:
            raise self._error("an alias contains itself", node, "an alias of something complete")
        if node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            raise self._error("a YAML tag", node, "plain YAML", node.tag)
        self._open.add(id(node))
        value = self._read_mapping(node) if isinstance(node, yaml.MappingNode) else [self.read(item) for item in node.value]
        self._open.remove(id(node))
        return value

    def _read_scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag not in _SCALARS:
            raise self._error("a YAML tag", node, "plain YAML", node.tag)
        try:
            value = _SCALARS[node.tag](node.value)
        except ValueError:
            raise self._error("a YAML tag does not fit", node, node.tag.removeprefix(_TAG), node.value) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error("a number is too large", node, "a number that JSON can hold", node.value)
        return value

    def _read_mapping(self, node: yaml.MappingNode) -> Json:
        own: Json = {}
        merged: Json = {}
        for key, value in node.value:
            if key.tag == f"{_TAG}merge":
                merged = {**self._read_merged(value), **merged}
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise self._error("a key is not text", key, "text")
            if key.value in own:
                raise self._error("a key stands twice in one mapping", key, "each key once", key.value)
            own[key.value] = self.read(value)
        return {**merged, **own} if merged else own

    def _read_merged(self, node: yaml.Node) -> Json:
        value = self.read(node)
        mappings = value if isinstance(value, list) else [value]
        made: Json = {}
        for mapping in mappings:
            if not isinstance(mapping, dict):
                raise self._error("<< merges what is no mapping", node, "a mapping or a list of mappings")
            made = {**mapping, **made}
        return made

    def _error(self, what: str, node: yaml.Node, expected: str, found: str | None = None) -> DocumentError:
        return DocumentError(what, where=_at(self._name, node.start_mark), expected=expected, found=found)


class _Bundler:
    """One bundle in the making: files are parsed when first reached, and their sections moved once."""

    def __init__(self, sources: Mapping[str, bytes], root: str) -> None:
        self._sources = sources
        self._root = root
        self._files: dict[str, Json] = {}
        self._unmoved: list[str] = []
        self._inlined: set[tuple[str, str]] = set()

    def build(self) -> Json:
        document = self._file(self._root)
        made: Json = self._place({key: value for key, value in document.items() if key != "paths"}, self._root, "")
        if "paths" in document:
            paths = _mapping(document["paths"], f"{self._root}#/paths")
            made["paths"] = {path: self._path_item(item, self._root, f"/paths/{_escape(path)}", ()) for path, item in paths.items()}
        components = self._components(_mapping(made.get("components", {}), f"{self._root}#/components"))
        if components:
            made["components"] = components
        self._refuse_forgotten_paths()
        return {key: made[key] for key in dict.fromkeys((*document, *made))}

    def _components(self, own: Json) -> Json:
        """Return the root's components and the sections of every file reached, which grow while they are moved."""
        made: Json = {section: dict(_mapping(members, f"{self._root}#/components/{section}")) for section, members in own.items()}
        origin = {(section, name): self._root for section, members in made.items() for name in members}
        while self._unmoved:
            file = self._unmoved.pop(0)
            for section, name, member in self._iter_members(file):
                pointer = f"/{section}/{_escape(name)}"
                moved = self._place(member, file, pointer)
                first = origin.setdefault((section, name), file)
                if made.setdefault(section, {}).setdefault(name, moved) != moved:
                    expected = f"one meaning in the whole document, the same as in {first}"
                    raise DocumentError("a name is defined twice", where=f"{file}#{pointer}", expected=expected, found="another definition")
        return {section: dict(sorted(members.items())) for section, members in sorted(made.items())}

    def _iter_members(self, file: str) -> Iterator[tuple[str, str, Any]]:
        for section in _SECTIONS:
            for name, member in _mapping(self._file(file).get(section, {}), f"{file}#/{section}").items():
                yield section, name, member

    def _path_item(self, item: Any, file: str, pointer: str, trail: tuple[tuple[str, str], ...]) -> Any:
        """Return a path item without the reference that led to it."""
        if not isinstance(item, dict) or not isinstance(item.get("$ref"), str):
            return self._place(item, file, pointer)
        target, fragment = self._resolve(item["$ref"], file, pointer)
        if (target, fragment) in trail:
            raise DocumentError("a path item refers to itself", where=f"{file}#{pointer}", expected="a path item", found=item["$ref"])
        self._inlined.add((target, unquote(fragment)))
        item_there = _mapping(self._look_up(target, fragment, file, pointer), f"{target}#{fragment}")
        found = self._path_item(item_there, target, fragment, (*trail, (target, fragment)))
        beside = {key: value for key, value in item.items() if key != "$ref"}
        return {**found, **self._place(beside, file, pointer)}

    def _place(self, node: Any, file: str, pointer: str, *, names: bool = False) -> Any:
        """Return a copy of the node as it stands in the bundle: every reference follows what was moved.

        Args:
            names: the keys of the node are names that the document gives, not keywords.
        """
        if isinstance(node, list):
            return [self._place(item, file, f"{pointer}/{index}") for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        made: Json = {}
        for key, value in node.items():
            here = f"{pointer}/{_escape(key)}"
            if names:
                made[key] = self._place(value, file, here)
            elif key == "$ref" and isinstance(value, str):
                made[key] = self._moved(value, file, pointer)
            elif key in _LITERALS or key.startswith("x-"):
                made[key] = value
            else:
                made[key] = self._place(value, file, here, names=key in _MAPS_OF_NAMES)
        return made

    def _moved(self, reference: str, file: str, pointer: str) -> str:
        """Return the reference as it reads in the bundle."""
        target, fragment = self._resolve(reference, file, pointer)
        self._look_up(target, fragment, file, pointer)
        section = fragment.split("/")[1] if "/" in fragment else ""
        if target == self._root and section == "components":
            return f"#{fragment}"
        if target != self._root and section in _SECTIONS and fragment.count("/") > 1:
            return f"#/components{fragment}"
        expected = "a member of components" if target == self._root else f"a member of {', '.join(_SECTIONS)}"
        raise DocumentError("a reference to what is not moved", where=f"{file}#{pointer}", expected=expected, found=reference)

    def _resolve(self, reference: str, file: str, pointer: str) -> tuple[str, str]:
        """Return the file and the fragment (without `#`) that a reference names."""
        path, _, fragment = reference.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(path))) if path else file
        if target not in self._sources:
            expected = "a readable .yaml file in the root's folder"
            raise DocumentError("a reference to a missing file", where=f"{file}#{pointer}", expected=expected, found=reference)
        return target, fragment

    def _look_up(self, target: str, fragment: str, file: str, pointer: str) -> Any:
        node: Any = self._file(target)
        for token in unquote(fragment).split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and name in node:
                node = node[name]
            elif isinstance(node, list) and re.fullmatch("0|[1-9][0-9]*", name) and int(name) < len(node):
                node = node[int(name)]
            else:
                found = f"{target}#{fragment}"
                raise DocumentError("a reference leads nowhere", where=f"{file}#{pointer}", expected="something to stand there", found=found)
        return node

    def _file(self, name: str) -> Json:
        """Return a file's contents; one that is reached for the first time is noted to be moved."""
        if name not in self._files:
            value = _mapping(parse_yaml(self._sources[name], name), name)
            self._files[name] = value
            if name != self._root:
                self._refuse_unknown_sections(name, value)
                self._unmoved.append(name)
        return self._files[name]

    def _refuse_unknown_sections(self, name: str, value: Json) -> None:
        for section in value:
            if section not in ("paths", *_SECTIONS):
                expected = f"one of paths, {', '.join(_SECTIONS)}"
                raise DocumentError("an unknown section", where=f"{name}#/{_escape(section)}", expected=expected, found=section)

    def _refuse_forgotten_paths(self) -> None:
        for name, value in self._files.items():
            for path in _mapping(value.get("paths", {}), f"{name}#/paths") if name != self._root else ():
                fragment = f"/paths/{_escape(path)}"
                if (name, fragment) not in self._inlined:
                    raise DocumentError(
                        "a path item without effect", where=f"{name}#{fragment}", expected=f"a reference in {self._root}", found="none"
                    )


def _load_json(root: Path) -> Json:
    try:
        value = orjson.loads(root.read_bytes())
    except OSError as error:
        raise DocumentError("cannot read the document", where=str(root), expected="a readable file", found=error.strerror) from error
    except orjson.JSONDecodeError as error:
        raise DocumentError("JSON syntax error", where=f"{root}:{error.lineno}:{error.colno}", expected="valid JSON", found=error.msg) from error
    return _mapping(value, str(root))


def _load_sources(root: Path) -> dict[str, bytes]:
    """Return the bytes of every YAML file in the root's folder by relative path; those that cannot be read are left out, but for the root."""
    try:
        sources = {root.name: root.read_bytes()}
    except OSError as error:
        raise DocumentError("cannot read the document", where=str(root), expected="a readable file", found=error.strerror) from error
    for path in sorted(root.parent.rglob("*.yaml")):
        with suppress(OSError):
            sources.setdefault(path.relative_to(root.parent).as_posix(), path.read_bytes())
    return sources


def _hash_sources(sources: Mapping[str, bytes], root: str) -> str:
    digest = hashlib.sha256(f"{FORMAT} {root}".encode())
    for name, text in sources.items():
        digest.update(f"\n{name}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()


def _load_kept(path: Path) -> Json | None:
    with suppress(OSError, orjson.JSONDecodeError):
        value = orjson.loads(path.read_bytes())
        return value if isinstance(value, dict) else None
    return None


def _keep(path: Path, text: bytes) -> None:
    """Write a bundle so that nobody ever reads half of one, and forget the oldest beyond a few dozen."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".part-") as folder:
            part = Path(folder) / path.name
            part.write_bytes(text)
            part.replace(path)
        bundles = sorted((one for one in path.parent.glob("*.json") if len(one.stem) == 64), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in bundles[_KEPT_BUNDLES:]:
            one.unlink(missing_ok=True)


def _dump(bundle: Json, root: Path) -> bytes:
    try:
        return orjson.dumps(bundle)
    except orjson.JSONEncodeError as error:
        raise DocumentError("cannot write the bundle", where=str(root), expected="text and numbers that JSON can hold", found=str(error)) from error


def _at(name: str, mark: yaml.Mark) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}"


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _mapping(value: Any, where: str) -> Json:
    if isinstance(value, dict):
        return value
    kinds = {list: "a list", str: "text", bool: "a boolean", type(None): "nothing"}
    raise DocumentError("not a mapping", where=where, expected="a mapping", found=kinds.get(type(value), "a number"))
