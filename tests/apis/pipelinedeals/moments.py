"""The moment at which the served mock stands still."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2018, 6, 15, 15, tzinfo=UTC)
"""Later than every moment of the fixtures that has passed; a Friday, 10:00 in Chicago, 16:00 in Lisbon."""
TODAY = "2018/06/15"
SHOWN = "2018/06/15 10:00:00 -0500"
"""NOW as Mira and Tomas, in Chicago, read it."""
