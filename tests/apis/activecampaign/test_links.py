"""Every link that an answer prints can be followed, from every record of the fixtures, and leads to what belongs to that record."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

import httpx
import pytest

from mockserver.app import create_app
from mockserver.operations import Action, Model
from mockserver.pipeline import Service
from mockserver.settings import Settings
from tests.bundles import CACHE

ORIGIN = "http://kitehouse.example"
NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
LONGEST_WALK = 20_000

UNMODELLED = frozenset({"dealConnection", "groupLimit", "plusAppend", "seatUser", "userConversationsPermission", "userGroup"})
"""Singular links of which the record itself says nothing."""


class Step(NamedTuple):
    """A link that was followed: the collection's path and the record that printed it, its name, and the answer."""

    path: str
    record: dict[str, Any]
    name: str
    url: str
    status: int
    answer: Any


class Mock:
    """The mock, and a client with a world of its own."""

    def __init__(self, runner: asyncio.Runner, credential: str) -> None:
        self._runner = runner
        self._app = create_app(Settings(apis=("activecampaign",), clock=NOW, cache=CACHE))
        self._credential = credential
        self.base = f"{ORIGIN}{self._app.mounted[0].base}"

    @property
    def service(self) -> Service:
        return self._app.service("activecampaign")

    @property
    def model(self) -> Model:
        return self.service.model

    def send(self, method: str, url: str, *, credential: str = "", **arguments: Any) -> httpx.Response:
        """Return the answer to a request; a URL without an origin is below the base path."""
        return self._runner.run(self._exchange(method, url, credential or self._credential, **arguments))

    async def _exchange(self, method: str, url: str, credential: str, **arguments: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._app), headers={"Api-Token": credential}) as client:
            return await client.request(method, url if url.startswith("http") else self.base + url, **arguments)

    def get(self, url: str, **arguments: Any) -> Any:
        answer = self.send("GET", url, **arguments)
        assert answer.is_success, f"{url}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def pages(self, url: str) -> Iterator[Any]:
        """Yield the pages of a list, up to an empty one."""
        for offset in range(0, LONGEST_WALK, 100):
            page = self.get(f"{url}?limit=100&offset={offset}")
            yield page
            if not any(isinstance(part, list) and len(part) == 100 for part in page.values()):
                return


