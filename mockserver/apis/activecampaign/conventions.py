"""What is true of the whole ActiveCampaign API, as data.

Sources: `Source` is developers.activecampaign.com, `Observed` are recordings of clients, `Assumed` is neither.
"""

from __future__ import annotations

from mockserver.conventions import Conventions, Zones
from mockserver.ratelimit import Limit
from mockserver.refusals import Category
from mockserver.rendering import Formats, InstantFormat
from mockserver.responses import ErrorShape, ErrorShapes, Headers, Sentence, Slot
from mockserver.worlds import Callers

MESSAGE = ErrorShape({"message": Slot.MESSAGE}, many=False)
"""Source: the documented 404 and 403 bodies. Assumed: for 413, 415, 429, unknown paths and methods, and the credential's 403."""

FIELD = ErrorShape({"title": Slot.TITLE, "detail": Slot.DETAIL, "code": Slot.CODE, "source": {"pointer": Slot.POINTER}}, wrap="errors")
"""Source: "Create a secondary contact"."""

STATUS = ErrorShape(
    {"status": Slot.STATUS, "title": Slot.TITLE, "detail": Slot.DETAIL, "source": {"pointer": Slot.POINTER}},
    wrap="errors",
    optional=frozenset({"detail", "source"}),
)
"""Source: "Move deals to another deal stage", "Bulk update deal owners", and the 404 of the custom-field stack."""

PARAMETER = ErrorShape({"title": Slot.TITLE, "detail": Slot.DETAIL, "source": {"parameter": Slot.PARAMETER}}, wrap="errors")
"""Observed: POST /contactTags."""

VALUE = ErrorShape({"detail": Slot.TITLE}, wrap="errors")
"""Source: "Create a custom field value"."""

DEFINITION = ErrorShape({"title": Slot.TITLE, "detail": Slot.DETAIL, "code": Slot.STATUS}, wrap="errors")
"""Source: "Create a custom field meta"; the code is an integer there."""

ATTRIBUTE_SHAPES = ("field", "definition", "value", "status", "parameter")

