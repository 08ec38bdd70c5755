"""The account as a whole: the check of a credential."""

from __future__ import annotations

from mockserver.exchange import Answer, Request
from mockserver.worlds import Session


def get_root(session: Session, request: Request) -> Answer:
    """Return an empty answer: the credential was good, or the request would not have come here.

    Observed: the documentation's curl example and the Singer tap ask for the base path to check a token. Assumed: the empty body.
    """
    return Answer()
