"""The teacher's page of the board: 300 learners on real sockets, looked at in both browsers."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import Any

import playwright.sync_api
import pytest
from wsedu_classroom.board.course import installed
from wsedu_classroom.board.matrix import Matrix

from ..classroom.played import CLASS, TEACHER, Session, board
from ..classroom.simulated import Players, simulate
from ..firefox import Browser, expect, kind
from ..npm import packages
from .scenes import Page
from .test_accessibility import serious

pytestmark = pytest.mark.browser

COURSE = installed()
LESSONS = {lesson["number"]: lesson for lesson in COURSE.lessons}
EXERCISES = [one["name"] for one in LESSONS["04"]["exercises"]]

# What the page shows, as data.
ROWS = """[...document.querySelectorAll("#matrix tbody tr")].map(row => [
    row.dataset.learner, row.querySelector("bdi").textContent, [...row.cells].slice(1).map(cell =>
        ["b", "small"].map(css => cell.querySelector(css)?.textContent ?? ""))])"""
STUCK = '[...document.querySelectorAll("#stuck tbody tr")].map(row => row.dataset.learner)'
SHARED = '[...document.querySelectorAll("#shared li")].map(item => item.textContent)'
COUNTS = """[...document.querySelectorAll("#predictions article")].map(card => [
    card.dataset.prediction, ...["before", "after"].map(when =>
        [...card.querySelectorAll(`.${when} .count`)].map(bar => parseInt(bar.textContent)))])"""
FIGURES = '["stuck", "here", "left"].map(id => document.getElementById(`${id}-count`).textContent)'
WHOLE = "document.documentElement.outerHTML"
ORDER = '[...document.querySelectorAll("#matrix tbody tr")].map(row => row.dataset.learner)'


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with ExitStack() as exits:
        yield Session(simulate(seed=1, learners=300), exits)


@pytest.fixture
def few() -> Iterator[Session]:
    """A small class of its own."""
    with ExitStack() as exits:
        yield Session(simulate(seed=2, learners=2, lessons=["04"], minutes=25), exits)


@contextmanager
def opened(page: Page, session: Session, view: str = "", width: int = 1280) -> Iterator[Any]:
    """The board's page in a tab, which leaves it in the end."""
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(f"{session.address}#{view}")
    try:
        wait_until_live(page, len(session.simulated.nicks))
        yield page
    finally:  # also if the test fails: another view of the same page would load nothing anew
        page.goto("about:blank")


def until(page: Any, condition: str) -> None:
    """Wait until it holds. The page forbids the eval that Playwright's own way needs."""
    assert page.evaluate(f"async () => {{ {UNTIL} return until(() => {condition}) }}"), condition


UNTIL = """
    async function until(holds) {
        const end = performance.now() + 30_000;
        while (!holds() && performance.now() < end)
            await new Promise(done => setTimeout(done, 20));
        return holds();
    }
"""


def wait_until_live(page: Any, learners: int) -> None:
    until(
        page,
        f"""document.body.dataset.line === "live" &&
        document.querySelectorAll("#matrix tbody tr").length === {learners} &&
        document.querySelectorAll("#matrix tbody td").length >= {learners}""",
    )


# What is shown.


def in_signs(cell: dict[str, Any] | None) -> list[str]:
    """A cell of the matrix as the page writes it, without the time."""
    if not cell or not cell["tries"]:
        return ["", ""]
    if cell["state"] == "passed":
        return ["✔", ""]
    what = "raised an error" if cell["state"] == "raised" else cell["mistake"]
    return [f"✘ {cell['tries']}", what or "not recognised"]


def rows_of(matrix: Matrix) -> dict[str, list[Any]]:
    return {
        learner: [row.nick, [in_signs(row.cells.get(name)) for name in EXERCISES]]
        for learner, row in matrix.rows.items()
    }


