"""The account as a whole: the check of a credential, and what no account of the mock has."""

from __future__ import annotations

from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.view import View
from mockserver.worlds import Session


def get_root(session: Session, request: Request) -> Answer:
    """Return an empty answer: the credential was good, or the request would not have come here.

    Observed: the documentation's curl example and the Singer tap ask for the base path to check a token. Assumed: the empty body.
    """
    return Answer()


def nothing(view: View, record: Record) -> list[Any]:
    """Return an empty array: for links that lead nowhere, and for kinds of records that the mock does not have.

    Source: the answers of webhooks and scores.
    """
    return []
