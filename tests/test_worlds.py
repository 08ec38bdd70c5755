"""A credential names a world and a user; worlds are bounded in number and idle time, and a session writes with all that follows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import worlds as worlds_module
from mockserver.exchange import Request
from mockserver.functions import Functions
from mockserver.store import Change, Store
from mockserver.worlds import Bounds, Callers, Session, World, Worlds
from tests.models import CONVENTIONS, NOW, empty_store, record_of, resources


class Seconds:
    """A clock of ages that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    made = Seconds()
    monkeypatch.setattr(worlds_module, "monotonic_seconds", made)
    return made


def fixtures() -> Store:
    store = empty_store()
    for name, secret in (("Ada", "ada-key"), ("Brian", "brian-key"), ("Cleo", None)):
        store.insert("authors", record_of("authors", name=name, secret=secret))
    return store


def made(bounds: Bounds | None = None, *, strict: bool = False) -> Worlds:
    return Worlds(fixtures(), CONVENTIONS.callers, bounds or Bounds(), strict=strict)


def names(worlds: Worlds) -> list[str]:
    return list(worlds._worlds)


# --- who enters where ---


@pytest.mark.parametrize(
    ("credential", "name", "caller"),
    [
        pytest.param("me", "me", 1, id="a name acts as the administrator"),
        pytest.param("me:2", "me", 2, id="a user of the fixtures"),
        pytest.param("a:b:3", "a:b", 3, id="the last colon counts"),
        pytest.param("ada-key", "", 1, id="a listed key"),
        pytest.param("brian-key", "", 2, id="another listed key, in the same world"),
        pytest.param("ü ☃", "ü ☃", 1, id="any text"),
        pytest.param("in-valid", "in-valid", 1, id="nearly the refused word"),
    ],
)
def test_a_credential_names_a_world_and_a_caller(credential: str, name: str, caller: int) -> None:
    entered = made().enter(credential)
    assert entered is not None
    assert (entered[0].name, entered[1]) == (name, caller)


@pytest.mark.parametrize(
    "credential",
    ["", "invalid", "[INVALID]", "my-Invalid-token", "invalid:1", "me:4", "me:0", "me:01", "me:+1", "me: 1", "me:ada", "me:", ":1", ":", "me:1:"],
)
def test_other_credentials_are_refused_and_make_no_world(credential: str) -> None:
    worlds = made()
    assert worlds.enter(credential) is None
    assert len(worlds) == 0


@pytest.mark.parametrize(
    ("credential", "accepted"), [("ada-key", True), ("brian-key", True), ("me", False), ("me:1", False), ("ada-key:1", False), ("", False)]
)
def test_strict_credentials_are_those_of_the_fixtures(credential: str, accepted: bool) -> None:
    assert (made(strict=True).enter(credential) is not None) is accepted


def test_a_listed_key_that_names_a_user_makes_a_world_of_that_name() -> None:
    entered = made().enter("ada-key:2")
    assert entered is not None
    assert (entered[0].name, entered[1]) == ("ada-key", 2)


@given(st.text())
def test_no_credential_raises(credential: str) -> None:
    entered = made().enter(credential)
    assert entered is None or entered[1] in (1, 2, 3)


def test_users_of_one_world_meet_and_worlds_do_not() -> None:
    worlds = made()
    first, second, other = (worlds.enter(credential) for credential in ("me", "me:2", "you"))
    assert first
    assert second
    assert other
    assert first[0] is second[0]
    first[0].store.insert("tags", record_of("tags", name="mine"))
    assert len(second[0].store["tags"]) == 1
    assert len(other[0].store["tags"]) == 0
    assert len(worlds.fixtures["tags"]) == 0


def test_a_world_copies_nothing_before_its_first_write() -> None:
    worlds = made()
    entered = worlds.enter("me")
    assert entered
    assert entered[0].store["authors"] is worlds.fixtures["authors"]


# --- bounds ---


def test_at_the_bound_of_worlds_the_longest_idle_goes(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    worlds = made(Bounds(worlds=2))
    for name in ("one", "two", "one", "three"):
        seconds.now += 1
        worlds.enter(name)
    assert names(worlds) == ["one", "three"]
    assert worlds.evicted == 1
    assert caplog.messages == ["world forgotten: bound of worlds reached"]


def test_a_forgotten_world_begins_anew(seconds: Seconds) -> None:
    worlds = made(Bounds(worlds=1))
    first = worlds.enter("one")
    assert first
    first[0].store.insert("tags", record_of("tags", name="mine"))
    worlds.enter("two")
    again = worlds.enter("one")
    assert again
    assert again[0] is not first[0]
    assert len(again[0].store["tags"]) == 0


def test_idle_worlds_go_when_another_comes(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    worlds = made(Bounds(worlds=10, idle_seconds=60))
    worlds.enter("old")
    seconds.now += 30
    worlds.enter("young")
    seconds.now += 30
    worlds.enter("new")
    assert names(worlds) == ["old", "young", "new"], "60 seconds are not yet too long"
    seconds.now += 1
    worlds.enter("newer")
    assert names(worlds) == ["young", "new", "newer"]
    assert worlds.evicted == 1
    assert caplog.messages == ["world forgotten: idle for too long"]


def test_a_world_in_use_is_not_idle(seconds: Seconds) -> None:
    worlds = made(Bounds(worlds=10, idle_seconds=60))
    for name in ("busy", "idle", "busy", "busy", "new"):
        worlds.enter(name)
        seconds.now += 40
    assert names(worlds) == ["busy", "new"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 50)), max_size=30), st.integers(1, 4))
