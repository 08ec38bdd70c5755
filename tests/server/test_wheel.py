"""The wheel, installed into an empty environment outside the checkout, serves from there."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from tests.server.process import serving

ROOT = Path(__file__).resolve().parents[2]


def ran(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist and, from it, the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the python of an environment with the wheel; its dependencies are those of this one, reached by a path file."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    site = Path(ran(str(python), "-c", "import site; print(site.getsitepackages()[0])", cwd=folder).stdout.strip())
    ran(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel), cwd=folder)
    (site / "dependencies.pth").write_text(str(_site_without_checkout()), encoding="utf-8")
    return python


def _site_without_checkout() -> Path:
    return Path(httpx.__file__).resolve().parents[1]


def test_the_sdist_holds_documents_fixtures_and_tests(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    names = ran("tar", "--list", "--file", str(archive), cwd=built).stdout
    for wanted in ("openapi/activecampaign/openapi.yaml", "fixtures/activecampaign/deals.json", "tests/server/test_wheel.py", "Makefile", "LICENSE"):
        assert f"/{wanted}\n" in names


def test_the_installed_package_is_not_the_checkout(installed: Path) -> None:
    where = ran(str(installed), "-c", "import mockserver; print(mockserver.__file__)", cwd=installed.parent).stdout
    assert str(ROOT) not in where
    assert (Path(where.strip()).parent / "py.typed").exists()


def test_the_installed_server_answers_a_journey(installed: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(installed.parent / "cache")}
    with serving(python=str(installed), cwd=installed.parent, environment=environment) as served:
        with httpx.Client(base_url=served.base("activecampaign", "/api/3"), headers={"Api-Token": "wheel"}) as client:
            made = client.post(
                "/deals", json={"deal": {"title": "From a wheel", "value": 5, "currency": "usd", "contact": "31", "stage": "11", "owner": "4"}}
            )
            assert made.status_code == 201
            found = client.get("/deals", params={"filters[title]": "from a WHEEL"}).json()
            assert [deal["id"] for deal in found["deals"]] == [made.json()["deal"]["id"]]
            assert client.get("/openapi.json").json()["servers"] == [{"url": "/activecampaign/api/3"}]
            dive = {"name": "Dive", "due_date": "2024-04-02", "rrule": "FREQ=DAILY;COUNT=2"}
            entries = f"{served.origin}/pipelinedeals/api/v3/calendar_entries.json?api_key=wheel"
            assert httpx.post(entries, json={"calendar_entry": dive}).status_code == 200
            assert "/_mock/journal" in httpx.get(f"{served.origin}/_mock/openapi.json").json()["paths"]
        assert not list((installed.parent / "cache").rglob("*.json")), "the bundle in the wheel needs no cache"


def test_the_installed_command_says_its_version(installed: Path) -> None:
    assert "0.1.0" in ran(str(installed), "-m", "mockserver", "--version", cwd=installed.parent).stdout