def iter_linking(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the records with links in an answer."""
    if isinstance(node, dict):
        if isinstance(node.get("links"), dict):
            yield node
        for part in node.values():
            yield from iter_linking(part)
    elif isinstance(node, list):
        for part in node:
            yield from iter_linking(part)


class Walk:
    """A walk along all links, from every list that needs no record."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock
        self.strayed: list[str] = []

    @cached_property
    def steps(self) -> list[Step]:
        """The links in the order in which they were met, each once."""
        lists = [one for one in self.mock.model.operations if one.action is Action.LIST and not one.located("path")]
        met = [record for one in lists for page in self.mock.pages(one.path) for record in iter_linking(page)]
        seen: set[str] = set()
        steps = []
        while met:
            record = met.pop()
            for name, url in record["links"].items():
                if url in seen:
                    continue
                seen.add(url)
                assert len(seen) < LONGEST_WALK
                if not url.startswith(f"{self.mock.base}/"):
                    self.strayed.append(url)
                    continue
                steps.append(self._follow(record, name, url))
                met += iter_linking(steps[-1].answer)
        return steps

    def _follow(self, record: dict[str, Any], name: str, url: str) -> Step:
        answer = self.mock.send("GET", url, params={"limit": 100})
        path = url.removeprefix(self.mock.base).removesuffix(f"/{record['id']}/{name}")
        return Step(path, record, name, url, answer.status_code, answer.json())


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def mock(runner: asyncio.Runner) -> Mock:
    """Return a client that only reads."""
    return Mock(runner, "links")


@pytest.fixture(scope="module")
def walk(mock: Mock) -> Walk:
    return Walk(mock)


def linking(model: Model) -> dict[str, tuple[str, set[str]]]:
    """Return for each collection whose records print links: where these begin, and their names."""
    found = {}
    for name, resource in model.resources.items():
        links = model.document.resolve(model.document.schemas[resource.component]["properties"].get("links", {}))
        if links.get("properties"):
            found[name] = (resource.path, set(links["properties"]))
    return found


# --- all links --------------------------------------------------------------------------------------------------------------------------------------


def test_every_link_stays_within_the_base_url(walk: Walk) -> None:
    assert walk.steps
    assert walk.strayed == []


def test_no_link_is_refused(walk: Walk) -> None:
    assert [(step.url, step.status) for step in walk.steps if step.status not in (200, 404)] == []


def test_a_link_leads_to_nothing_only_where_its_record_names_nothing(walk: Walk) -> None:
    assert [step.url for step in walk.steps if step.status == 404 and not names_nothing(step)] == []


def names_nothing(step: Step) -> bool:
    if step.name == "activity":
        return step.record["dataType"] not in ("contact", "note", "task")
    says = step.name in step.record or step.name == "nextTask"
    return step.name in UNMODELLED or (says and step.record.get(step.name) is None)


def test_what_leads_to_nothing_says_so_in_the_words_for_a_missing_record(walk: Walk) -> None:
    told = {step.answer["message"] for step in walk.steps if step.status == 404}
    assert told
    assert all(text.startswith("No Result found for ") and text.endswith(" with id 0") for text in told)


def test_every_declared_link_leads_to_something_from_some_record(walk: Walk, mock: Mock) -> None:
    declared = {(path, name) for path, names in linking(mock.model).values() for name in names}
    assert declared - {(step.path, step.name) for step in walk.steps if step.status == 200} == set()


def test_the_links_of_every_record_of_the_fixtures_are_followed(walk: Walk, mock: Mock) -> None:
    store = mock.service.worlds.fixtures
    kept = {
        f"{mock.base}{path}/{record['id']}/{name}"
        for collection, (path, names) in linking(mock.model).items()
        for record in store[collection]
        for name in names
    }
    assert kept - {step.url for step in walk.steps} == set()


def test_an_answer_holds_what_the_link_names_and_nothing_beside_it(walk: Walk) -> None:
    listing = {"/contacts": {"contactDeals"}, "/deals": {"dealActivities"}}
    crowded = [step.url for step in walk.steps if step.status == 200 and len(step.answer) != 1 and step.name not in listing.get(step.path, ())]
    assert crowded == []


def test_links_of_what_was_just_written_can_be_followed(runner: asyncio.Runner, mock: Mock) -> None:
    refused = []
    for number, operation in enumerate(one for one in mock.model.operations if one.action in (Action.CREATE, Action.UPDATE) and one.bodies):
        credential = f"write {number}"
        url = operation.path
        for parameter in operation.located("path"):
            url = url.replace(f"{{{parameter.name}}}", str(parameter.raw["example"]))
        body = mock.model.document.resolve(operation.raw["requestBody"])["content"]["application/json"]["example"]
        written = mock.send(operation.method, url, json=body, credential=credential)
        assert written.status_code < 300, f"{operation.label}: {written.text}"
        for record in iter_linking(written.json()):
            followed = {link: mock.send("GET", link, credential=credential).status_code for link in record["links"].values()}
            refused += [f"{operation.label}: {link} {status}" for link, status in followed.items() if status not in (200, 404)]
    assert refused == []


# --- single links -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "key", "ids"),
    [
        ("/deals/207/notes", "notes", ["71"]),
        ("/deals/194/tasks", "dealTasks", ["416", "417"]),
        ("/deals/187/contactDeals", "contactDeals", ["52", "53"]),
        ("/deals/207/dealCustomFieldData", "dealCustomFieldData", ["64", "65", "66"]),
        ("/deals/207/scoreValues", "scoreValues", ["9"]),
        ("/deals/211/tasks", "dealTasks", []),
        ("/dealGroups/3/stages", "dealStages", ["11", "12", "13"]),
        ("/dealGroups/6/stages", "dealStages", []),
        ("/dealGroups/3/dealGroupUsers", "dealGroupUsers", ["15", "16"]),
        ("/dealGroups/5/dealGroupGroups", "dealGroupGroups", ["4", "5"]),
        ("/dealGroups/3/winProbabilityFeatures", "winProbabilityFeatures", []),
        ("/dealRoles/3/contactDeals", "contactDeals", ["51", "60"]),
        ("/dealTasks/412/activities", "dealActivities", ["9040"]),
        ("/dealTasks/415/activities", "dealActivities", ["9045", "9065"]),
        ("/dealTasks/413/activities", "dealActivities", []),
        ("/dealTasks/412/notes", "notes", ["76"]),
        ("/dealTasks/412/taskNotifications", "taskNotifications", ["21", "22"]),
        ("/dealTasktypes/3/dealTasks", "dealTasks", ["403", "421"]),
        ("/dealTasktypes/6/tasktypeOutcomeRels", "tasktypeOutcomeRels", ["1", "2"]),
        ("/taskOutcomes/1/tasktypeOutcomeRels", "tasktypeOutcomeRels", ["3", "6"]),
        ("/taskOutcomes/2/dealTasks", "dealTasks", ["423"]),
        ("/notes/71/activities", "dealActivities", ["9038"]),
        ("/notes/73/activities", "dealActivities", []),
        ("/notes/71/notes", "notes", []),
        ("/notes/71/mentions", "mentions", []),
        ("/contacts/33/contactTags", "contactTags", ["47", "48"]),
        ("/contacts/31/notes", "notes", ["73"]),
        ("/contacts/31/scoreValues", "scoreValues", ["1", "10"]),
        ("/contacts/31/fieldValues", "fieldValues", []),
        ("/users/6/dealGroupUsers", "dealGroupUsers", ["16", "18"]),
        ("/groups/2/userGroups", "userGroups", ["2", "3"]),
        ("/groups/2/dealGroupGroups", "dealGroupGroups", ["3", "5"]),
        ("/accounts/14/notes", "notes", ["64"]),
        ("/accounts/9/accountContacts", "accountContacts", ["9", "16"]),
        ("/contacts/32/accountContacts", "accountContacts", ["9"]),
        ("/tags/3/templateTags", "templateTags", []),
    ],
)
def test_a_plural_link_leads_to_the_records_that_belong_to_its_own(mock: Mock, url: str, key: str, ids: list[str]) -> None:
    answer = mock.get(url)
    assert list(answer) == [key]
    assert [record["id"] for record in answer[key]] == ids