def attempts_of(matrix: Matrix) -> dict[str, tuple[str, dict[str, Any]]]:
    """The exercise that each learner tried last, if it is not passed and the class is not ahead."""
    homes = {
        one["name"]: number
        for number, lesson in LESSONS.items()
        for one in [*lesson["exercises"], *lesson["predictions"]]
    }
    found = {}
    for learner, row in matrix.rows.items():
        tried = [(cell["last"], name) for name, cell in row.cells.items() if cell["tries"]]
        if not tried:
            continue
        last, name = max(tried)
        elsewhere = [t for key, (*_, t) in row.choices.items() if homes[key] != homes[name]]
        if row.cells[name]["state"] != "passed" and max(elsewhere, default=0) < last:
            found[learner] = (name, row.cells[name])
    return found


def stuck_in(matrix: Matrix, now: float) -> set[str]:
    return {
        learner
        for learner, (_, cell) in attempts_of(matrix).items()
        if cell["tries"] >= 2 or now - cell["since"] >= 120
    }


def test_every_cell_of_the_page_is_that_of_the_matrix(tab: Page, session: Session) -> None:
    matrix = session.matrix()
    with opened(tab, session) as page:
        # At one moment: the page may learn that another learner is stuck.
        rows, listed, figures = page.evaluate(f"[{ROWS}, {STUCK}, {FIGURES}]")
        assert {learner: [nick, cells] for learner, nick, cells in rows} == rows_of(matrix)
        # Five seconds may pass until a learner with one try is listed.
        sure, possible = (stuck_in(matrix, time.time() + more) for more in (-10, 1))
        assert len(listed) > 20 and sure <= set(listed) <= possible
        since = [attempts_of(matrix)[learner][1]["since"] for learner in listed]
        # A busy machine may be a little late with an event, and its time is that of its arrival.
        assert all(one <= next_one + 10 for one, next_one in pairwise(since)), "the longest first"
        assert figures == [str(len(listed)), "300", "0"]
        # The first rows are those who are stuck in this lesson, the longest first.
        here = [learner for learner in listed if attempts_of(matrix)[learner][0] in EXERCISES]
        assert here and [learner for learner, *_ in rows][: len(here)] == here


def test_shared_mistakes_are_counted_and_said(tab: Page, session: Session) -> None:
    shared: Counter[tuple[str, str]] = Counter()
    for name, cell in attempts_of(session.matrix()).values():
        if cell["mistake"]:
            shared[name, cell["mistake"]] += 1
    (name, mistake), count = shared.most_common(1)[0]
    exercises = {one["name"]: one for lesson in COURSE.lessons for one in lesson["exercises"]}
    number, sentence = exercises[name]["number"], exercises[name]["mistakes"][mistake]
    with opened(tab, session) as page:
        said = page.evaluate(SHARED)
    assert said[0] == f"{count} learners in {number}: {mistake}{sentence}"


def test_predictions_are_counted_before_and_after(tab: Page, session: Session) -> None:
    choices = [row.choices for row in session.matrix().rows.values()]
    wanted = []
    for prediction in LESSONS["04"]["predictions"]:
        votes = [all_of[prediction["name"]] for all_of in choices if prediction["name"] in all_of]
        options = range(len(prediction["options"]))
        tally = [[sum(vote[when] == one for vote in votes) for one in options] for when in (0, 1)]
        wanted.append([prediction["name"], *tally])
    with opened(tab, session) as page:
        assert page.evaluate(COUNTS) == wanted
        card = page.locator("#predictions article").first
        expect(card.locator(".right")).to_have_count(0)
        card.locator("button").click()
        right = LESSONS["04"]["predictions"][0]
        expect(card.locator(".right .option")).to_have_text(right["options"][right["right"]])
        card.locator("button").click()
        expect(card.locator(".right")).to_have_count(0)


def test_all_lessons_are_one_matrix(tab: Page, session: Session) -> None:
    matrix = session.matrix()
    names = [one["name"] for lesson in COURSE.lessons for one in lesson["exercises"]]
    signs = {"passed": "✔", "not yet": "✘", "raised": "✘"}
    with opened(tab, session, "lesson=all&sort=name") as page:
        rows = page.evaluate(
            """[...document.querySelectorAll("#matrix tbody tr")].map(row => [
                row.dataset.learner, [...row.cells].slice(1).map(cell => cell.textContent)])"""
        )
    assert dict(rows) == {
        learner: [signs[cells[name]["state"]] if name in cells else "" for name in names]
        for learner, cells in ((learner, row.cells) for learner, row in matrix.rows.items())
    }