ERRORS = ErrorShapes(
    shapes={"message": MESSAGE, "field": FIELD, "status": STATUS, "parameter": PARAMETER, "value": VALUE, "definition": DEFINITION},
    statuses={
        Category.UNKNOWN_PATH: (404,),
        Category.METHOD: (405,),
        Category.CREDENTIAL: (403,),
        Category.PROGRAM: (403,),
        Category.RATE: (429,),
        Category.TOO_LARGE: (413,),
        Category.MEDIA_TYPE: (415,),
        Category.UNREADABLE: (400,),
        Category.MALFORMED_ID: (400,),
        Category.MISSING_RECORD: (404,),
        Category.PARAMETER: (400,),
        Category.STRUCTURE: (400,),
        Category.VALUE: (422, 400),
        Category.RULE: (422, 400),
        Category.FORBIDDEN: (403,),
        Category.BROKEN_CONTRACT: (500,),
    },
    preferences={
        Category.UNKNOWN_PATH: ("message",),
        Category.METHOD: ("message",),
        Category.CREDENTIAL: ("message",),
        Category.PROGRAM: ("message",),
        Category.RATE: ("message",),
        Category.TOO_LARGE: ("message",),
        Category.MEDIA_TYPE: ("message",),
        Category.UNREADABLE: ("parameter",),
        Category.MALFORMED_ID: ("parameter",),
        Category.MISSING_RECORD: ("message", "status"),
        Category.PARAMETER: ("parameter",),
        Category.STRUCTURE: ("parameter",),
        Category.VALUE: ATTRIBUTE_SHAPES,
        Category.RULE: ATTRIBUTE_SHAPES,
        Category.FORBIDDEN: ("message",),
        Category.BROKEN_CONTRACT: ("message",),
    },
    sentences={
        (None, Category.UNKNOWN_PATH): Sentence("No route found"),
        (None, Category.METHOD): Sentence("Method Not Allowed"),
        (None, Category.CREDENTIAL): Sentence("Forbidden"),
        (None, Category.PROGRAM): Sentence("Forbidden"),
        (None, Category.RATE): Sentence("Too Many Requests"),
        (None, Category.TOO_LARGE): Sentence("Payload Too Large"),
        (None, Category.MEDIA_TYPE): Sentence("Unsupported Media Type"),
        ("message", "missing"): Sentence("No Result found for {resource} with id {id}"),
        ("status", "missing"): Sentence("Not Found"),
        ("parameter", Category.MALFORMED_ID): Sentence("Invalid value for path parameter {attribute}", "{message}"),
        ("parameter", Category.PARAMETER): Sentence("Invalid value for query parameter {attribute}", "{message}"),
        ("parameter", Category.UNREADABLE): Sentence("The request body could not be read", "{message}"),
        ("parameter", Category.STRUCTURE): Sentence("Invalid request body", "{message}"),
        ("parameter", "required"): Sentence("Missing value for {attribute}", "{message}"),
        ("field", "required"): Sentence("The {resource} {attribute} was not provided.", "", "field_missing"),
        ("field", "related"): Sentence("The related {attribute} does not exist.", "", "related_missing"),
        ("field", "unique"): Sentence("The {resource} {attribute} is already in use.", "", "duplicate"),
        ("field", "unique contact.email"): Sentence("Email address already exists in the system", "", "duplicate"),
        ("field", "unique dealTasktype.title"): Sentence("The dealTasktype title is already in use.", "", "field_invalid"),
        ("field", "related-kind"): Sentence("The related {kind} does not exist.", "", "related_missing"),
        ("field", "foreign-stage"): Sentence("Invalid attribute", "{message}", "field_invalid"),
        (None, "unfit-value"): Sentence(
            "The custom field value{shown} could not be saved to the custom field of type `{type}`.", "", "field_invalid"
        ),
        ("status", "required deal.ownerId"): Sentence("ownerId is required for a deal '{id}'."),
        ("status", "unknown-owner"): Sentence("Owner(user) with id '{owner}' was not found for a deal '{deal}'."),
        ("field", Category.VALUE): Sentence("The {resource} {attribute} is invalid.", "{message}", "field_invalid"),
        ("field", Category.RULE): Sentence("{message}", "", "field_invalid"),
        ("status", Category.VALUE): Sentence("Invalid attribute", "{message}"),
        ("status", Category.RULE): Sentence("Invalid attribute", "{message}"),
        ("definition", "required"): Sentence("The {words} field is required."),
        ("definition", Category.VALUE): Sentence("The {words} field is invalid."),
        ("value", "required"): Sentence("The {attribute} was not provided."),
        ("value", "related"): Sentence("The related {attribute} does not exist."),
        ("value", Category.VALUE): Sentence("The {attribute} is invalid: {message}"),
        ("message", "broken"): Sentence("The mock failed: {message}"),
        ("message", Category.BROKEN_CONTRACT): Sentence("The mock broke its own contract: {message}"),
        ("field", "account-name"): Sentence('An account named "{name}" already exists. Please choose a new name.', "", "duplicate"),
        ("field", "required accountContact.account"): Sentence("The account attribute was not provided", "", "field_missing"),
        ("field", "required accountContact.contact"): Sentence("The contact attribute was not provided", "", "field_missing"),
        ("field", "enum taskOutcome.sentiment"): Sentence("Sentiment value must be one of Positive, Neutral, or Negative.", "", "field_invalid"),
        ("status", "required contactTag.contact"): Sentence("Missing attribute"),
        ("status", "required contactTag.tag"): Sentence("Missing attribute"),
        ("status", "nothing-to-tag"): Sentence("Not Found", "{message}"),
        ("status", "invalid-input"): Sentence("Invalid Input Parameter", "{message}"),
    },
    pointer="/data/attributes/{attribute}",
)

CONVENTIONS = Conventions(
    errors=ERRORS,
    # Assumed: a credential without a user acts as the account's first user.
    callers=Callers(collection="users", administrator=1, credential_field="apiToken"),
    # Observed: the default zone of an account is US Central.
    zones=Zones("America/Chicago"),
    # Observed: ISO 8601 with the account's offset; `YYYY-MM-DD HH:MM:SS` in `*_timestamp`; the custom-field stack in UTC.
    formats=Formats(
        instants={
            "date-time": InstantFormat(),
            "utc-date-time": InstantFormat(utc=True),
            "timestamp": InstantFormat("{0.year:04d}-{0.month:02d}-{0.day:02d} {0.hour:02d}:{0.minute:02d}:{0.second:02d}"),
        }
    ),
    # Observed: on every answer.
    headers=Headers({"Cache-Control": "no-store, no-cache, must-revalidate"}, request_id="X-Request-Id"),
    # Source: "Rate limits", five requests a second for the whole account.
    limit=Limit(5, 1, "RateLimit-Limit", "RateLimit-Remaining"),
)
