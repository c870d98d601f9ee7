"""Lessons whose programs are missing: the runs that were recorded take their place."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from wsedu import Recording, components, needs
from wsedu.live import kept_runs, programs
from wsedu.live.programs import COMPONENTS, Missing

ROOT = Path(__file__).parent.parent.parent
LESSONS = [
    path
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    if "@needs(" in path.read_text(encoding="utf-8")
]
EVERYTHING = " ".join(COMPONENTS)
# What is said above a run that was recorded: one line, wrapped.
SAID = re.compile(r"Recorded on [\d-]+ with [^.]*(?:\.\d[^.]*)*\.\n")
SECONDS = re.compile(r"\b(\d+\.\d\d s|\d+\.\d ms)\b")

pytestmark = pytest.mark.anyio


def outputs(notebook: Any) -> dict[str, list[str]]:
    """What each cell shows, without seconds and without where it comes from."""
    shown: dict[str, list[str]] = {}
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"]:
        said = ""
        for output in cell.outputs:
            data = output.get("data", {})
            said += output.get("text", "") + data.get("text/plain", "")
            said += data.get("image/svg+xml", "") + data.get("image/png", "")
            said += "".join(output.get("traceback", []))
        shown[cell.id] = SECONDS.sub("TIME", SAID.sub("", said)).splitlines()
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_without_its_programs_a_lesson_shows_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(programs.WITHOUT, EVERYTHING)
    notebook = nbformat.read(path, as_version=4)
    stored = outputs(notebook)
    NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": path.parent}}, coalesce_streams=True
    ).execute()
    said = [o.get("text", "") for c in notebook.cells for o in c.get("outputs", [])]
    calls = sum("Recorded on" in text for text in said)
    assert calls, "the runs are said to be recorded"
    assert "Your code" not in "".join(said), "record the runs anew: scripts/record_runs.py"
    shown = outputs(notebook)
    listed = [c.id for c in notebook.cells if re.search(r"^components\(", c.source, re.M)]
    assert listed == list(shown)[: len(listed)], "the first cell says what is missing"
    for cell in listed:
        assert "missing" in "\n".join(shown.pop(cell)) and stored.pop(cell)
    assert shown == stored


def test_every_kept_run_is_one_of_a_lesson() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in LESSONS)
    functions = re.findall(r"@needs\([^)]*\)\\n\",\s+\"async def (\w+)\(", text)
    assert sorted({path.stem for path in kept_runs.RUNS.glob("*.json")}) == sorted(functions), (
        "two functions of one name would share their runs"
    )


def test_runs_that_are_kept_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in kept_runs.RUNS.glob("*.json")}
    assert max(sizes.values()) < 100_000 and sum(sizes.values()) < 300_000, sizes


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs are kept, and all of them are."""
    monkeypatch.setattr(kept_runs, "RUNS", tmp_path)
    monkeypatch.setenv(kept_runs.RECORD, "1")
    return tmp_path


VALUES = [
    None,
    1006,
    0.25,
    True,
    "text",
    b"\x81\x05",
    [1, (2, b"3")],
    {"a": (1,), 2: [b""]},
    (Recording(), "log"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_a_kept_run_returns_what_the_function_did(
    value: object, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    @needs("trustme")
    async def made(*args: object, **words: object) -> object:
        calls.append(args)
        return value

    assert await made("x", n=1) == value
    assert capsys.readouterr().out == ""
    monkeypatch.setenv(programs.WITHOUT, "trustme")
    assert await made("x", n=1) == value
    assert calls == [("x",)], "the second time, nothing ran"
    assert re.fullmatch(r"Recorded on [\d-]+ with trustme [\d.]+\.\n", capsys.readouterr().out)


async def test_a_call_that_was_not_recorded_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @needs("trustme", "nginx")
    async def asked(number: int) -> int:
        return number

    await asked(1)
    monkeypatch.setenv(programs.WITHOUT, "trustme")
    with pytest.raises(Missing, match=r"^trustme is missing here, .*environment\.py world$"):
        await asked(2)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        '{"": 1}',
        '{"": {}}',
        '{"": {"date": "", "versions": {}, "source": "", "value": {}}}',
    ],
)
async def test_a_file_of_runs_that_is_damaged_is_named(
    damaged: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @needs("trustme")
    async def asked() -> int:
        return 1

    (folder / "asked.json").write_text(damaged, encoding="utf-8")
    monkeypatch.setenv(programs.WITHOUT, "trustme")
    with pytest.raises(ValueError, match=r"^wsedu/live/runs/asked\.json is damaged.* git restore"):
        await asked()


async def test_a_function_that_was_changed_since_is_said_to_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @needs("trustme")
    async def asked() -> int:
        return 1

    await asked()
    monkeypatch.setenv(programs.WITHOUT, "trustme")

    @needs("trustme")
    async def asked() -> int:  # type: ignore[no-redef]  # noqa: F811
        return 2

    assert await asked() == 1
    said = " ".join(capsys.readouterr().out.split())
    assert said.endswith("Your code is not what was recorded.")


async def test_what_json_does_not_know_is_not_kept(folder: Path) -> None:
    @needs("trustme")
    async def asked() -> object:
        return object()

    with pytest.raises(TypeError, match="does not hold a object"):
        await asked()


def test_components_say_what_is_here_and_what_to_do_about_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(programs.WITHOUT, "nginx")
    components("nginx", "trustme")
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"nginx +missing", first)
    assert re.fullmatch(r"trustme +\d[\d.]+ +from trustme", second)
    assert "recorded" in " ".join(rest) and "environment.py world" in " ".join(rest)
    with pytest.raises(ValueError, match="'apache' is none of nginx, caddy"):
        components("apache")


SITE = "one"


async def test_a_text_that_was_changed_since_is_said_to_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @needs("trustme")
    async def asked() -> str:
        return SITE

    await asked()
    monkeypatch.setenv(programs.WITHOUT, "trustme")
    assert await asked() == "one"
    assert "Your code" not in capsys.readouterr().out
    monkeypatch.setitem(globals(), "SITE", "two")
    assert await asked() == "one"
    assert "Your code is not what was recorded." in " ".join(capsys.readouterr().out.split())
