"""Pipelines (`dealGroups`): their first stages, their users and groups, and whom new deals are assigned to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session

_FIRST_STAGES = (("To Contact", "19CCA3"), ("In Contact", "5487FF"), ("Follow Up", "FBD965"))
_IN_TURN = 1
_MEMBERS = (("users", "users", "user"), ("groups", "userGroups", "group"))
"""Attribute of a request, collection that it names, and the word for one of them."""


def complete_deal_group(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The currency is kept in lower case.

    Observed: recordings of 2020 and 2026.
    """
    return {"currency": record["currency"].lower()}


def open_first_stages(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new pipeline has three stages, without dates until they are edited.

    Source: "Create a pipeline". Observed: colours and null dates, recordings of 2026.
    """
    if change.before is not None or change.after is None:
        return
    for order, (title, color) in enumerate(_FIRST_STAGES, 1):
        session.create("dealStages", {"group": change.after["id"], "title": title, "color": color, "order": order}, stamped=False)


def group_members_exist(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse users and groups that do not exist.

    Assumed: not documented.
    """
    for attribute, collection, word in _MEMBERS:
        for at, key in enumerate(sent.get(attribute) or ()):
            if session.get(collection, int(key)) is None:
                pointer = f"/dealGroup/{attribute}/{at}"
                yield Violation("body", pointer, "related-kind", f"no {word} has this id", "dealGroup", attribute, (("kind", word),))


def replace_group_members(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Users and groups that are sent take the place of all former ones, in the order sent; a set that is not sent stays.

    Source: "Create a pipeline", "Update a pipeline". Assumed: they are replaced.
    """
    if change.after is None:
        return
    if "users" in sent:
        _replace(session, "dealGroupUsers", "user", change.after["id"], sent["users"])
    if "groups" in sent:
        _replace(session, "dealGroupGroups", "group", change.after["id"], sent["groups"])


def _replace(session: Session, collection: str, field: str, pipeline: int, keys: Iterable[Any]) -> None:
    for place in session.store[collection].where("dealGroup", pipeline):
        session.delete(collection, place["id"])
    for key in dict.fromkeys(map(int, keys)):
        session.create(collection, {"dealGroup": pipeline, field: key}, stamped=False)


def managed_pipelines(session: Session, groups: Iterable[int]) -> frozenset[int]:
    """Return the keys of the pipelines that one of these user groups may manage.

    Source: "Create a pipeline": allgroups and groups.
    """
    wanted = frozenset(groups)
    places = session.store["dealGroupGroups"]
    return frozenset(
        pipeline["id"]
        for pipeline in session.store["dealGroups"]
        if pipeline["allgroups"] or any(place["group"] in wanted for place in places.where("dealGroup", pipeline["id"]))
    )


def assigned_owner(session: Session, pipeline: int | None) -> int | None:
    """Return the user that a new deal of the pipeline goes to: in turn, or the one with the lowest sum of deal values; None where it assigns none.

    Source: "Create a pipeline". Assumed: the order of turns, which sums are compared, and that a pipeline with nobody to assign to assigns none.
    """
    record = session.get("dealGroups", pipeline)
    if record is None or not record["autoassign"]:
        return None
    users = _assignable_users(session, record)
    if not users:
        return None
    return _next_in_turn(session, record["id"], users) if record["autoassign"] == _IN_TURN else _least_laden(session, record["id"], users)


def _assignable_users(session: Session, pipeline: Record) -> list[int]:
    """Return all users by id if the pipeline says so, else its own in the order in which they came to it."""
    if pipeline["allusers"]:
        return sorted(user["id"] for user in session.store["users"])
    return [place["user"] for place in session.store["dealGroupUsers"].where("dealGroup", pipeline["id"])]


def _next_in_turn(session: Session, pipeline: int, users: Sequence[int]) -> int:
    """Return the user who follows the owner of the pipeline's newest deal; the first one if that owner is none of them."""
    deals = session.store["deals"].keys_where("group", pipeline) or ()
    newest = session.get("deals", next(reversed(deals), None))
    if newest is None or newest["owner"] not in users:
        return users[0]
    return users[(users.index(newest["owner"]) + 1) % len(users)]


def _least_laden(session: Session, pipeline: int, users: Sequence[int]) -> int:
    """Return the user whose deals of the pipeline are worth least together, won and lost ones included; of equal sums the first one."""
    sums = dict.fromkeys(users, 0)
    for deal in session.store["deals"].where("group", pipeline):
        if deal["owner"] in sums:
            sums[deal["owner"]] += deal["value"]
    return min(users, key=lambda user: sums[user])


def user_and_deals_are_named(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a request that names no user or no deals, or a user who does not exist; only the first of these is told.

    Source: the published specification of 2026, its sentences. Assumed: one at a time.
    """
    user = session.input("userId")
    if user is None:
        yield Violation("query", "userId", "invalid-input", "Parameter userId is required.", "", "userId")
    elif session.input("dealIds[]") is None:
        yield Violation("query", "dealIds[]", "invalid-input", "Parameter dealIds is required.", "", "dealIds[]")
    elif session.get("users", user) is None:
        yield Violation("query", "userId", "invalid-input", "User was not found.", "", "userId")


def get_inaccessible_deal_groups(session: Session, request: Request) -> Answer:
    """Return the pipelines of the deals that the user may not manage, by id; none for an administrator.

    Source: the published specification of 2026. Assumed: the order; deals that do not exist are ignored.
    """
    user = session.store["users"].records[request.query["userId"]]
    if user["admin"]:
        return Answer()
    managed = managed_pipelines(session, user["groups"] or ())
    deals = (session.get("deals", key) for key in request.query["dealIds[]"])
    pipelines = {deal["group"] for deal in deals if deal is not None} - managed
    return Answer(records=[session.store["dealGroups"].records[key] for key in sorted(pipelines)])
