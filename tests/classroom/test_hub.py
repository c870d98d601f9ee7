"""A real hub for three learners, from the link to a graded exercise.

Run by root, as in CI, each learner is a system user. The learners' Chromium reaches one port, the
hub's: for its pages this machine has no other.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import playwright.sync_api
import psutil
import pytest

from ..answers import LESSONS, cells, solved
from ..jupyter import Notebook
from ..terminal import ROOT
from . import hubs
from .hubs import SEPARATED, Hub, teaching
from .pulling import FOLDER, LESSON, change, git

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git"
    ),
]
playwright.sync_api.expect.set_options(timeout=60_000)  # three learners keep a machine busy
(EXERCISES,) = [lesson for lesson in LESSONS if lesson.number == "00"]
ANSWERED = EXERCISES.exercises[0]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with hubs.started("ada", "ben", "cyd") as hub:
        yield hub


@pytest.fixture(scope="module")
def chromium(hub: Hub) -> Iterator[playwright.sync_api.Browser]:
    with hubs.chromium_of_learners(hub) as browser:
        yield browser


@pytest.fixture(scope="module")
def learners(hub: Hub, chromium: playwright.sync_api.Browser) -> Iterator[list[Notebook]]:
    """Three learners who have followed the link, each in the first lesson."""
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 900}) for _ in range(3)]
    pages = [context.new_page() for context in contexts]
    addresses = (hub.link, hub.link, f"http://{hubs.NAME}/class/")  # the hub's own does the same
    for page, name, address in zip(pages, hub.learners, addresses, strict=True):
        page.set_default_timeout(60_000)
        hub.log_in(page, name, address)  # the three servers start at the same time
    yield [hub.arrived(page) for page in pages]
    for context in contexts:
        context.close()


def ask(notebook: Notebook, code: str) -> str:
    """What a learner's kernel prints, or the name of the exception that it raises."""
    said = notebook.page.evaluate(
        """async code => {
            const said = [];
            const future = window.lesson.sessionContext.session.kernel.requestExecute({code});
            future.onIOPub = ({ content }) => said.push(content.text ?? content.ename ?? "");
            await future.done;
            return said.join("");
        }""",
        code,
    )
    return str(said).strip()


def test_the_link_leads_each_learner_to_the_first_lesson_with_its_pictures(
    hub: Hub, learners: list[Notebook]
) -> None:
    for name, notebook in zip(hub.learners, learners, strict=True):
        assert f"/user/{name}/lab/tree/{FOLDER}/{LESSON}" in notebook.page.url
        picture = notebook.page.locator(".jp-RenderedSVG img").first
        playwright.sync_api.expect(picture).to_be_visible()
        if SEPARATED:
            assert ask(notebook, "import getpass; print(getpass.getuser())") == name


def test_the_login_page_says_what_to_type(hub: Hub, chromium: playwright.sync_api.Browser) -> None:
    with chromium.new_page() as page:
        page.goto(f"http://{hubs.NAME}/class/")
        says = "Your name is on your teacher's list. The password is that of the class."
        playwright.sync_api.expect(page.get_by_text(says)).to_be_visible()


def test_learners_see_no_tools_of_nbgrader_and_keep_the_settings_of_the_hub(
    learners: list[Notebook],
) -> None:
    page = learners[0].page
    settings = json.loads(page.locator("#jupyter-config-data").text_content() or "")
    assert "@jupyter/nbgrader" in [each["name"] for each in settings["federated_extensions"]]
    menus = " ".join(page.locator(".lm-MenuBar-item").all_text_contents())
    assert "Run" in menus and "nbgrader" not in menus.lower()
    for tool in ("Create Assignment", "Validate"):
        assert page.locator(f"[title*='{tool}']").count() == page.get_by_text(tool).count() == 0
    assert settings["hubUser"] == settings["hubServerUser"] != ""


def test_a_page_reaches_the_hubs_port_and_no_other(hub: Hub, learners: list[Notebook]) -> None:
    opens = """url => new Promise(done => {
        const socket = new WebSocket(url);
        socket.onclose = () => done("closed");
        socket.onopen = () => done("open");
    })"""
    code = (
        "from wsedu import Lab; lab = Lab(); from websockets.sync.client import connect\n"
        "with connect(lab.url): print(lab.url)"
    )
    url = ask(learners[0], code)
    assert url.startswith("ws://127.0.0.1:")
    page = learners[0].page
    assert page.evaluate(opens, url) == "closed"
    assert page.evaluate(opens, url.replace("127.0.0.1", "localhost")) == "closed"
    ask(learners[0], "lab.close()")


def test_a_cell_that_wants_too_much_gets_a_memory_error_and_the_others_go_on(
    learners: list[Notebook],
) -> None:
    greedy, *others = learners
    assert ask(greedy, "much = bytearray(3 * 2**30)") == "MemoryError"
    assert ask(greedy, "much = [bytes(2**20) for _ in range(3 * 2**10)]") == "MemoryError"
    for notebook in learners:
        assert ask(notebook, "print(6 * 7)") == "42"


def test_a_learner_reads_nothing_of_another_and_nothing_of_the_hub(
    hub: Hub, learners: list[Notebook]
) -> None:
    if not SEPARATED:
        assert "all learners share your account" in hub.said
        return
    for path in (hub.home(hub.learners[1]), hub.course / "hub" / "private"):
        code = f"import os; os.listdir({str(path)!r})"
        assert ask(learners[0], code) == "PermissionError"


