"""The replay page: self-contained, deaf to what files say, and usable in a browser (Chromium, where there is one)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.commands import replay
from agent.errors import UserError
from agent.replay import page, read_run
from tests.agent.recorded import EVENTS, HOSTILE, recorded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FRAMES = 9
"""Understood, opened, two passes, failure, noise again, a pass, passed, the end."""


class Outline(HTMLParser):
    """Tags in order, and the text of every script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        assert not {name for name in found if name.startswith("on") or name in ("src", "style")}, attrs
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] in (["script"], ["style"]) and data.strip():
            self.scripts.append(data)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(read_run(recorded(tmp_path_factory.mktemp("run"))))


def test_page_is_ascii_markup_whatever_the_files_hold(text: str) -> None:
    outline = Outline(text)
    assert outline.tags.count("script") == 2 and "img" not in outline.tags
    assert json.loads(outline.scripts[1])["moments"][2]["slots"][1]["after"] == HOSTILE
    assert "\u202e" not in text and "<!-- " not in text.partition("<body>")[2]


def test_page_asks_the_network_for_nothing(text: str) -> None:
    assert not re.search(r"(?:https?:)?//[a-z]|@import|url\(|fetch\(|XMLHttp|\bimport\(", text.replace("2.2 s", "").partition('id="run"')[0])
    script = Outline(text).scripts[2]
    assert not re.search(r"fetch\(|XMLHttp|\bimport\b|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)


def test_policy_names_the_digests_of_the_very_style_and_script(text: str) -> None:
    outline = Outline(text)
    style, script = outline.scripts[0], outline.scripts[2]
    for part in (style, script):
        assert base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() in outline.policy
    assert "default-src 'none'" in outline.policy and "unsafe" not in outline.policy


def test_command_writes_beside_the_recording_and_never_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = recorded(tmp_path)
    assert replay.run(run_file=run, out=None, force=False) == 0
    assert (tmp_path / "run.html").read_text().startswith("<!doctype html>") and "run.html" in capsys.readouterr().out
    with pytest.raises(UserError, match="there already"):
        replay.run(run_file=run, out=None, force=False)
    assert replay.run(run_file=run, out=tmp_path / "run.html", force=True) == 0
    assert replay.run(run_file=run, out=Path("-"), force=False) == 0 and "<!doctype html>" in capsys.readouterr().out


# ---- In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Opener:
    """Opens pages without a network, and remembers what they complain about."""

    def __init__(self, browser: Browser, place: Path) -> None:
        self._browser, self._place = browser, place
        self.complaints: list[str] = []

    def __call__(self, *, width: int = 1366, scheme: str = "light", still: bool = True, frame: int | None = 0) -> Page:
        motion = "reduce" if still else "no-preference"
        context = self._browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion=motion, offline=True  # type: ignore[arg-type]
        )
        made = context.new_page()
        made.on("pageerror", lambda error: self.complaints.append(str(error)))
        made.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        made.goto(f"file://{self._place}" + (f"#frame={frame}" if frame is not None else ""))
        return made


@pytest.fixture
def opened(browser: Browser, place: Path) -> Iterator[Opener]:
    opener = Opener(browser, place)
    yield opener
    assert opener.complaints == []


@pytest.fixture(scope="module")
def place(text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "run.html"
    target.write_text(text, encoding="utf-8")
    return target


def wait_for(shown: Page, frame: int) -> None:
    """Until the page has played to a frame; its policy forbids what playwright would use for that."""
    for _ in range(300):
        if int(shown.locator("#slider").input_value()) >= frame:
            return
        shown.wait_for_timeout(100)
    pytest.fail("it does not play")


def test_hostile_content_is_text_in_the_browser(opened: Opener) -> None:
    shown = opened(frame=FRAMES)
    assert "owned" not in shown.title().partition("\u2013")[2] and shown.locator("img").count() == 0
    assert HOSTILE in (shown.locator("h1").text_content() or "")
    assert HOSTILE in "".join(shown.locator(".code").all_text_contents())
    assert shown.evaluate("document.scripts.length") == 2


def test_keys_step_through_every_frame_and_stop_at_the_ends(opened: Opener) -> None:
    shown = opened()
    said = []
    for _ in range(FRAMES + 2):
        said.append(shown.locator("#status").text_content() or "")
        shown.keyboard.press("ArrowRight")
    assert len(set(said)) == FRAMES and said[-1] == said[-2] == "Proposed; nothing was written."
    shown.keyboard.press("Home")
    assert shown.locator("#status").text_content() == said[0]
    shown.keyboard.press("End")
    shown.keyboard.press("ArrowLeft")
    assert shown.locator("#status").text_content() == "The checks passed."


def test_place_appears_as_noise_is_decided_revised_and_settles(opened: Opener) -> None:
    shown = opened(frame=1)
    slot = shown.locator(".slot").filter(has_text="load").nth(2)
    classes = []
    for _ in range(2, FRAMES):
        classes.append(slot.get_attribute("class") or "")
        shown.keyboard.press("ArrowRight")
    assert "noise" in classes[0] and "noise" in classes[1] and "change" in classes[1]
    assert "held" in classes[2] and "keep" in classes[2] and "revised" in classes[2]
    assert "noise" in classes[4] and "held" in classes[5] and "change" in classes[5]


def test_slider_moves_the_frame_and_space_plays(opened: Opener) -> None:
    shown = opened()
    shown.locator("#slider").fill("4")
    assert "failure" in (shown.locator("#status").text_content() or "")
    shown.locator("h1").click()
    shown.keyboard.press(" ")
    wait_for(shown, FRAMES - 1)


def test_place_can_be_chosen_by_keyboard_and_tells_its_history(opened: Opener) -> None:
    shown = opened(frame=FRAMES)
    shown.locator(".slot").nth(1).focus()
    shown.keyboard.press("Enter")
    assert shown.locator("#place").is_visible() and shown.locator("#place li").count() >= 2
    shown.keyboard.press("Escape")
    assert not shown.locator("#place").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390, 320])
def test_page_fits_and_follows_the_colour_scheme(opened: Opener, width: int, scheme: str) -> None:
    shown = opened(width=width, scheme=scheme, frame=4)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    red = int(re.findall(r"\d+", shown.evaluate("getComputedStyle(document.body).backgroundColor"))[0])
    assert (red > 200) is (scheme == "light")
    shown.locator(".slot").first.click()
    assert shown.locator("#close").is_visible()


def test_page_plays_by_itself_unless_motion_is_unwanted(opened: Opener) -> None:
    moving = opened(still=False, frame=None)
    wait_for(moving, 1)
    still = opened(frame=None)
    still.wait_for_timeout(1500)
    assert still.locator("#slider").input_value() == "0"


def test_receipt_adds_up(opened: Opener) -> None:
    shown = opened(frame=FRAMES)
    assert shown.locator("#receipt tr.sum td").all_text_contents() == ["all", "4", "3", "0", "1"]
    assert len(EVENTS) == FRAMES
