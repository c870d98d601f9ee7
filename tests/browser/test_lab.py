"""scripts/lab.py in an environment that has nbgrader too: a teacher's, or a developer's."""

import json
import os
import re
import sqlite3
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ..terminal import Terminal, clone, shell

pytestmark = pytest.mark.browser


def test_a_learner_sees_the_lesson_and_no_tool_of_a_teacher(
    chromium: Browser, tmp_path: Path
) -> None:
    course, home = clone(tmp_path / "course"), tmp_path / "home"
    # One notebook was changed, and one is somebody else's: both have a picture.
    lesson = course / "notebooks/en/00_start_here.ipynb"
    changed = lesson.read_text().replace("One TCP connection", "Another TCP connection")
    lesson.with_name("changed.ipynb").write_text(changed)
    command = f"{sys.executable} scripts/lab.py --ServerApp.port=0"
    paths = os.pathsep.join([str(course), str(course / "classroom")])
    terminal = Terminal(command, course, shell(home) | {"PYTHONPATH": paths})
    try:
        address = terminal.address()
        with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.goto(address)
            picture = page.locator(".jp-OutputArea .jp-RenderedSVG").first
            picture.scroll_into_view_if_needed()
            expect(picture).to_be_visible(timeout=60_000)

            # nbgrader is there, but none of its menus, panels and buttons.
            config = json.loads(page.locator("#jupyter-config-data").text_content())
            assert "@jupyter/nbgrader" in [e["name"] for e in config["federated_extensions"]]
            names = page.locator(".lm-MenuBar-item").all_text_contents()
            assert "Run" in names and not re.search("(?i)nbgrader", " ".join(names))
            for tool in ("Create Assignment", "Validate"):
                expect(page.get_by_text(tool)).to_have_count(0)
                expect(page.locator(f"[title*='{tool}']")).to_have_count(0)

            page.goto(address.replace("00_start_here", "changed"))
            text = page.locator(".jp-OutputArea .jp-RenderedText", has_text="Another TCP").first
            expect(text).to_be_visible(timeout=60_000)
            expect(page.locator(".jp-Notebook:visible .jp-RenderedSVG")).to_have_count(0)
    finally:
        status = terminal.ctrl_c()
    assert status == 0, terminal.text
    # The learner's list of trusted notebooks has grown by the one of the course that was opened.
    with sqlite3.connect(home / ".local/share/jupyter/nbsignatures.db") as database:
        [(count,)] = database.execute("select count(*) from nbsignatures")
    database.close()
    assert count == 1