def test_an_exercise_is_checked_in_the_page_then_collected_and_graded(
    hub: Hub, learners: list[Notebook]
) -> None:
    ada, notebook = hub.learners[0], learners[0]
    path = f"exercises/en/{EXERCISES.slug}/00_exercises.ipynb"
    notebook.close()
    notebook.open(f"{FOLDER}/{path}")
    (answer, *_), (check, *_) = (
        list(cells(solved(EXERCISES), ending)) for ending in ("-answer", "-check")
    )
    notebook.run("exercises-start")
    notebook.write(answer.id, answer.source)
    notebook.run(answer.id)
    notebook.run(check.id)
    playwright.sync_api.expect(notebook.output(check.id)).to_contain_text("✔ 00.1")
    notebook.page.evaluate("window.lesson.context.save()")

    collect = teaching("collect").replace("04_frame_layout", EXERCISES.slug)
    assert ada in hub.teacher(collect)
    hub.teacher(teaching("grade").replace("04_frame_layout", EXERCISES.slug))
    with open(hub.course / "grades.csv", newline="", encoding="utf-8") as file:
        grades = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert grades == {name: f"{ANSWERED.stars * (name == ada):.1f}" for name in hub.learners}


@contextmanager
def page_of_the_board(hub: Hub, learners: list[Notebook]) -> Iterator[playwright.sync_api.Page]:
    """The teacher's page, on which a learner has tried an exercise."""
    found = re.search(r"The board, for you alone: http://[\d.:]+(/\S+)", hub.said)
    assert found is not None
    browser = learners[0].page.context.browser
    assert browser is not None
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://{hubs.NAME}{found[1]}")
        playwright.sync_api.expect(page.get_by_text("join_class('nickname')").first).to_be_visible()
        ask(learners[1], "import wsedu; wsedu.join_class('Bee')")
        ask(learners[1], "wsedu.check('read-header', dict(A=True, B=130, C=False, D=256, E=4))")
        yield page


def tried(page: playwright.sync_api.Page) -> playwright.sync_api.Locator:
    row = page.get_by_role("row").filter(has_text="Bee")
    return row.filter(has_text="opcode-with-fin").first


def test_a_learner_joins_the_board_of_the_hub_with_a_nickname_alone(
    hub: Hub, learners: list[Notebook]
) -> None:
    with page_of_the_board(hub, learners) as page:
        playwright.sync_api.expect(tried(page)).to_be_visible()


def test_a_board_that_dies_is_started_again_where_it_was_and_learners_send_all_again(
    hub: Hub, learners: list[Notebook]
) -> None:
    tokens = f"--tokens={hub.course}/hub/private/board.json"
    with page_of_the_board(hub, learners) as page:
        playwright.sync_api.expect(tried(page)).to_be_visible()
        (board,) = [
            process
            for process in psutil.process_iter(["cmdline"])
            if tokens in (process.info["cmdline"] or ())
        ]
        board.kill()
        line = playwright.sync_api.expect(page.locator("body"))
        line.to_have_attribute("data-line", "lost")
        # JupyterHub looks every 30 seconds whether a service has died.
        line.to_have_attribute("data-line", "live", timeout=120_000)
        playwright.sync_api.expect(tried(page)).to_be_visible()
        page.reload()  # and not only left there from before
        playwright.sync_api.expect(tried(page)).to_be_visible()


def test_the_learners_browser_is_the_client_of_the_learners_server(
    learners: list[Notebook],
) -> None:
    notebook = learners[2]
    cell = notebook.first_code_cell()
    code = """
from wsedu import Lab
async def says_4001(connection):
    await connection.close(4001, "from the kernel")
with Lab(handler=says_4001) as lab:
    seen = await lab.browser(until="close")
print([step.name for step in seen.script], seen.script[-1])
"""
    before = notebook.source(cell)
    notebook.write(cell, code)
    notebook.run(cell)
    output = notebook.output(cell)
    playwright.sync_api.expect(output).to_contain_text("4001")
    playwright.sync_api.expect(output).to_contain_text("from the kernel")
    playwright.sync_api.expect(output).not_to_contain_text("No page of this notebook answered")
    notebook.write(cell, before)


def test_a_change_of_the_teacher_arrives_and_what_a_learner_wrote_stays(
    hub: Hub, learners: list[Notebook]
) -> None:
    _, ben, cyd = learners
    mine = cyd.first_code_cell()
    cyd.write(mine, "mine = 1")
    cyd.page.evaluate("window.lesson.context.save()")
    change(hub.course / LESSON, 0, "# Newer words")
    git(hub.course, "commit", "--quiet", "--all", "--message", "Newer words")
    assert hub.teacher(hub.command).strip() == hub.link

    newer, kept = hub.link_again(ben), hub.link_again(cyd)
    playwright.sync_api.expect(
        newer.page.get_by_role("heading", name="Newer words")
    ).to_be_visible()
    assert kept.page.get_by_role("heading", name="Newer words").count() == 0
    assert kept.source(mine) == "mine = 1"
    for notebook, says_it in ((kept, True), (newer, False)):
        notebook.page.evaluate("window.lesson.sessionContext.session.kernel.restart()")
        said = ask(notebook, "import wsedu; print(wsedu.__name__)")
        assert said.endswith("wsedu")
        assert ("rename yours and open the link" in said) == says_it

    # In the other tab the notebook is as it was. What it saves does not replace the newer one.
    ben.write(mine, "mine = 2")
    ben.page.evaluate("void window.lesson.context.save()")
    dialog = ben.page.get_by_role("dialog")
    playwright.sync_api.expect(dialog).to_contain_text("changed on disk")
    dialog.get_by_role("button", name="Cancel").click()
    assert "Newer words" in (hub.home(hub.learners[1]) / FOLDER / LESSON).read_text("utf-8")
