"""From where records are looked at: session, base URL, what was sent and asked for, and how much the caller may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from mockserver.exchange import Answer, Record
from mockserver.kept import KeptRecords
from mockserver.worlds import Session

ABSENT: Final = object()
"""What a function of VALUES returns to leave its key out."""


class Visibility(StrEnum):
    """How much of a record a caller may see."""

    WHOLE = "whole"
    STUB = "stub"
    HIDDEN = "hidden"


class View:
    """From where a record is looked at: the session, the base URL of links, and what the request sent and asked for.

    Attributes:
        kept: by number of the schema, what is kept encoded for those who look from the same place.
        asked_who: whether the caller or the world was looked at; what is shown then is for this caller in this world.
        read: the collections that were read to know what is visible.
        answers_sent: whether what the request sent was looked at; what is shown then is for this request alone.
    """

    __slots__ = (
        "_place",
        "_sent",
        "answer",
        "answers_sent",
        "asked_who",
        "base",
        "kept",
        "only",
        "read",
        "selected",
        "session",
        "store",
        "visible",
        "zone",
    )

    def __init__(
        self,
        session: Session,
        base: str,
        answer: Answer,
        visible: Callable[[str, Record], Visibility],
        read: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.session = session
        self.store = session.store
        self.zone = session.zone
        self.base = base
        self.answer = answer
        self._sent = answer.sent
        self.selected = answer.selected
        self.only = answer.only
        self.visible = visible
        self.read = read
        self.answers_sent = False
        self.asked_who = False
        self._place = (base, session.zone, answer.selected, answer.only)
        self.kept = session.store.kept((*self._place, None if visible is always_whole else session.caller))

    @property
    def sent(self) -> Mapping[str, Any]:
        """The attributes that the request sent."""
        self.answers_sent = True
        return self._sent

    @property
    def caller(self) -> int:
        """Key of the user who looks."""
        self.asked_who = True
        return self.session.caller

    @property
    def world(self) -> str:
        """The world's name."""
        self.asked_who = True
        return self.session.world.name

    def form_id(self, user: Record) -> str | None:
        """Return what names the user to forms that carry no credential, in this world alone."""
        self.asked_who = True
        return self.session.form_id(user)

    def kept_for_caller(self) -> dict[int, KeptRecords]:
        """Return what is kept for this caller in this world alone, by number of the schema."""
        return self.store.kept((*self._place, self.session.caller, self.session.world.name))


def always_whole(collection: str, record: Record) -> Visibility:
    """Return WHOLE: the visibility of an API that hides nothing."""
    return Visibility.WHOLE
