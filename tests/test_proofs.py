from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver import proofs
from mockserver.app import create_app
from mockserver.errors import DocumentError
from mockserver.proofs import Proofs
from mockserver.settings import Settings
from tests.models import write_library

DOCUMENT: dict[str, Any] = {"openapi": "3.0.3", "paths": {}}


def test_a_document_is_proven_once(tmp_path: Path) -> None:
    kept = Proofs(tmp_path / "cache")
    assert not kept.holds(DOCUMENT)
    kept.keep(DOCUMENT)
    assert kept.holds(DOCUMENT)
    assert Proofs(tmp_path / "cache").holds(dict(DOCUMENT))


def test_a_document_that_differs_is_not_proven(tmp_path: Path) -> None:
    kept = Proofs(tmp_path)
    kept.keep(DOCUMENT)
    assert not kept.holds({**DOCUMENT, "paths": {"/boats": {}}})


def test_other_code_proves_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Proofs(tmp_path)
    kept.keep(DOCUMENT)
    monkeypatch.setattr(proofs, "_provers", lambda: b"other")
    assert not kept.holds(DOCUMENT)


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    for folder in (None, in_the_way / "below"):
        kept = Proofs(folder)
        kept.keep(DOCUMENT)
        assert not kept.holds(DOCUMENT)


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    kept = Proofs(tmp_path)
    for number in range(300):
        kept.keep({"openapi": str(number)})
    assert len(list(tmp_path.iterdir())) <= 256
    assert kept.holds({"openapi": "299"})


def test_a_document_with_a_fault_is_refused_at_every_start(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    api = write_library(folder)
    api.document.write_text(api.document.read_text().replace('"x-mock-action"', '"x-mock-acton"', 1), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DocumentError, match="unknown extension keyword"):
            create_app(Settings(cache=tmp_path / "cache"), [api])


def test_a_proven_document_starts_again(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    api = write_library(folder)
    for _ in range(2):
        assert create_app(Settings(cache=tmp_path / "cache"), [api]).mounted
    assert len(list((tmp_path / "cache").glob("*.proven"))) == 1