@pytest.mark.parametrize(
    ("url", "key", "id_"),
    [
        ("/deals/207/contact", "contact", "31"),
        ("/deals/207/account", "account", "9"),
        ("/deals/207/customerAccount", "account", "9"),
        ("/deals/207/organization", "account", "9"),
        ("/deals/207/owner", "user", "4"),
        ("/deals/207/group", "dealGroup", "3"),
        ("/deals/207/stage", "dealStage", "12"),
        ("/deals/207/nextTask", "dealTask", "412"),
        ("/dealStages/18/group", "dealGroup", "5"),
        ("/contactDeals/58/deal", "deal", "207"),
        ("/contactDeals/58/contact", "contact", "32"),
        ("/contactDeals/58/role", "dealRole", "2"),
        ("/dealTasks/412/owner", "deal", "207"),
        ("/dealTasks/413/owner", "contact", "32"),
        ("/dealTasks/412/dealTasktype", "dealTasktype", "1"),
        ("/dealTasks/412/user", "user", "1"),
        ("/dealTasks/412/assignee", "user", "4"),
        ("/dealTasks/420/automation", "automation", "2"),
        ("/dealTasks/420/doneAutomation", "automation", "1"),
        ("/dealActivities/9031/deal", "deal", "207"),
        ("/dealActivities/9031/stage", "dealStage", "12"),
        ("/dealActivities/9040/user", "user", "1"),
        ("/dealActivities/9059/automation", "automation", "2"),
        ("/dealActivities/9029/activity", "contact", "31"),
        ("/dealActivities/9038/activity", "note", "71"),
        ("/dealActivities/9040/activity", "dealTask", "412"),
        ("/dealCustomFieldData/64/deal", "deal", "207"),
        ("/dealCustomFieldData/64/dealCustomFieldMetum", "dealCustomFieldMetum", "5"),
        ("/dealGroupUsers/15/dealGroup", "dealGroup", "3"),
        ("/dealGroupUsers/15/user", "user", "4"),
        ("/dealGroupGroups/3/dealGroup", "dealGroup", "3"),
        ("/dealGroupGroups/3/group", "group", "2"),
        ("/contacts/32/organization", "account", "9"),
        ("/contacts/31/plusAppend", "plusAppend", "1"),
        ("/notes/71/owner", "deal", "207"),
        ("/notes/73/owner", "contact", "31"),
        ("/notes/64/owner", "account", "14"),
        ("/notes/65/owner", "dealTask", "409"),
        ("/notes/68/owner", "dealActivity", "9027"),
        ("/notes/71/user", "user", "4"),
        ("/users/4/userGroup", "userGroup", "2"),
        ("/contactTags/45/tag", "tag", "3"),
        ("/contactTags/45/contact", "contact", "31"),
        ("/accounts/9/owner", "user", "4"),
        ("/accountContacts/9/account", "account", "9"),
        ("/accountContacts/9/contact", "contact", "32"),
        ("/taskNotifications/21/dealTask", "dealTask", "412"),
        ("/tasktypeOutcomeRels/5/tasktype", "dealTasktype", "1"),
        ("/tasktypeOutcomeRels/5/outcome", "taskOutcome", "5"),
        ("/tasktypeOutcomeRels/5/createdBy", "user", "4"),
        ("/scoreValues/9/score", "score", "1"),
        ("/scoreValues/9/deal", "deal", "207"),
        ("/scoreValues/10/contact", "contact", "31"),
    ],
)
def test_a_singular_link_leads_to_the_record_that_its_own_names(mock: Mock, url: str, key: str, id_: str) -> None:
    answer = mock.get(url)
    assert list(answer) == [key]
    assert answer[key]["id"] == id_


