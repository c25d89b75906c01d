"""The emulator's page in a real browser: from the form to the result, and nothing from elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from okapi_sdk.emulator import Emulator

playwright = pytest.importorskip("playwright.sync_api", reason="only `nox -s browser` installs playwright")
CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM is not None, "install chromium, for example with apt-get install chromium"
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield started
        started.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(fleet=True) as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_from_the_form_to_the_result(browser: Any, emulator: Emulator, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, messages, requests = context.new_page(), [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(emulator.base_url)
    page.locator("textarea[name=tle]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "latitude"
    page.locator("button[type=submit]").press("Enter")
    page.wait_for_selector("#track .path", state="attached")
    assert page.locator("#passes-rows tr").count() == 2
    assert page.inner_text("#passes-rows tr:first-child td:nth-child(3)") == "21.3"
    assert page.locator("#sky .path").count() == 2
    assert page.locator("#conjunction-rows tr").count() >= 3
    page.wait_for_selector("#job-rows tr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert messages == []
    assert all(url.startswith((emulator.base_url, "data:")) for url in requests)
    context.close()


def test_bad_input_is_explained(browser: Any, emulator: Emulator) -> None:
    page = browser.new_page()
    page.goto(emulator.base_url)
    page.fill("textarea[name=tle]", "no <b>TLE</b>")
    page.click("button[type=submit]")
    page.wait_for_selector("#passes-status.failed")
    assert page.locator("#passes-status b").count() == 0
    page.close()


def test_the_explorer_sends_calls(browser: Any, emulator: Emulator) -> None:
    page = browser.new_page()
    page.goto(f"{emulator.base_url}/docs")
    page.fill("#filter", "predict-passes/sgp4/requests")
    page.click("details:not([hidden]) summary")
    page.click("details[open] button")
    page.wait_for_function("document.querySelector('details[open] pre')?.textContent.includes('request_id')")
    assert page.inner_text("details[open] pre").startswith("HTTP 202")
    page.close()
