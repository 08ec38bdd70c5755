"""Teams: the tree they form, and what their members may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Store
from mockserver.view import View
from mockserver.worlds import Session

_FIRST_PERMISSIONS: dict[str, dict[str, dict[str, Any]]] = {
    "member": {"company": {"visibility_level": "owner"}, "deal": {"visibility_level": "owner"}, "person": {"visibility_level": "owner"}},
    "*": {"person": {"use_deal_association": False}},
}


def complete_team(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Permissions that are not sent stay; of a new team they are those of the recordings.

    Observed: the permissions of teams, recordings of 2026. Assumed: that they can be written, one by one.
    """
    former = _FIRST_PERMISSIONS if before is None or before["permissions"] is None else before["permissions"]
    return {"permissions": _merged(former, record["permissions"] or {})}


def _merged(former: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the permissions with those that change; roles, kinds and settings that are unknown are left out."""
    made = {}
    for name, value in former.items():
        change = changes.get(name, value)
        made[name] = _merged(value, change) if isinstance(value, dict) else _setting(change)
    return made


def _setting(value: Any) -> Any:
    """Return a setting as it is kept: yes and no as booleans, levels as they are."""
    if isinstance(value, bool):
        return value
    return {"0": False, "false": False, "1": True, "true": True}.get(str(value), value)


def team_tree_has_no_cycle(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a parent that is the team itself or stands below it.

    Assumed: not recorded.
    """
    if before is None or record["parent_id"] == before["parent_id"]:
        return
    if before["id"] in _ancestors(session.store, record["parent_id"]):
        yield Violation("body", "/team/parent_id", "cycle", "is the team itself or below it", "team", "parent_id")


def team_depth(view: View, record: Record) -> int:
    """Return how many teams stand above this one, 0 for one without a parent.

    Observed: 0 in recordings of 2026. Assumed: how it is counted.
    """
    return len(_ancestors(view.store, record["parent_id"]))


def team_height(view: View, record: Record) -> int:
    """Return how many levels of teams stand below this one, 0 for one without children.

    Observed: 0 in recordings of 2026. Assumed: how it is counted.
    """
    height, seen = 0, {record["id"]}
    level = _children(view.store, seen) - seen
    while level:
        height, seen = height + 1, seen | level
        level = _children(view.store, level) - seen
    return height


def unknown_team_height(view: View, record: Record) -> None:
    """Return no height: that of a team is not known when it is created.

    Observed: recordings of 2026.
    """


def _ancestors(store: Store, key: int | None) -> list[int]:
    """Return the keys of a team and of all above it, the nearest first."""
    found: list[int] = []
    while key is not None and key not in found:
        found.append(key)
        team = store["teams"].get(key)
        key = None if team is None else team["parent_id"]
    return found


def _children(store: Store, keys: set[int]) -> set[int]:
    return {child["id"] for key in keys for child in store["teams"].where("parent_id", key)}