@pytest.mark.parametrize(
    "url",
    [
        "/deals/196/contact",  # a deal of an account only
        "/deals/183/account",
        "/deals/211/nextTask",  # never had a task
        "/deals/208/nextTask",  # has none open
        "/contactDeals/53/role",
        "/dealTasks/412/automation",
        "/dealTasks/412/doneAutomation",
        "/dealTasks/418/assignee",
        "/dealActivities/9028/stage",
        "/dealActivities/9028/activity",  # the creation
        "/dealActivities/9039/activity",  # e-mail
        "/scoreValues/9/contact",
        "/tasktypeOutcomeRels/6/createdBy",
        "/accounts/20/owner",
    ],
)
def test_a_singular_link_without_a_record_is_not_found(mock: Mock, url: str) -> None:
    answer = mock.send("GET", url)
    assert answer.status_code == 404
    assert answer.json()["message"].endswith(" with id 0")


def test_the_record_that_prints_a_link_must_exist(mock: Mock) -> None:
    assert mock.send("GET", "/deals/99999/contact").json() == {"message": "No Result found for Deal with id 99999"}


def test_a_value_of_a_missing_custom_field_is_refused_in_the_shape_of_custom_fields(mock: Mock) -> None:
    assert mock.send("GET", "/dealCustomFieldMeta/99/dealCustomFieldData").json() == {"errors": [{"status": 404, "title": "Not Found"}]}


def test_a_linked_list_is_paged(mock: Mock) -> None:
    assert [record["id"] for record in mock.get("/dealTasktypes/3/dealTasks?limit=1&offset=1")["dealTasks"]] == ["421"]


@pytest.mark.parametrize("url", ["/contactDeals/57/deal", "/dealTasks/424/owner", "/dealActivities/9018/deal"])
def test_a_link_to_a_deal_that_the_caller_may_not_manage_leads_to_its_stub(mock: Mock, url: str) -> None:
    deal = mock.get(url, credential="stubs:4")["deal"]
    assert (deal["isDisabled"], set(deal)) == (True, {"title", "status", "id", "isDisabled"})


def test_the_next_task_is_no_longer_linked_once_it_is_done(mock: Mock) -> None:
    world = {"credential": "a task is done"}
    assert mock.send("PUT", "/dealTasks/412", json={"dealTask": {"status": 1}}, **world).is_success
    assert mock.send("GET", "/deals/207/nextTask", **world).status_code == 404


def test_a_task_keeps_an_automation_that_does_not_exist_and_links_to_nothing(mock: Mock) -> None:
    world = {"credential": "an automation of another account"}
    task = {"relid": 207, "duedate": "2024-04-02", "dealTasktype": 1, "doneAutomation": 77}
    made = mock.send("POST", "/dealTasks", json={"dealTask": task}, **world).json()["dealTask"]
    assert made["doneAutomation"] == 77
    assert mock.send("GET", made["links"]["doneAutomation"], **world).status_code == 404


def test_the_activities_of_a_new_task_are_linked_from_it(mock: Mock) -> None:
    world = {"credential": "a new task"}
    task = {"relid": 211, "duedate": "2024-04-02", "dealTasktype": 1}
    made = mock.send("POST", "/dealTasks", json={"dealTask": task}, **world).json()["dealTask"]
    activities = mock.get(made["links"]["activities"], **world)["dealActivities"]
    assert [(one["dataType"], one["dataAction"], one["dataId"]) for one in activities] == [("task", "add", made["id"])]


def test_a_note_on_an_account_is_not_linked_from_the_contact_with_the_same_id(mock: Mock) -> None:
    world = {"credential": "an account with a contact's id"}
    account = mock.send("POST", "/accounts", json={"account": {"name": "Skerry Sails"}}, **world).json()["account"]
    noted = mock.send("POST", "/notes", json={"note": {"note": "Opens in May.", "reltype": "CustomerAccount", "relid": account["id"]}}, **world)
    assert noted.is_success
    assert len(mock.get(account["links"]["notes"], **world)["notes"]) == 1
    assert mock.get(f"/contacts/{account['id']}/notes", **world) == {"notes": []}
