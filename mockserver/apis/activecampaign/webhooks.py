"""Webhooks: what they can be for."""

from __future__ import annotations

from mockserver.exchange import Answer, Request
from mockserver.worlds import Session

EVENTS = (
    "account_add",
    "account_contact_add",
    "account_contact_update",
    "account_update",
    "bounce",
    "click",
    "contact_tag_added",
    "contact_tag_removed",
    "contact_task_add",
    "deal_add",
    "deal_note_add",
    "deal_pipeline_add",
    "deal_stage_add",
    "deal_task_add",
    "deal_task_complete",
    "deal_tasktype_add",
    "deal_update",
    "forward",
    "list_add",
    "open",
    "reply",
    "sent",
    "share",
    "sms_reply",
    "sms_sent",
    "sms_unsub",
    "subscribe",
    "subscriber_note",
    "unsubscribe",
    "update",
)
"""Source: "List all webhook events"; those of accounts and `contact_task_add` stand with "Create a webhook" only."""


def list_webhook_events(session: Session, request: Request) -> Answer:
    """Return the names of all events, in the order of the alphabet.

    Source: "List all webhook events".
    """
    return Answer(values={"webhookEvents": [*EVENTS], "total": len(EVENTS)})
