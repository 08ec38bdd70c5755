"""What we raise when we cannot work, with its details as attributes. Refused requests are in `refusals`; exit codes are the command line's."""

from __future__ import annotations


class MockserverError(Exception):
    """Something that we were given is not usable; as text, one line `what: where: expected ..., found ...`.

    Attributes:
        what: what failed.
        where: the place: a file with line and column or JSON pointer, an operation's label, a setting; None where there is none.
        expected: what would have been right; None where `what` says it.
        found: what came instead; None where it does not matter.
    """

    def __init__(self, what: str, *, where: str | None = None, expected: str | None = None, found: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        comparison = [f"{word} {value}" for word, value in (("expected", self.expected), ("found", self.found)) if value is not None]
        parts = [self.what, self.where, ", ".join(comparison)]
        return " ".join(": ".join(part for part in parts if part).split())


class DocumentError(MockserverError):
    """An OpenAPI document, or one of its extensions, is broken."""


class FixtureError(MockserverError):
    """A fixture file or one of its records is broken."""


class SettingsError(MockserverError):
    """An option or setting has a value that cannot be used."""