# Nicknames are chosen by strangers, and may not be for all to see.


def test_a_nickname_is_only_text_and_keeps_to_its_cell(tab: Page, session: Session) -> None:
    with opened(tab, session) as page:
        heights, widths, inside = page.evaluate(
            """(() => {
                const rows = [...document.querySelectorAll("#matrix tbody tr")];
                const names = rows.map(row => row.cells[0]);
                return [rows.map(row => row.offsetHeight), names.map(name => name.offsetWidth),
                    names.map(name => name.querySelector("bdi").children.length)];
            })()"""
        )
        assert len(set(heights)) == len(set(widths)) == 1 and set(inside) == {0}


def test_hidden_nicknames_are_nowhere_in_the_page(tab: Page, session: Session) -> None:
    with opened(tab, session, "names=hidden") as page:
        html = page.evaluate("document.documentElement.outerHTML")
        names = [row[1] for row in page.evaluate(ROWS)]
    nicks = set(session.simulated.nicks.values()) - {"✘ 3"}  # which looks like a cell
    assert [nick for nick in nicks if f">{nick}<" in html] == []
    assert "WWWWW" not in html and "margaret" not in html
    assert sorted(names) == sorted(f"learner {number}" for number in range(1, 301))


# How it changes.


def test_no_row_moves_under_the_pointer(tab: Page, session: Session) -> None:
    mistake = sorted(LESSONS["04"]["exercises"][3]["mistakes"])[0]
    with opened(tab, session) as page:
        order = page.evaluate(ORDER)
        page.locator("#matrix td.stuck").first.hover()
        expect(page.locator("#detail")).to_be_visible()
        for _try in range(2):
            session.happen(
                order[0], what="tried", name=EXERCISES[3], outcome="not yet", mistake=mistake
            )
        session.happen(order[1], what="tried", name=EXERCISES[2], outcome="passed", mistake="")
        first = page.locator("#matrix tbody tr").nth(1).locator("td").nth(2)
        expect(first).to_have_text("✔")
        assert page.evaluate(ORDER) == order
        expect(page.locator("#held")).to_be_visible()
        page.mouse.move(2, 2)
        until(page, f"({ORDER})[1] !== {order[1]!r}")
        expect(page.locator("#held")).to_have_count(1)
        expect(page.locator("#detail")).to_have_attribute("hidden", "")


def test_a_scrolled_matrix_stays_where_it_is(tab: Page, session: Session) -> None:
    with opened(tab, session, "lesson=all") as page:
        page.evaluate('document.querySelector("#matrix .scroll").scrollTop = 2000')
        learner = page.evaluate(ORDER)[0]
        cell = page.locator(f'tr[data-learner="{learner}"] td[data-exercise="close-frame"]')
        session.happen(learner, what="tried", name="close-frame", outcome="passed", mistake="")
        expect(cell.first).to_have_text("✔")
        assert page.evaluate('document.querySelector("#matrix .scroll").scrollTop') == 2000


def test_keys_reach_every_cell_and_its_sentence(tab: Page, session: Session) -> None:
    with opened(tab, session) as page:
        page.locator("#matrix tbody th").first.focus()
        found = page.evaluate(
            """[...document.querySelector("#matrix tbody tr").cells].findIndex(
                cell => cell.classList.contains("stuck"))"""
        )
        for _step in range(found):
            page.keyboard.press("ArrowRight")
        focused = page.locator("#matrix td:focus")
        expect(focused).to_have_attribute("aria-describedby", "detail")
        learner = page.evaluate(ORDER)[0]
        name, cell = attempts_of(session.matrix())[learner]
        exercise = next(one for one in LESSONS["04"]["exercises"] if one["name"] == name)
        expect(page.locator("#detail .who")).to_contain_text(exercise["title"])
        expect(page.locator("#detail .sentence")).to_have_text(
            exercise["mistakes"].get(cell["mistake"], "")
        )
        page.keyboard.press("Escape")
        expect(page.locator("#detail")).to_have_attribute("hidden", "")


