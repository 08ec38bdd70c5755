"""Account notifications: each user's own, read or not."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.exchange import Record
from mockserver.view import View, Visibility
from mockserver.worlds import Session


def own_account_notifications(session: Session) -> Callable[[Record], Visibility]:
    """Return how much a caller sees: the caller's own notifications.

    Observed: recordings of 2026. Assumed: that others are not found.
    """
    return lambda record: Visibility.WHOLE if record["user_id"] == session.caller else Visibility.HIDDEN


def notification_seen(view: View, record: Record) -> bool:
    """Return whether the notification was read.

    Observed: `seen` alone changes nothing, recordings of 2026. Assumed: that it follows read_at.
    """
    return record["read_at"] is not None
