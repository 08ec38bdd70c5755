"""Stages of a pipeline: their order, and what their deals follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session


def first_stage(session: Session, pipeline: int | None) -> int | None:
    """Return the key of the pipeline's stage with the lowest order, of equal orders the oldest; None for a pipeline without stages.

    Source: "Create a deal". Assumed: ties by id.
    """
    stages = session.store["dealStages"].where("group", pipeline)
    return min(((stage["order"], stage["id"]) for stage in stages), default=(0, None))[1]


def complete_deal_stage(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A stage without an order comes last in its pipeline.

    Source: "Stages".
    """
    if record["order"] is not None:
        return {}
    stages = session.store["dealStages"].where("group", record["group"])
    return {"order": max((stage["order"] for stage in stages), default=0) + 1}


def number_stages(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """If the request that wrote a stage asks to reorder, number all stages of its pipeline from 1; of equal orders the newest stage comes first.

    Source: "Stages". Assumed: the stages beside it keep their udate.
    """
    if change.after is None or not sent or session.input("reorder") != 1:
        return
    stages = session.store["dealStages"].where("group", change.after["group"])
    for order, stage in enumerate(sorted(stages, key=lambda stage: (stage["order"], -stage["id"])), 1):
        if stage["order"] != order:
            session.amend("dealStages", stage["id"], {"order": order})


def move_deals_with_stage(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A stage that moves to another pipeline takes its deals along; each leaves an activity.

    Assumed: not documented.
    """
    before, stage = change.before, change.after
    if before is None or stage is None or before["group"] == stage["group"]:
        return
    for deal in session.store["deals"].where("stage", stage["id"]):
        session.update("deals", deal["id"], {"group": stage["group"]})


def touch_pipeline(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Writing a stage moves the udate of its pipeline, and of the one it leaves; deleting it does not.

    Observed: equal udates in recordings of 2026. Assumed: the pipeline that it leaves.
    """
    if change.after is None:
        return
    for stage in filter(None, (change.before, change.after)):
        if session.get("dealGroups", stage["group"]) is not None:
            session.amend("dealGroups", stage["group"], {"udate": session.now})


def target_stage_in_pipeline(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a target stage that does not exist or belongs to another pipeline than the stage of the path.

    Source: "Move deals to another deal stage". Assumed: the words for a stage that does not exist.
    """
    target = session.get("dealStages", int(sent["stage"]))
    source = session.request.parents["id"] if session.request is not None else None
    if target is None:
        yield _stage_violation("related", "Target stage does not exist")
    elif source is not None and target["group"] != source["group"]:
        yield _stage_violation("target-stage", "Target stage does not belong to same pipeline")


def _stage_violation(code: str, message: str) -> Violation:
    return Violation("body", "/deal/stage", code, message, "deal", "stage")


def move_deals_to_stage(session: Session, request: Request) -> Answer:
    """Move every deal of the stage to the one that the body names; answer those deals. To a stage's own place nothing moves.

    Source: "Move deals to another deal stage". Assumed: mdate moves and each deal leaves an activity.
    """
    stage, target = request.parents["id"]["id"], int(request.sent["stage"])
    deals = session.store["deals"].where("stage", stage)
    if target != stage:
        deals = [session.update("deals", deal["id"], {"stage": target}) for deal in deals]
    return Answer(records=deals)
