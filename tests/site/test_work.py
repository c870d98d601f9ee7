"""What a learner does stays, travels, and does not hide what is new."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import playwright.sync_api
import pytest

from ..firefox import Browser, expect
from .host import Host, serving
from .pages import (
    LONG,
    Context,
    Page,
    front_page,
    lesson_is_shown,
    open_lesson,
    published,
    your_files,
)
from .updates import FIFTH, NEWS, SECOND, site_pages

pytestmark = pytest.mark.browser

JOURNAL = "wsedu/journal.jsonl"
PIECE = "wsedu/pieces/read-header.py"
MINE = SECOND.replace(".ipynb", ".mine.ipynb")
ANSWER = "my own words"

# Bring files to the page as the dialog of the browser does: names and Base64.
CHOOSE = """async files => {
    const chosen = new DataTransfer();
    for (const [name, data] of files) {
        const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
        chosen.items.add(new File([bytes], name));
    }
    const input = document.getElementById("choose");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change"));
}"""

# What the page would give the browser to save, as Base64.
DOWNLOAD = """async () => {
    const make = URL.createObjectURL;
    const saved = new Promise(done => {
        URL.createObjectURL = blob => { done(blob); return make(blob); };
    });
    document.getElementById("download").click();
    const bytes = new Uint8Array(await (await saved).arrayBuffer());
    return btoa([...bytes].map(byte => String.fromCharCode(byte)).join(""));
}"""

# Give one of the learner's files another time of its last change.
DATE = """async ([path, last_modified]) => {
    const { storage } = await (await fetch("course.json")).json();
    const done = asked => new Promise(go => (asked.onsuccess = () => go(asked.result)));
    const database = await done(indexedDB.open(storage));
    const store = database.transaction("files", "readwrite").objectStore("files");
    await done(store.put({ ...(await done(store.get(path))), last_modified }, path));
    database.close();
}"""

# Open a notebook beside the one that JupyterLab shows.
OPEN = "path => jupyterapp.commands.execute('docmanager:open', { path }).then(() => null)"

TEXTS = "css => [...document.querySelectorAll(css)].map(node => node.textContent)"


def work_page(page: Page, host: Host) -> None:
    page.goto(f"{host.url}work.html")
    page.wait_for_function("document.documentElement.dataset.ready === 'true'")


def changed(site: Path, path: str, words: str = ANSWER) -> dict[str, Any]:
    """A notebook with the learner's words in its first cell."""
    notebook = published(site, path)
    notebook["cells"][0]["source"] = words
    return notebook


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.evaluate(CHOOSE, [[name, base64.b64encode(data).decode()] for name, data in files])
    page.wait_for_function("!document.getElementById('plan').hidden")


def steps(page: Page) -> list[str]:
    said: list[str] = page.evaluate(TEXTS, "#steps > li")
    return said


