"""Which documents this very code has found sound, by their hash, so that an unchanged one is not proven anew at every start.

Proven is a document whose extensions have their shapes, and whose operations and schemas all compile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).resolve().parent
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
    """Return what tells this code from other code: the names, sizes and dates of its modules."""
    found = ((str(path.relative_to(_HERE)), path.stat()) for path in sorted(_HERE.rglob("*.py")))
    return hashlib.sha256(repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]).encode()).digest()
