"""The page in a real browser: it needs nothing else, filters, searches, and runs no script but its own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.reports.html import page
from eval.reports.report import report
from eval.reports.result import Result
from tests.eval.reports.browser import chromium
from tests.eval.reports.material import HOSTILE, result

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

_LINK = re.compile(r"""(?:src|href|action)\s*=\s*["']?(?![#"'])|url\(|@import|https?://""", re.IGNORECASE)


def _hostile(base: Result) -> Result:
    """The result, with a reply, a name and a note that are markup."""
    first, *others = base.responses
    document = base.document.model_copy(update={"notes": (HOSTILE,)})
    taken = first.model_copy(update={"reply": HOSTILE, "code": f"{HOSTILE}\udc80", "questions": ()})
    return replace(base, name=f"<b>{HOSTILE}", document=document, responses=(taken, *others))


def _written(*results: Result) -> Path:
    file = Path("report.html")
    file.write_text(page(report(results)), encoding="utf-8")
    return file.resolve()


@pytest.fixture
def shown(chromium: Browser) -> Iterator[Page]:
    """The page of two runs of four tasks, whose console must stay empty."""
    said: list[str] = []
    asked: list[str] = []
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(_written(result(), result("never", asks_on=())).as_uri())
    yield tab
    assert said == []
    assert len(set(asked)) == 1  # the page itself
    tab.close()


def _rows(tab: Page) -> list[str]:
    return tab.locator("#list button > span").all_inner_texts()


def test_the_page_names_no_other_address() -> None:
    text = page(report([result()]))
    assert _LINK.findall(text) == []
    assert "default-src 'none'" in html.unescape(text)


def test_filters_and_search_go_together(shown: Page) -> None:
    assert shown.inner_text("#count") == "32 of 32"
    shown.select_option("#category", "1p")
    assert len(_rows(shown)) == 8
    shown.select_option("#run", label="never")
    assert shown.inner_text("#count") == "4 of 32"
    shown.fill("#search", "Own/3")
    assert _rows(shown) == ["Own/3 · 1p"]
    shown.fill("#search", "own/3 SHORTEST nowhere")
    assert _rows(shown) == []
    assert "No conversation" in shown.inner_text("#shown")
    shown.fill("#search", "")
    shown.select_option("#run", "")
    shown.select_option("#category", "")
    shown.select_option("#mark", "good questions")
    assert {row.partition(" · ")[2] for row in _rows(shown)} == {"1p"}


def test_a_conversation_shows_request_questions_answers_and_code(shown: Page) -> None:
    shown.select_option("#category", "1a")
    shown.locator("#list button").nth(1).click()
    article = shown.locator("#shown")
    text = article.inner_text()
    assert "Own/1, 1a, ours" in text
    assert "How long must the words be for pick1?" in text
    assert "no further information" in text
    assert "sorted((w for w in words" in text
    assert article.locator("ins").all_inner_texts() == ["some", "in", "order"]
    assert "1" in article.locator("del").first.inner_text()
    assert "#c=" in shown.url
    linked = shown.url
    shown.reload()
    assert "Own/1, 1a, ours" in shown.inner_text("#shown")
    assert shown.url == linked


def test_the_keyboard_is_enough(shown: Page) -> None:
    shown.keyboard.press("/")
    assert shown.evaluate("document.activeElement.id") == "search"
    shown.keyboard.type("Own/2")
    assert len(_rows(shown)) == 8
    for _ in range(4):
        shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent").startswith("Own/2 · original")
    shown.keyboard.press("ArrowDown")
    assert "Own/2, 1a, ours" in shown.inner_text("#shown")
    shown.keyboard.press("End")
    assert "Own/2, 1p, never" in shown.inner_text("#shown")
    assert shown.locator("#list [aria-current=true]").count() == 1
    shown.keyboard.press("k")
    assert "Own/2, 1c, never" in shown.inner_text("#shown")


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_nothing_is_wider_than_the_window(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark(shown: Page) -> None:
    def paper() -> str:
        colour: str = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    shown.emulate_media(color_scheme="light")
    light = paper()
    shown.emulate_media(color_scheme="dark")
    dark = paper()
    assert light != dark
    shown.click("#theme")
    assert paper() == light


def test_what_a_model_wrote_is_text(chromium: Browser) -> None:
    tab = chromium.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(_written(_hostile(result())).as_uri())
    assert HOSTILE in tab.inner_text("#shown")
    assert HOSTILE in tab.inner_text("#runs")
    assert tab.title() == "How well it asks, and codes"
    assert tab.locator("img").count() == 0
    assert said == []
    tab.close()


def test_a_long_list_is_drawn_in_parts(chromium: Browser) -> None:
    tab = chromium.new_page()
    tab.goto(_written(result(tasks=60)).as_uri())
    assert tab.locator("#list button").count() == 200
    tab.click("#more")
    assert tab.locator("#list button").count() == 240
    assert tab.is_hidden("#more")
    tab.close()