def test_the_page_fits_a_phone(tab: Page, session: Session) -> None:
    with opened(tab, session, width=390) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_counts_in_the_column_heads_fit_a_phone(tab: Page, session: Session) -> None:
    with opened(tab, session, width=390) as page:
        beyond = page.evaluate(
            """[...document.querySelectorAll("#matrix thead small")].map(counts =>
                counts.getBoundingClientRect().right -
                counts.closest("th").getBoundingClientRect().right)"""
        )
    assert len(beyond) == len(EXERCISES) and max(beyond) <= 0


@pytest.mark.parametrize("width", [700, 1280, 1920])
def test_the_large_line_is_broken_before_the_nickname_and_not_in_the_token(
    tab: Page, session: Session, width: int
) -> None:
    with opened(tab, session, width=width) as page:
        line = page.locator("#join").text_content()
        page.locator("#large").click()
        assert page.locator("#large-join code").text_content() == line
        words, lines, fits = page.evaluate(
            """(() => {
                const words = [...document.querySelectorAll("#large-join .word")];
                const dialog = document.getElementById("large-join");
                return [words.map(word => word.textContent),
                    words.map(word => Math.round(word.getBoundingClientRect().height /
                        parseFloat(getComputedStyle(word).lineHeight))),
                    dialog.scrollWidth <= dialog.clientWidth];
            })()"""
        )
    assert words[-1] == "'nickname')" and CLASS in words[-2]
    assert set(lines) == {1} and fits


def test_the_large_line_breaks_neither_the_host_nor_the_token_on_a_phone(
    tab: Page, session: Session
) -> None:
    with opened(tab, session, width=390) as page:
        page.locator("#large").click()
        lines, fits = page.evaluate(
            """((...wanted) => {
                const dialog = document.getElementById("large-join");
                const linesOf = (words) => {
                    const texts = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT);
                    while (!texts.nextNode().data.includes(words));
                    const text = texts.currentNode, range = document.createRange();
                    range.setStart(text, text.data.indexOf(words));
                    range.setEnd(text, range.startOffset + words.length);
                    return range.getClientRects().length;
                };
                return [wanted.map(linesOf), dialog.scrollWidth <= dialog.clientWidth];
            })"""
            f"('ws://127.0.0.1:{session.port}/', '{CLASS}')"
        )
    assert lines == [1, 1] and fits


