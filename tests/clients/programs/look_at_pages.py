"""Look at the server's pages in a Chromium, at a desk's width and at a phone's; print what was seen as JSON, and leave pictures in a folder.

Arguments: the server's origin, the Chromium, the folder.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
OPTIONS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split()
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = "(() => { const seen = getComputedStyle(document.activeElement); return seen.outlineStyle !== 'none' || seen.boxShadow !== 'none'; })()"
STATUS = ".live-responses-table .response .response-col_status"


class Looker:
    """A page of one size and colour scheme, and what went wrong on it."""

    def __init__(self, browser: Browser, origin: str, size: str, scheme: str, folder: Path) -> None:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, is_mobile=size == "phone")
        self.page: Page = context.new_page()
        self.name, self.folder, self.origin = f"{size}-{scheme}", folder, origin
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}") if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda request: None if request.url.startswith(origin) else self.wrong.append(f"request: {request.url}"))

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.folder / f"{name}-{self.name}.png")

    def overflow(self) -> int:
        return int(self.page.evaluate(OVERFLOW))


def first_page(looker: Looker) -> dict[str, Any]:
    page = looker.page
    page.goto(f"{looker.origin}/")
    looker.picture("first")
    page.keyboard.press("Tab")
    return {
        "overflow": looker.overflow(),
        "focus_is_seen": page.evaluate(FOCUS),
        "text": page.inner_text("body"),
        "links": page.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href'))"),
        "contrast": page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"),
    }


def document_page(looker: Looker, base: str, document: dict[str, Any]) -> dict[str, Any]:
    page = looker.page
    begun = time.monotonic()
    page.goto(f"{looker.origin}{base}/ui/")
    page.wait_for_selector(".opblock-tag")
    usable = time.monotonic() - begun
    looker.picture("ui")
    seen = {"usable_seconds": usable, "overflow": looker.overflow(), "tags": page.locator(".opblock-tag").count()}
    closed = page.locator(".opblock-tag-section:not(.is-open) .opblock-tag")
    while closed.count():
        closed.first.click()
    seen |= {"operations": page.locator(".opblock").count(), "overflow_open": looker.overflow()}
    listing, item, name = examples(document)
    seen["list_status"] = tried(page, listing, {})
    seen["list_url"] = page.locator(".request-url").first.inner_text().strip()
    looker.picture("tried")
    seen["overflow_tried"] = looker.overflow()
    seen["missing_status"] = tried(page, item, {name: "99999999"})
    return seen


def examples(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return a list that asks for nothing, an operation that shows one record, and the name of its path parameter."""
    gets = [(path, item["get"]) for path, item in document["paths"].items() if "get" in item]
    listing = next(operation for path, operation in gets if "{" not in path and "list" in operation.get("x-mock-action", {}))
    item, name = next((operation, path.partition("{")[2].partition("}")[0]) for path, operation in gets if path.count("{") == 1)
    return listing, item, name


def tried(page: Page, operation: dict[str, Any], values: dict[str, str]) -> str:
    """Return the status that the page shows after the operation was tried."""
    block = page.locator(f"#operations-{operation['tags'][0].replace(' ', '_')}-{operation['operationId']}")
    block.locator(".opblock-summary-control").first.click()
    for name, value in values.items():
        block.locator(f"tr[data-param-name='{name}'] input").fill(value)
    block.locator("button.execute").click()
    block.locator(STATUS).first.wait_for()
    return str(block.locator(STATUS).first.inner_text()).split()[0]


def looks(origin: str, chromium: str, folder: Path) -> Iterator[dict[str, Any]]:
    with urlopen(f"{origin}/_mock/health") as answer:
        bases = [api["base_path"] for api in json.load(answer)["apis"]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=OPTIONS)
        for size, scheme in (("desk", "light"), ("desk", "dark"), ("phone", "light")):
            looker = Looker(browser, origin, size, scheme, folder)
            first = first_page(looker)
            documents = {}
            for base in bases if scheme == "light" else ():
                with urlopen(f"{origin}{base}/openapi.json") as answer:
                    documents[base] = document_page(looker, base, json.load(answer))
            yield {"size": size, "scheme": scheme, "wrong": looker.wrong, "first": first, "documents": documents}
        browser.close()


if __name__ == "__main__":
    server, binary, pictures = sys.argv[1:]
    Path(pictures).mkdir(parents=True, exist_ok=True)
    sys.stdout.write(json.dumps(list(looks(server, binary, Path(pictures)))))
