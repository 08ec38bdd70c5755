"""Which documents this very code has found sound, by their hash, so that an unchanged one is not proven anew at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).resolve().parent
_PROVERS = ("extensions.py", "validation.py")
"""The modules that prove: with others a document has to be proven again."""
_MOST = 256


class Proofs:
    """The proofs that are kept in a folder; without one, or with one that cannot be used, every document is new."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def holds(self, raw: Mapping[str, Any]) -> bool:
        """Return whether the document has been proven."""
        if self._folder is None:
            return False
        with suppress(OSError):
            return self._place(raw, self._folder).exists()
        return False

    def keep(self, raw: Mapping[str, Any]) -> None:
        """Note that the document has been proven."""
        if self._folder is None:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            kept = list(self._folder.glob("*.proven"))
            for old in kept if len(kept) >= _MOST else ():
                old.unlink(missing_ok=True)
            self._place(raw, self._folder).touch()

    def _place(self, raw: Mapping[str, Any], folder: Path) -> Path:
        return folder / f"{hashlib.sha256(_provers() + orjson.dumps(raw)).hexdigest()}.proven"


@lru_cache(maxsize=1)
def _provers() -> bytes:
    return b"".join(hashlib.sha256((_HERE / name).read_bytes()).digest() for name in _PROVERS if (_HERE / name).is_file())
