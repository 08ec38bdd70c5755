"""What is true of the whole PipelineDeals API v3, as data; each fact with its source."""

from __future__ import annotations

from mockserver.automations import Action, Calls, Fact
from mockserver.conventions import Bodies, Conventions, Spelling, Zones
from mockserver.operations import Profile
from mockserver.ratelimit import Limit
from mockserver.refusals import Category
from mockserver.rendering import Formats, InstantFormat
from mockserver.responses import ErrorShape, ErrorShapes, Headers, Sentence, Slot
from mockserver.worlds import Callers

# Observed: recordings of 2013 and 2015, tests on the live API of 2015.
PROBLEM = ErrorShape({"error": Slot.MESSAGE}, many=False)
FIELDS = ErrorShape({"field": Slot.ATTRIBUTE, "msg": Slot.MESSAGE, "humanized_field": Slot.LABEL}, once=True)
# Assumed: the live API answered 404, 422 or 500 by accident.
QUERY = ErrorShape(Slot.MESSAGE, wrap="errors")

_NAMED = (
    "company company_custom_field_group company_custom_field_label custom_field_label_dropdown_entry calendar_entry deal deal_custom_field_group "
    "deal_custom_field_label deal_loss_reason deal_stage deal_status document_tag event_category lead_source lead_status note_category "
    "person_custom_field_group person_custom_field_label predefined_contacts_tag revenue_type team todo_template"
).split()
_NOT_BLANK = (
    *(f"{one}.name" for one in _NAMED),
    "comment.comment",
    "document.title",
    "note.content",
    "todo_template_item.description",
    "user.first_name",
)
"""Attributes that are refused where they are blank, by the envelope."""

ERRORS = ErrorShapes(
    shapes={"problem": PROBLEM, "fields": FIELDS, "query": QUERY},
    statuses={
        Category.UNKNOWN_PATH: (404,),
        Category.METHOD: (405,),
        # Observed: 406 for an api_key; a client knows 401 for an app_key.
        Category.CREDENTIAL: (406,),
        Category.PROGRAM: (401,),
        Category.RATE: (429,),
        Category.TOO_LARGE: (413,),
        Category.MEDIA_TYPE: (415,),
        Category.UNREADABLE: (400,),
        # Observed: 404, but for companies and users, of which the document says 403. Assumed: 404 for what is no id.
        Category.MALFORMED_ID: (404,),
        Category.MISSING_RECORD: (404,),
        Category.PARAMETER: (422,),
        Category.STRUCTURE: (400,),
        Category.VALUE: (422,),
        Category.RULE: (422,),
        Category.FORBIDDEN: (403,),
        Category.BROKEN_CONTRACT: (500,),
    },
    preferences={
        **dict.fromkeys(Category, ("problem",)),
        Category.PARAMETER: ("query", "fields"),
        Category.VALUE: ("fields", "problem"),
        Category.RULE: ("fields", "problem"),
    },
    sentences={
        # Assumed: none of these words is recorded but that of the key, and of what is blank.
        (None, Category.UNKNOWN_PATH): Sentence("Not found"),
        (None, Category.METHOD): Sentence("Method not allowed"),
        (None, Category.CREDENTIAL): Sentence("Unknown api key"),
        (None, Category.PROGRAM): Sentence("Unknown app key"),
        (None, Category.RATE): Sentence("Rate limit exceeded"),
        (None, Category.MALFORMED_ID): Sentence("Not found"),
        (None, Category.MISSING_RECORD): Sentence("Not found"),
        (None, Category.FORBIDDEN): Sentence("Permission denied"),
        (None, "missing-record 403"): Sentence("Permission denied"),
        (None, Category.STRUCTURE): Sentence("param is missing or the value is empty: {resource}"),
        (None, Category.PARAMETER): Sentence("{attribute}: {message}"),
        ("fields", Category.VALUE): Sentence("is invalid"),
        ("fields", "required"): Sentence("can't be blank"),
        **{("fields", f"{code} document.url"): Sentence("can't be blank") for code in ("pattern", "type")},
        **{("fields", f"anyOf {name}"): Sentence("can't be blank") for name in _NOT_BLANK},
        ("fields", "related"): Sentence("is invalid"),
        ("fields", "unique"): Sentence("has already been taken"),
    },
    pointer="{attribute}",
)

CONVENTIONS = Conventions(
    errors=ERRORS,
    # Assumed: a credential without a user acts as the account's administrator.
    callers=Callers(collection="users", administrator=311, credential_field="api_key", form_field="w2lid"),
    # Source: the changelog, 2016-06-22: a user's time zone governs every date.
    zones=Zones("America/Chicago", caller_field="time_zone"),
    # Observed: recordings of 2013 to 2026.
    formats=Formats(
        instants={"slashes": InstantFormat("{0.year:04d}/{0.month:02d}/{0.day:02d} {0.hour:02d}:{0.minute:02d}:{0.second:02d} {0:%z}")},
        dates=dict.fromkeys(("", "slashes"), "{0.year:04d}/{0.month:02d}/{0.day:02d}"),
        decimals={"money": 1},
    ),
    # Observed: on every answer, recordings of 2026.
    headers=Headers({"Cache-Control": "no-store"}, request_id="X-Request-Id"),
    # Source: the changelog, 2013-02-14. Observed: the headers, recordings of 2023 to 2026. Assumed: the window begins with its first request, what is
    # refused does not count, and without a limit a full window is told.
    limit=Limit(
        10,
        5,
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        per_caller=True,
        from_first=True,
        counts_before=True,
        retry_after=False,
        refused_count=False,
        always_told=True,
    ),
    # Source: the page on automations, with the changelog entry of 2016-06-15. Assumed: that a call is a form.
    calls=Calls(
        {"trigger": Fact.AUTOMATION, "event_model": Fact.MODEL, "event_action": Fact.ACTION, "event_model_id": Fact.KEY},
        {Action.CREATED: "created", Action.UPDATED: "updated", Action.DELETED: "deleted"},
    ),
    # Observed: clients send the same keys in the query of POST and PUT.
    bodies=Bodies(in_query=True),
    # Observed: clients leave the suffix out, and put a slash behind it.
    spelling=Spelling(suffix=".json", slashes=True),
    media_type="application/json; charset=utf-8",
    malformed_ids=dict.fromkeys(Profile, Category.MALFORMED_ID),
)
