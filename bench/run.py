"""`make bench`: ratios side by side in one run, written to bench/RESULTS.md.

In-process cost and memory need nothing else; throughput needs `wrk` and two cores, and is left out, with a word, without them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench import scale
from bench.variants import NAMES, build
from bench.workloads import CREDENTIAL, SECOND, WORKLOADS, Workload, ask

TABLES = {"ActiveCampaign": (WORKLOADS, NAMES), "PipelineDeals": (SECOND, NAMES[:3])}
"""For each API what is asked, and of whom: stock connexion serves the first document only."""
ROUNDS = 3
SECONDS = 2
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
JUDGEMENT = "## What falls short"
"""From here on the results are written by people, and stay."""


def in_process(variant: str, workload: Workload) -> float:
    """Return microseconds per request without a server: the best of seven batches."""
    app = build(variant)
    times = 60 if variant == "stock" else 300

    async def batches() -> float:
        for _ in range(times // 3):
            await ask(app, workload)
        best = float("inf")
        for _ in range(7):
            gc.collect()
            begun = time.perf_counter()
            for _ in range(times):
                await ask(app, workload)
            best = min(best, (time.perf_counter() - begun) / times)
        return best * 1e6

    return asyncio.run(batches())


class Served:
    """A variant under uvicorn on the first core."""

    def __init__(self, variant: str, port: int) -> None:
        self.port = port
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "uvicorn",
            f"bench.variants:{variant}",
            "--port",
            str(port),
            "--no-access-log",
            "--log-level",
            "error",
        ]
        pinned = ["taskset", "-c", "0", *command]
        self.process = subprocess.Popen(pinned, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{port}{WORKLOADS[0].url}", headers={"Api-Token": CREDENTIAL})
                urllib.request.urlopen(request, timeout=5).read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{variant} did not start")

    def throughput(self, workload: Workload) -> float:
        """Return requests per second with eight connections from the other core."""
        script = f'wrk.method="{workload.method}"\nwrk.headers["Api-Token"]="{CREDENTIAL}"\n'
        if workload.body is not None:
            script += f'wrk.headers["Content-Type"]="application/json"\nwrk.body=[[{workload.raw_body.decode()}]]\n'
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
            file.write(script)
            file.flush()
            url = f"http://127.0.0.1:{self.port}{workload.url}"
            command = ["taskset", "-c", "1", "wrk", "-t1", "-c8", f"-d{SECONDS}s", "-s", file.name, url]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait()


def over_http() -> dict[str, dict[str, float]]:
    """Return requests per second by URL and variant: medians of interleaved rounds."""
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(ROUNDS):
        for at, name in enumerate(NAMES):
            served = Served(name, 9001 + at)
            try:
                for workload in (one for workloads, names in TABLES.values() if name in names for one in workloads):
                    found.setdefault(_key(workload), {}).setdefault(name, []).append(served.throughput(workload))
            finally:
                served.stop()
    return {key: {variant: statistics.median(values) for variant, values in row.items()} for key, row in found.items()}


def _key(workload: Workload) -> str:
    return f"{workload.method} {workload.url}"


def tables(title: str, measure: Callable[[str, Workload], float], *, higher_is_better: bool) -> list[str]:
    """Return a Markdown table for each API: values, and ours as a ratio to each of the others."""
    lines = [f"## {title}", ""]
    for api, (workloads, names) in TABLES.items():
        others = [name for name in ("starlette", "stock") if name in names]
        heads = [api, *names, *(f"ours / {other}" for other in others)]
        lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        for workload in workloads:
            values = {name: measure(name, workload) for name in names}
            speed = {name: value if higher_is_better else 1 / value for name, value in values.items()}
            cells = [workload.name, *(f"{value:.0f}" for value in values.values()), *(f"{speed['ours'] / speed[other]:.2f}" for other in others)]
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], flush=True)
        lines.append("")
    return lines


def main() -> None:
    """Measure and write the results."""
    lines = [
        "# Results of `make bench`",
        "",
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores. Compare within one table only.",
        "Ratios are speeds: 0.5 of Starlette means twice its cost.",
        "",
        "- `bare`: an ASGI function that sends our bytes; `starlette`: a Starlette route that sends them",
        "- `ours`: the mock, with request and response validation, credential, world and store",
        "- `stock`: connexion's AsyncApp with the same document, validating requests and answers; its handlers return ready objects",
        "- `stock` answers `post` with 500 (it refuses null beside `anyOf`) and `422` with 400: there its figures are those of errors",
        "",
    ]
    title = "In process: microseconds per request"
    lines += tables(title, in_process, higher_is_better=False)
    if shutil.which("wrk") and (os.cpu_count() or 1) > 1:
        measured = over_http()
        lines += tables(
            f"Under uvicorn: requests per second, 8 connections, medians of {ROUNDS} rounds of {SECONDS} s",
            lambda name, one: measured[_key(one)][name],
            higher_is_better=True,
        )
    else:
        print("throughput left out: it needs wrk and two cores")
    lines += scale.report()
    _, heading, judgement = RESULTS.read_text(encoding="utf-8").partition(JUDGEMENT)
    RESULTS.write_text("\n".join(lines) + "\n" + heading + judgement, encoding="utf-8")


if __name__ == "__main__":
    main()
