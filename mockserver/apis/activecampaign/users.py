"""Users: who the credential belongs to, and users by the names that they are known by."""

from __future__ import annotations

from mockserver.exchange import Answer, Request
from mockserver.refusals import Category, Refusal, Violation
from mockserver.worlds import Session


def get_current_user(session: Session, request: Request) -> Answer:
    """Return the user that the credential acts as.

    Source: "Retrieve logged-in user".
    """
    return Answer(record=session.get("users", session.caller))


def get_user_by_email(session: Session, request: Request) -> Answer:
    """Return the user with this e-mail address.

    Raises:
        Refusal: there is none.

    Source: "Retrieve a user by email". Assumed: without regard to case.
    """
    return _user_by(session, request, "email")


def get_user_by_username(session: Session, request: Request) -> Answer:
    """Return the user with this username; otherwise as `get_user_by_email`."""
    return _user_by(session, request, "username")


def _user_by(session: Session, request: Request, name: str) -> Answer:
    asked = str(request.path[name])
    for user in session.store["users"]:
        if user[name].casefold() == asked.casefold():
            return Answer(record=user)
    reason = Violation("path", name, "missing", f"no user has this {name}", "User", name, (("id", asked),))
    raise Refusal(Category.MISSING_RECORD, [reason])
