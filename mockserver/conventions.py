"""The dialect of an API as one value, put together from the styles that each stage defines. Holds no API's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.automations import Calls
from mockserver.operations import Profile
from mockserver.ratelimit import Limit
from mockserver.refusals import Category
from mockserver.rendering import Formats
from mockserver.responses import ErrorShapes, Headers
from mockserver.worlds import Callers


@dataclass(frozen=True, slots=True)
class Zones:
    """In which zone an API shows and reads dates: a fixed one, or that of a stored field of the calling user."""

    default: str = "UTC"
    caller_field: str | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """How bodies are read: at most so many bytes, nested at most so deep.

    Attributes:
        in_query: the query may say, in a form's bracketed names, what the body could say.
    """

    max_bytes: int = 1 << 20
    max_depth: int = 64
    in_query: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """How paths may be written besides as they are declared.

    Attributes:
        suffix: a suffix of declared paths that may be left out, such as `.json`.
        slashes: a slash may be doubled, and may stand at the end.
    """

    suffix: str = ""
    slashes: bool = False


@dataclass(frozen=True, slots=True)
class Conventions:
    """What is true of a whole API, and what its document therefore does not repeat.

    Attributes:
        malformed_ids: by profile the category that refuses a malformed id in the path.
        media_type: of answers.
        limit: the rate limit that `--rate-limits` enforces, None without one.
        calls: how it calls out when records change, None for an API that does not.
    """

    errors: ErrorShapes
    callers: Callers
    formats: Formats = field(default_factory=Formats)
    zones: Zones = field(default_factory=Zones)
    headers: Headers = field(default_factory=Headers)
    bodies: Bodies = field(default_factory=Bodies)
    limit: Limit | None = None
    calls: Calls | None = None
    spelling: Spelling = field(default_factory=Spelling)
    media_type: str = "application/json"
    malformed_ids: Mapping[Profile, Category] = field(
        default_factory=lambda: {Profile.DOCUMENTED: Category.MALFORMED_ID, Profile.OBSERVED: Category.MISSING_RECORD}
    )