def test_there_are_never_more_worlds_than_the_bound_and_none_that_idled_too_long(visits: list[tuple[str, int]], bound: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        seconds = Seconds()
        patch.setattr(worlds_module, "monotonic_seconds", seconds)
        worlds = made(Bounds(bound, 60))
        last: dict[str, float] = {}
        for name, pause in visits:
            seconds.now += pause
            known = name in names(worlds)
            worlds.enter(name)
            last[name] = seconds.now
            assert len(worlds) <= bound
            assert names(worlds)[-1] == name
            assert [last[one] for one in names(worlds)] == sorted(last[one] for one in names(worlds))
            assert known or all(seconds.now - last[one] <= 60 for one in names(worlds))


# --- sessions ---


def session_with(log: list[tuple[Change, dict[str, str]]]) -> Session:
    functions = Functions(
        prepare={"slug": lambda session, before, record, sent: {"slug": f"{record['title']} of {session.caller}"}},
        effects={"explode": lambda session, change, sent: log.append((change, dict(sent)))},
    )
    return Session(World("me", fixtures()), 2, NOW, UTC, resources(), functions, 7)


def test_a_created_record_is_whole_stamped_prepared_and_followed_by_its_effects() -> None:
    log: list[tuple[Change, dict[str, str]]] = []
    session = session_with(log)
    book = session.create("books", {"title": "Kites"})
    assert (book["id"], book["slug"], book["copies"], book["stamped"], book["touched"], book["price"]) == (1, "Kites of 2", 1, NOW, NOW, None)
    assert log == [(Change("books", None, book), {})]
    assert session.get("books", 1) == book


def test_an_update_takes_the_moment_of_the_write_and_passes_on_what_was_sent() -> None:
    log: list[tuple[Change, dict[str, str]]] = []
    session = session_with(log)
    book = session.create("books", {"title": "Kites"}, stamped=False)
    assert (book["stamped"], book["touched"]) == (None, None)
    changed = session.update("books", 1, {"title": "Boats"}, {"title": "Boats"})
    assert (changed["stamped"], changed["touched"], changed["title"]) == (None, NOW, "Boats")
    assert log[1:] == [(Change("books", book, changed), {"title": "Boats"})]


def test_an_amended_record_is_neither_stamped_nor_followed() -> None:
    log: list[tuple[Change, dict[str, str]]] = []
    session = session_with(log)
    session.create("books", {"title": "Kites"}, stamped=False)
    session.amend("books", 1, {"copies": 5})
    assert session.store["books"].records[1]["copies"] == 5
    assert session.store["books"].records[1]["touched"] is None
    assert len(log) == 1


def test_effects_follow_every_record_that_a_delete_takes() -> None:
    log: list[tuple[Change, dict[str, str]]] = []
    session = session_with(log)
    for title in ("One", "Two"):
        session.create("books", {"title": title, "sequelTo": 1 if title == "Two" else None})
    session.delete("books", 1)
    assert [(change.before or {})["title"] for change, _ in log[2:]] == ["One", "Two"]


def test_a_write_within_an_effect_is_seen_in_the_answer() -> None:
    def count(session: Session, change: Change, sent: object) -> None:
        if change.before is None and change.after is not None:
            session.amend("books", change.after["id"], {"copies": 9})

    session = Session(World("me", fixtures()), 1, NOW, UTC, resources(), Functions(prepare={"slug": lambda *_: {}}, effects={"explode": count}), 0)
    assert session.create("books", {"title": "Kites"})["copies"] == 9


def test_there_is_no_record_without_a_key() -> None:
    session = session_with([])
    assert session.get("books", None) is None
    assert session.get("books", 99) is None


def test_parameters_are_read_from_the_request_where_there_is_one() -> None:
    session = session_with([])
    assert session.input("limit") is None
    session.request = Request({}, {"limit": 3}, None, {}, {})
    assert (session.input("limit"), session.input("offset")) == (3, None)


def test_tokens_follow_from_the_seed() -> None:
    session = session_with([])
    other = Session(session.world, 1, datetime(1999, 1, 1, tzinfo=UTC), UTC, resources(), Functions(), 8)
    assert session.token(16, "deal", 1) == session_with([]).token(16, "deal", 1)
    assert session.token(16, "deal", 1) != other.token(16, "deal", 1)


def test_users_without_a_credential_are_not_listed() -> None:
    assert Worlds(fixtures(), Callers("authors", 1, "zone"), Bounds(), strict=True).enter("None") is None


# --- forms without a credential ---

FORMS = {"Ada": "f00dfeed12", "Brian": "ab12"}


def with_forms(bounds: Bounds | None = None, *, strict: bool = False, seed: int = 0) -> Worlds:
    store = empty_store()
    for name, secret in (("Ada", "ada-key"), ("Brian", "brian-key"), ("Cleo", None)):
        store.insert("authors", record_of("authors", name=name, secret=secret, zone=FORMS.get(name)))
    return Worlds(store, Callers("authors", 1, "secret", form_field="zone"), bounds or Bounds(), strict=strict, seed=seed)


def forms_of(worlds: Worlds, credential: str) -> dict[int, str]:
    entered = worlds.enter(credential)
    assert entered is not None
    return dict(entered[0].forms)


def entered_by(worlds: Worlds, form: str) -> tuple[str, int] | None:
    entered = worlds.enter_form(form)
    return None if entered is None else (entered[0].name, entered[1])


def test_a_form_of_the_fixtures_leads_where_the_listed_credentials_lead() -> None:
    worlds = with_forms()
    assert entered_by(worlds, "f00dfeed12") == ("", 1)
    assert entered_by(worlds, "ab12") == ("", 2)
    assert forms_of(worlds, "ada-key") == {1: "f00dfeed12", 2: "ab12"}


def test_every_world_gives_out_forms_of_its_own_that_lead_back_to_it() -> None:
    worlds = with_forms()
    mine, yours = forms_of(worlds, "me"), forms_of(worlds, "you:2")
    assert mine.keys() == yours.keys() == {1, 2}, "Cleo has none in the fixtures"
    assert [len(form) for form in mine.values()] == [10, 4], "as long as in the fixtures"
    assert not {*mine.values()} & {*yours.values(), *FORMS.values()}
    assert [entered_by(worlds, form) for form in (mine[1], yours[2], mine[2])] == [("me", 1), ("you", 2), ("me", 2)]


@pytest.mark.parametrize("form", ["", "F00DFEED12", "nobody", "me", "ada-key"])
def test_what_no_world_has_given_out_leads_nowhere_and_makes_no_world(form: str) -> None:
    worlds = with_forms()
    assert worlds.enter_form(form) is None
    assert len(worlds) == 0


def test_forms_follow_from_seed_and_name() -> None:
    assert forms_of(with_forms(), "me") == forms_of(with_forms(), "me")
    assert forms_of(with_forms(seed=1), "me")[1] != forms_of(with_forms(), "me")[1]


def test_the_forms_of_a_forgotten_world_lead_nowhere_and_those_of_the_fixtures_always_do(seconds: Seconds) -> None:
    worlds = with_forms(Bounds(worlds=1))
    mine, listed = forms_of(worlds, "me"), forms_of(worlds, "ada-key")
    assert entered_by(worlds, mine[1]) is None
    worlds.enter("you")
    assert names(worlds) == ["you"]
    assert entered_by(worlds, listed[1]) == ("", 1), "the world of the fixtures has gone, and begins anew"
    assert forms_of(worlds, "me") == mine, "a world of the same name gives out the same"
    assert entered_by(worlds, mine[1]) == ("me", 1)


def test_no_form_names_anybody_where_the_conventions_name_no_field() -> None:
    worlds = made()
    assert forms_of(worlds, "me") == {}
    assert worlds.enter_form("None") is None
    assert worlds.enter_form("f00dfeed12") is None


def test_a_session_knows_what_names_a_user_to_forms_in_its_world() -> None:
    worlds = with_forms()
    entered = worlds.enter("me")
    assert entered is not None
    session = Session(*entered, NOW, UTC, resources(), Functions(), 0)
    users = session.store["authors"]
    assert [session.form_id(user) for user in users] == [*forms_of(worlds, "me").values(), None]


def test_the_public_world_is_entered_without_a_credential() -> None:
    for strict in (False, True):
        world, caller = with_forms(strict=strict).enter_public()
        assert (world.name, caller) == ("public", 1)


def test_what_is_noted_waits_in_the_session() -> None:
    session = session_with([])
    session.journal("mail", {"to": "Ada"})
    assert session.noted == [("mail", {"to": "Ada"})]
    assert session.world.journal.entries() == [], "the request has not succeeded yet"
