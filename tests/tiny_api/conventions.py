"""What is true of the whole harbour API, as data: every style differs from those of the shipped APIs."""

from __future__ import annotations

from mockserver.automations import Action, Calls, Fact
from mockserver.conventions import Bodies, Conventions, Spelling, Zones
from mockserver.operations import Profile
from mockserver.ratelimit import Limit
from mockserver.refusals import Category
from mockserver.rendering import Formats, InstantFormat
from mockserver.responses import ErrorShape, ErrorShapes, Headers, Sentence, Slot
from mockserver.worlds import Callers

PROBLEM = ErrorShape({"error": Slot.MESSAGE}, many=False)
FIELDS = ErrorShape({"field": Slot.POINTER, "label": Slot.LABEL, "msg": Slot.MESSAGE})

STATUSES = {
    Category.UNKNOWN_PATH: (404,),
    Category.METHOD: (405,),
    Category.CREDENTIAL: (406,),
    Category.PROGRAM: (401,),
    Category.RATE: (429,),
    Category.TOO_LARGE: (413,),
    Category.MEDIA_TYPE: (415,),
    Category.UNREADABLE: (400,),
    Category.MALFORMED_ID: (404, 403),
    Category.MISSING_RECORD: (404, 403),
    Category.PARAMETER: (422,),
    Category.STRUCTURE: (400,),
    Category.VALUE: (422,),
    Category.RULE: (422,),
    Category.FORBIDDEN: (403,),
    Category.BROKEN_CONTRACT: (500,),
}
FIELD_BY_FIELD = {Category.PARAMETER, Category.VALUE, Category.RULE}

ERRORS = ErrorShapes(
    shapes={"problem": PROBLEM, "fields": FIELDS},
    statuses=STATUSES,
    preferences={category: ("fields",) if category in FIELD_BY_FIELD else ("problem",) for category in Category},
    sentences={
        (None, Category.UNKNOWN_PATH): Sentence("Nothing moors here"),
        (None, Category.METHOD): Sentence("Not like this"),
        (None, Category.CREDENTIAL): Sentence("Unknown api key"),
        (None, Category.PROGRAM): Sentence("Unknown program"),
        (None, Category.RATE): Sentence("Slow ahead"),
        (None, Category.FORBIDDEN): Sentence("Not yours"),
        (None, Category.STRUCTURE): Sentence("param is missing or the value is empty: {resource}"),
        (None, Category.MISSING_RECORD): Sentence("{resource} {id} is not in this harbour"),
        ("fields", "required"): Sentence("can't be blank"),
        ("fields", "minLength"): Sentence("can't be blank"),
        ("fields", "related"): Sentence("is unknown"),
        ("fields", "unique"): Sentence("is taken"),
    },
    pointer="{attribute}",
)

CONVENTIONS = Conventions(
    errors=ERRORS,
    callers=Callers(collection="sailors", administrator=1, credential_field="api_key", form_field="form_key"),
    zones=Zones("UTC", caller_field="time_zone"),
    formats=Formats(
        instants={
            "slashes": InstantFormat("{0.year:04d}/{0.month:02d}/{0.day:02d} {0.hour:02d}:{0.minute:02d}:{0.second:02d} {0:%z}"),
        },
        decimals={"metres": 1},
        dates={"": "{0.year:04d}/{0.month:02d}/{0.day:02d}"},
    ),
    headers=Headers({"X-Harbour": "open"}),
    bodies=Bodies(in_query=True),
    limit=Limit(3, 10, remaining_header="X-RateLimit-Remaining", always_told=True),
    calls=Calls(
        {"rule": Fact.AUTOMATION, "what": Fact.MODEL, "how": Fact.ACTION, "which": Fact.KEY},
        {Action.CREATED: "launched", Action.UPDATED: "refitted", Action.DELETED: "sunk"},
    ),
    spelling=Spelling(suffix=".json", slashes=True),
    media_type="application/json; charset=utf-8",
    malformed_ids=dict.fromkeys(Profile, Category.MISSING_RECORD),
)
