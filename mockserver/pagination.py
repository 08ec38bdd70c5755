"""Which page a request asks for, and the values that an envelope says about it. Neither filters nor orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PageRole:
    """What one parameter says about the page: `limit`, `offset`, `page` or `per_page`, with its default and the value above which it is clamped."""

    parameter: str
    role: str
    default: int
    maximum: int | None = None

    def value(self, query: Mapping[str, Any]) -> int:
        """Return what the query says, clamped, or the default."""
        sent = query.get(self.parameter)
        if sent is None:
            return self.default
        return int(sent) if self.maximum is None else min(int(sent), self.maximum)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: `offset` records are skipped, at most `limit` follow (None: all)."""

    offset: int = 0
    limit: int | None = None

    def values(self, total: int) -> dict[str, int]:
        """Return the page values of an envelope over a list of `total` records; `page` counts from 1 and `pages` is at least 1."""
        limit = total if self.limit is None else self.limit
        size = max(limit, 1)
        return {
            "total": total,
            "limit": limit,
            "offset": self.offset,
            "per_page": limit,
            "page": self.offset // size + 1,
            "pages": max(-(-total // size), 1),
        }


WHOLE = Page()


def parse_page(roles: Mapping[str, PageRole], query: Mapping[str, Any]) -> Page:
    """Return the page that the query asks for; the whole list where an operation declares no page parameters.

    `page` counts from 1 in pages of `per_page` (or `limit`) records; a page below 1 is the first.
    """
    if not roles:
        return WHOLE
    size_role = roles.get("per_page") or roles.get("limit")
    limit = max(size_role.value(query), 0) if size_role else None
    offset = max(roles["offset"].value(query), 0) if "offset" in roles else 0
    if "page" in roles:
        offset += (max(roles["page"].value(query), 1) - 1) * (limit or 0)
    return Page(offset, limit)
