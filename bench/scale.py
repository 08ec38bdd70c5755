"""How cost grows: with operations, with records, with worlds; cold start, and memory at rest and over many requests."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.workloads import NOW, WORKLOADS, Workload, ask
from mockserver.apis import Api, shipped_api
from mockserver.app import MockApp, create_app
from mockserver.bundle import load_bundle
from mockserver.settings import Settings

ITEM, LIST, FILTERED, ORDERED = WORKLOADS[:4]


def best(action: Callable[[], Any], times: int = 5) -> float:
    """Return the shortest of several runs, in seconds."""
    found = []
    for _ in range(times):
        gc.collect()
        begun = time.perf_counter()
        action()
        found.append(time.perf_counter() - begun)
    return min(found)


def per_request(app: Any, workload: Workload, times: int = 300) -> float:
    """Return microseconds per request in process."""
    return side_by_side([app], workload, times)[0]


def side_by_side(apps: Sequence[Any], workload: Workload, times: int = 300) -> list[float]:
    """Return microseconds per request in process of each, the best of batches taken in turn; what was built is spared the search for garbage."""

    async def batch(app: Any) -> None:
        for _ in range(times):
            await ask(app, workload)

    for app in apps:
        asyncio.run(batch(app))
    gc.collect()
    gc.freeze()
    found = [[best(lambda app=app: asyncio.run(batch(app)), 1) for app in apps] for _ in range(9)]
    gc.unfreeze()
    return [min(one) / times * 1e6 for one in zip(*found, strict=True)]


def with_operations(count: int, folder: Path) -> MockApp:
    """Return ActiveCampaign with its document thinned out or repeated until it has this many operations."""
    api = shipped_api("activecampaign")
    raw = copy.deepcopy(load_bundle(api.document, None))
    paths = {path: item for path, item in raw["paths"].items() if path in ("/deals/{id}", "/deals", "/dealStages", "/dealStages/{id}")}
    held, more = sum(len(item) for item in paths.values()), 0
    while held < count:
        more += 1
        item = copy.deepcopy(raw["paths"]["/dealRoles"]["get"])
        item["operationId"] = f"list_deal_roles_{more}"
        paths[f"/dealRoles{more}"] = {"get": item}
        held += 1
    raw["paths"] = paths
    for item in paths.values():
        for operation in item.values():
            for response in operation["responses"].values():
                response.pop("links", None)
    document = folder / f"{count}.json"
    document.write_text(json.dumps(raw), encoding="utf-8")
    return create_app(Settings(clock=NOW), [Api(api.name, document, api.fixtures, api.conventions, api.functions)])


def with_deals(count: int) -> MockApp:
    """Return ActiveCampaign with this many deals more in its fixtures; twenty of them in pipeline 6."""
    app = create_app(Settings(clock=NOW))
    store = app.service("activecampaign").worlds.fixtures
    model = store["deals"].records[207]
    for key in range(1000, 1000 + count):
        group = 6 if key < 1020 else 3
        store.insert("deals", {**model, "id": key, "title": f"Deal {key * 7919 % count:06d}", "group": group, "contact": None})
    return app


def cold_start() -> tuple[float, float]:
    """Return seconds from the command to the ready line, and those of importing connexion and uvicorn alone: medians of five."""

    def served() -> float:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--quiet"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            process.stdout.readline()
            spent = time.perf_counter() - begun
            process.kill()
        return spent

    def imported() -> float:
        return best(lambda: subprocess.run([sys.executable, "-W", "ignore", "-c", "import connexion, uvicorn"], check=True), 1)

    served()
    return statistics.median(served() for _ in range(5)), statistics.median(imported() for _ in range(5))


def resident_kib() -> int:
    """Return the resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


MEMORY = """
import asyncio, sys
from bench.scale import resident_kib
from bench.workloads import NOW, WORKLOADS, Workload, ask
from mockserver.app import create_app
from mockserver.settings import Settings
app = create_app(Settings(clock=NOW))
reads = [one for one in WORKLOADS if one.method == "GET"]
made = Workload("post", "POST", "/dealRoles", body={"dealRole": {"title": "x"}})
async def requests(count):
    for at in range(count):
        if at % 20:
            await ask(app, reads[at % len(reads)])
        else:
            _, _, body = await ask(app, made)
            key = body.split(b'"id":"')[1].split(b'"')[0].decode()
            await ask(app, Workload("delete", "DELETE", f"/dealRoles/{key}"))
asyncio.run(requests(2000))
rest = resident_kib()
asyncio.run(requests(int(sys.argv[1])))
print(rest, resident_kib())
"""


def memory(requests: int) -> tuple[float, float]:
    """Return MiB after two thousand requests and after so many more, in a process of its own."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", MEMORY, str(requests)], capture_output=True, text=True, check=True)
    rest, after = (int(part) / 1024 for part in done.stdout.split())
    return rest, after


def report() -> list[str]:
    """Return the section of the results."""
    lines = ["## Scale", "", "| what | measured | wanted |", "|---|---|---|"]

    def add(what: str, measured: str, wanted: str) -> None:
        lines.append(f"| {what} | {measured} | {wanted} |")
        print(lines[-1], flush=True)

    with tempfile.TemporaryDirectory() as folder:
        few, many = side_by_side([with_operations(count, Path(folder)) for count in (10, 500)], ITEM)
    add("GET item with 500 operations, to 10", f"{many / few:.2f}", "<= 1.1")
    small, large = with_deals(1_000), with_deals(100_000)
    few_filtered = Workload("filtered", "GET", "/deals", "filters[group]=6&limit=20")
    for what, workload, wanted in (("equality filter", few_filtered, "<= 3"), ("first page", LIST, "flat")):
        less, more = side_by_side([small, large], workload)
        add(f"{what} over 100,000 deals, to 1,000", f"{more / less:.2f}", wanted)
    add("ordered first page over 100,000 deals", f"{per_request(large, ORDERED, 3) / 1000:.1f} ms", "<= 30 ms")
    store = with_deals(5_000).service("activecampaign").worlds.fixtures
    add("fork of a world of 5,000 records", f"{best(store.fork) * 1000:.4f} ms", "< 1 ms")
    started, imported = cold_start()
    add("cold start to the ready line, both APIs", f"{started:.2f} s, {started / imported:.2f} of importing connexion and uvicorn", "<= 1.0 s")
    rest, after = memory(200_000)
    add(
        "resident memory at rest, and after 200,000 requests",
        f"{rest:.0f} MiB, {after:.0f} MiB ({(after / rest - 1) * 100:+.1f} %)",
        "< 100 MiB, within 5 %",
    )
    return [*lines, ""]