def packed(**files: str) -> bytes:
    """A zip as another program packs it: compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def first_cell(page: Page) -> str:
    """What the first cell of the notebook in JupyterLab says."""
    text: str = page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells[0].getSource()"
    )
    return text


def test_a_newer_lesson_is_shown_unless_you_have_changed_yours(
    context: Context, built_site: Path, newer_site: Path
) -> None:
    with serving(built_site, python=False) as host:
        page = context.new_page()
        for path, words in ((FIFTH, None), (SECOND, ANSWER)):
            open_lesson(page, host.url, path)
            page.evaluate(
                """async words => {
                    const { content, context } = window.jupyterapp.shell.currentWidget;
                    const { sharedModel } = content.model;
                    if (words !== null) sharedModel.cells[0].setSource(words);
                    // An empty cell comes when the last one is run.
                    sharedModel.addCell({ cell_type: "code", source: "" });
                    await context.save();
                }""",
                words,
            )
        assert {FIFTH, SECOND} <= set(your_files_of_lab(page))
        # A link to a lesson opens that one alone: each would start a kernel.
        opened = "[...window.jupyterapp.shell.widgets('main')].map(panel => panel.context?.path)"
        assert page.evaluate(opened) == [SECOND]
    with serving(newer_site, host.port, python=False):
        open_lesson(page, host.url, FIFTH)
        assert NEWS in first_cell(page)
        page.evaluate(OPEN, SECOND)
        lesson_is_shown(page, SECOND)
        assert first_cell(page) == ANSWER
        work_page(page, host)
        (said,) = page.evaluate(TEXTS, "#changed > li p")
        assert said.startswith("The course has a newer version")
        expect(page.locator("#changed button")).to_have_text("Get the newer version")
        page.locator("#changed button").click()
        expect(page.locator("#says")).to_contain_text(f"Your copy is kept as {MINE}")
        assert your_files(page, "get", MINE)["content"]["cells"][0]["source"] == ANSWER
        # Like the fifth lesson above, the second is now what the course has.
        assert SECOND not in your_files(page, "paths")


def your_files_of_lab(page: Page) -> list[str]:
    """The paths that JupyterLite keeps, asked of the store itself."""
    paths: list[str] = page.evaluate(
        """async () => {
            const { storage } = await (await fetch("../course.json")).json();
            const { Files } = await import(new URL("../parts/files.js", location.href));
            return (await Files.open(storage)).paths();
        }"""
    )
    return paths


def test_work_travels_to_another_browser(
    context: Context, browser: Browser, built_site: Path, served_site: Host
) -> None:
    page = front_page(context, served_site.url)
    your_files(page, "put", SECOND, changed(built_site, SECOND))
    your_files(page, "put", FIFTH, published(built_site, FIFTH))
    line = json.dumps({"what": "tried", "name": "read-header", "time": 10})
    your_files(page, "put", JOURNAL, f"\n{line}")
    your_files(page, "put", PIECE, "def read_header(data): ...\n# ünïcode\n")
    page.evaluate(DATE, [PIECE, "1996-02-03T12:00:00Z"])
    work_page(page, served_site)
    data = base64.b64decode(page.evaluate(DOWNLOAD))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        # What is only opened is not your work.
        assert archive.namelist() == [SECOND, JOURNAL, PIECE]
        assert archive.read(PIECE).decode() == "def read_header(data): ...\n# ünïcode\n"
        notebook = json.loads(archive.read(SECOND))
        # Each has the time of its last change: a teacher's tools take the newest of two.
        assert {info.filename for info in archive.infolist() if info.date_time[0] == 1996} == {
            PIECE
        }
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"  # a computer's Jupyter knows it
    with browser.new_context() as elsewhere:
        page = elsewhere.new_page()
        work_page(page, served_site)
        expect(page.locator("#nothing")).to_be_visible()
        choose(page, ("my work.zip", data))
        assert steps(page) == [
            f"{SECOND} brings your changes.",
            f"{JOURNAL} adds 1 line to your journal.",
            f"{PIECE} is new.",
        ]
        page.locator("#bring").click()
        expect(page.locator("#says")).to_contain_text("3 files were brought in.")
        expect(page.locator("#changed > li")).to_have_count(1)
        kept = your_files(page, "get", SECOND)["content"]
        assert kept["cells"][0]["source"] == ANSWER
        assert kept["metadata"]["kernelspec"]["name"] == "python"
        assert your_files(page, "get", JOURNAL)["content"] == f"\n{line}"
        page.goto(served_site.url)
        expect(page.locator(f"li a[data-path='{SECOND}'] + small")).to_contain_text(
            "changed by you"
        )


def test_what_is_wrong_with_brought_files_is_said_before_anything_is_written(
    context: Context, built_site: Path, served_site: Host
) -> None:
    page = front_page(context, served_site.url)
    good = changed(built_site, FIFTH)
    archive = packed(
        **{
            "work/notebooks/en/05_masking.ipynb": json.dumps(good),
            "notebooks/en/own.ipynb": "not JSON",
            "exercises/en/own.ipynb": json.dumps({"nbformat": 3, "worksheets": []}),
            "wsedu/../../etc/passwd": "",
            "photo.jpeg": "",
            "wsedu/pieces/one.py": "one = 1\n",
        }
    )
    damaged = bytearray(packed(**{"wsedu/a.py": "a" * 1000}))
    damaged[40] ^= 0xFF
    work_page(page, served_site)
    choose(page, ("work.zip", archive), ("bad.zip", bytes(damaged)), ("half.zip", archive[:1000]))
    said = steps(page)
    assert [words for words in said if words.startswith(("bad", "half"))] == [
        "bad.zip: This zip cannot be read: it is cut off or damaged.",
        "half.zip: This zip cannot be read: its end is missing.",
    ]
    assert "notebooks/en/own.ipynb is left out: it is not a notebook: it is not JSON." in said
    assert "exercises/en/own.ipynb is left out: it is not a notebook of format 4." in said
    assert "wsedu/../../etc/passwd is left out: its path leads out of the course." in said
    assert "photo.jpeg is left out: it is not a notebook, and not from the folder wsedu." in said
    assert said[-2:] == [f"{FIFTH} brings your changes.", "wsedu/pieces/one.py is new."]
    assert your_files(page, "paths") == []
    page.locator("#bring").click()
    expect(page.locator("#says")).to_contain_text("2 files were brought in.")
    assert {FIFTH, "wsedu/pieces/one.py"} <= set(your_files(page, "paths"))


def test_what_you_bring_never_replaces_yours_without_a_copy(
    context: Context, built_site: Path, served_site: Host
) -> None:
    page = front_page(context, served_site.url)
    your_files(page, "put", SECOND, changed(built_site, SECOND))
    your_files(page, "put", MINE, changed(built_site, SECOND, "older still"))
    lines = [json.dumps({"what": "tried", "name": "a", "time": time}) for time in (1, 2, 3)]
    your_files(page, "put", JOURNAL, f"\n{lines[0]}\n{lines[2]}")
    work_page(page, served_site)
    other = json.dumps(changed(built_site, SECOND, "from elsewhere")).encode()
    journal = packed(**{JOURNAL: f"\n{lines[1]}\n{lines[2]}"})
    # A browser writes a number after a name that it has saved before.
    choose(page, ("02_the_opening_handshake (1).ipynb", other), ("work.zip", journal))
    copy = SECOND.replace(".ipynb", ".mine2.ipynb")
    assert steps(page) == [
        f"{SECOND} replaces yours, which is kept as {copy}.",
        f"{JOURNAL} adds 1 line to your journal.",
    ]
    page.locator("#bring").click()
    expect(page.locator("#says")).to_contain_text("2 files were brought in.")
    for path, words in ((SECOND, "from elsewhere"), (copy, ANSWER), (MINE, "older still")):
        assert your_files(page, "get", path)["content"]["cells"][0]["source"] == words
    assert your_files(page, "get", JOURNAL)["content"] == "".join(f"\n{line}" for line in lines)
    choose(page, ("02_the_opening_handshake.ipynb", other))
    assert steps(page) == [f"{SECOND} is here already."]
    expect(page.locator("#would")).to_contain_text("There is nothing to bring in")
    assert page.evaluate("document.getElementById('bring').getBoundingClientRect().width") == 0


@pytest.mark.parametrize(
    "denied",
    [
        "delete IDBFactory.prototype.databases",
        "Object.defineProperty(window, 'indexedDB', { get() { throw Error('denied') } })",
    ],
)
def test_your_work_says_so_where_the_browser_keeps_nothing(
    denied: str, chromium: playwright.sync_api.Browser, served_site: Host
) -> None:
    with chromium.new_context() as context:
        context.add_init_script(denied)
        page = context.new_page()
        work_page(page, served_site)
        expect(page.locator("#says")).to_contain_text("This browser keeps nothing for this page")
        # Nothing is known of it.
        assert not page.locator("#nothing").is_visible()


def test_page_and_build_agree_on_what_cells_say(
    context: Context, built_site: Path, served_site: Host
) -> None:
    page = front_page(context, served_site.url)
    notebooks = {path: published(built_site, path) for path in (SECOND, FIFTH)}
    notebooks["all kinds"] = {
        "metadata": {},
        "cells": [
            {"cell_type": "raw", "source": ['tab\t "quotes" \\\n', "ü 𝄞 \u2028 \x7f </script>"]},
            {"cell_type": "code", "source": " \n"},
        ],
    }
    for notebook in notebooks.values():
        assert site_pages.hash_of_cells(notebook) == page.evaluate(
            """async notebook => {
                const { hashOfCells } = await import(new URL("parts/renew.js", location.href));
                return hashOfCells(notebook);
            }""",
            notebook,
        )


@pytest.mark.parametrize("name", ["", "work.html"])
def test_pages_fit_a_phone(name: str, context: Context, served_site: Host) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(served_site.url + name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_lesson_has_the_width_of_a_phone(context: Context, served_site: Host) -> None:
    served_site.python.clear()
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    open_lesson(page, served_site.url, SECOND)
    page.wait_for_function(
        "document.querySelector('.jp-Notebook h1')?.getBoundingClientRect().width > 220",
        timeout=LONG,
    )


def test_front_page_leads_to_every_notebook_without_javascript(built_site: Path) -> None:
    html = (built_site / "index.html").read_text("utf-8")
    for path in site_pages.notebooks(built_site):
        assert html.count(f'href="lab/index.html?path={path}"') == 1 + path.startswith(
            "notebooks/en/00"
        )