def test_axe_finds_nothing_serious(chromium: playwright.sync_api.Browser, few: Session) -> None:
    for scheme, view in (("light", ""), ("dark", "lesson=all")):
        with chromium.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{few.address}#{view}")
            wait_until_live(page, 2)
            # The page lets no script in that is not its own; axe is evaluated by the debugger.
            page.evaluate((packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
            assert serious(page) == []


def test_a_change_touches_only_its_own_cell(browser: Browser, tab: Page, session: Session) -> None:
    learner = list(session.simulated.nicks)[20 + (kind(browser) == "firefox")]
    with opened(tab, session, "lesson=all&sort=name") as page:
        page.evaluate(
            """(() => {
                window.touched = new Set();
                const note = ({ target }) => touched.add(target.closest("td, th, tbody"));
                new MutationObserver(changes => changes.forEach(note)).observe(
                    document.querySelector("#matrix tbody"),
                    { subtree: true, childList: true, attributes: true });
            })()"""
        )
        for name in ("close-frame", "parse-close", "backoff"):
            session.happen(learner, what="tried", name=name, outcome="passed", mistake="")
            cell = f'tr[data-learner="{learner}"] td[data-exercise="{name}"]'
            until(page, f"document.querySelector('{cell}').textContent === '✔'")
        changed = page.evaluate(
            """[...window.touched].map(({ parentElement, dataset }) =>
                [parentElement.dataset.learner, dataset.exercise])"""
        )
    mine = [name for who, name in changed if who == learner]
    assert {"close-frame", "parse-close", "backoff"} <= set(mine)
    # Those of others are times that went on meanwhile: signs of a learner who is stuck for long.
    assert len(changed) < 30


# When something is lost.


# Without the minutes, which go on.
PICTURE = f"[({ROWS}).sort((a, b) => a[0] < b[0] ? -1 : 1), {COUNTS}]"


def test_pages_and_all_events_come_back_after_a_killed_server(
    tab: Page, own_page: Page, session: Session
) -> None:
    ada = next(iter(session.simulated.nicks))
    with opened(tab, session) as left:
        with opened(own_page, session) as right:
            session.process.kill()
            session.process.wait()
            for page in (left, right):
                expect(page.locator("#line")).to_contain_text("Connection lost. This picture is")
                assert len(page.evaluate(ROWS)) == 300, "the old picture stays"
        # The right page is lost as well, and meanwhile the class goes on.
        event = {"what": "tried", "name": EXERCISES[0], "outcome": "passed", "mistake": ""}
        session.happen_all([(ada, event)])
        session.begin_again()
        session.players.wait_until_all_is_known()
        left.evaluate("document.querySelector('#line button').click()")  # do not wait longer
        with opened(own_page, session) as right:
            seen = right.evaluate(PICTURE)
            left.bring_to_front()
            same = f"JSON.stringify({PICTURE}) === JSON.stringify({json.dumps(seen)})"
            left.evaluate(f"async () => {{ {UNTIL} await until(() => {same}) }}")
            assert left.evaluate(PICTURE) == seen
            assert left.evaluate(FIGURES)[1] == "300"
    found = {learner: [nick, cells] for learner, nick, cells in seen[0]}
    assert found == rows_of(session.matrix())


def test_a_class_begins_with_the_line_to_join_and_ends_after_one_question(page: Page) -> None:
    with board() as (process, port):
        page.goto(f"http://127.0.0.1:{port}/{TEACHER}/")
        line = f"join_class('ws://127.0.0.1:{port}/{CLASS}'"
        expect(page.locator("#waiting-for code")).to_contain_text(line)
        expect(page.locator("#network")).to_contain_text("this machine only")
        page.locator("#large").click()
        expect(page.locator("#large-join code")).to_contain_text(line)
        page.locator("#large-join button").click()
        url = f"ws://127.0.0.1:{port}/{CLASS}/learner"
        with Players(url, {"learner-1": "ada"}, time.time):
            expect(page.locator("#matrix tbody th")).to_have_text("ada")
            alone = "No two learners who are stuck share a mistake."
            expect(page.locator("#shared .empty")).to_have_text(alone)
            page.locator("#end").click()
            page.locator("#ending button").first.click()  # keep it open
            page.locator("#end").click()
            expect(page.locator("#leaving")).to_contain_text("1 learner will leave the board")
            page.locator("#yes").click()
            expect(page.locator("#line")).to_contain_text("The class has ended.")
            # What the class no longer has is not shown: no line to join, no empty tables.
            gone = ["main", "#join", ".buttons", "#ending"]
            shown = [
                css
                for css in gone
                if page.evaluate(f"document.querySelector('{css}').checkVisibility()")
            ]
            assert shown == []
            assert process.wait(20) == 0
        assert re.search("undefined|NaN|null", page.locator("body").inner_text()) is None


def test_a_page_keeps_no_nickname_of_a_class_that_has_ended(tab: Page, few: Session) -> None:
    nicks = few.simulated.nicks
    for learner in nicks:
        for _try in range(2):
            few.happen(learner, what="tried", name=EXERCISES[3], outcome="raised", mistake="")
    with opened(tab, few) as page:
        until(page, f"({STUCK}).length === {len(nicks)}")
        page.locator("#stuck tbody td").first.hover()  # the list is held, and says more
        expect(page.locator("#detail .who")).to_contain_text(min(nicks.values())[0])
        assert all(nick in page.evaluate(WHOLE) for nick in nicks.values())
        page.evaluate('["end", "yes"].forEach(id => document.getElementById(id).click())')
        until(page, f"({ORDER}).length + ({STUCK}).length === 0")
        expect(page.locator("#line")).to_contain_text("The class has ended.")
        red, bar = page.evaluate(
            """["var(--long)", ""].map(colour => {
                const line = document.getElementById("line");
                line.style.background = colour;
                return getComputedStyle(line).backgroundColor;
            })"""
        )
        assert red != bar
        assert [nick for nick in nicks.values() if nick in page.evaluate(WHOLE)] == []
        assert page.evaluate(FIGURES) == ["0", "0", "0"]
