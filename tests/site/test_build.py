"""What the build of the site promises, and that its own checks would notice if it did not."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener
from zipfile import ZipFile

import pytest
import yaml

from .conftest import ROOT
from .host import Host

sys.path.insert(0, str(ROOT / "scripts"))
import site_build  # noqa: E402
import site_check  # noqa: E402

SOURCES = sorted([*ROOT.glob("notebooks/en/*.ipynb"), *ROOT.glob("exercises/en/*/*.ipynb")])
LOCK = "static/pyodide/pyodide-lock.json"
SETTINGS = "jupyter/share/jupyter/lab/settings/overrides.d/wsedu.json"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def files(folder: Path) -> dict[str, str]:
    """The hash of each file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def page_settings(site: Path) -> dict[str, Any]:
    return dict(read(site / "jupyter-lite.json")["jupyter-config-data"])


# The site as a whole.


def test_the_built_site_has_no_fault(built_site: Path) -> None:
    assert site_check.faults(built_site) == []


@pytest.mark.slow
def test_the_same_repository_gives_the_same_bytes(built_site: Path, course_elsewhere: Path) -> None:
    assert files(course_elsewhere / "build" / "site") == files(built_site)


def change(path: Path, edit: Callable[[str], str]) -> None:
    """Write another text in place of a file, which may be a second name of the shared site's."""
    text = path.read_text(encoding="utf-8")
    path.unlink()
    path.write_text(edit(text), encoding="utf-8")


def one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def edit_lock(site: Path, **changes: Any) -> None:
    """Change what the lock file says of websockets."""
    lock = read(site / LOCK)
    lock["packages"]["websockets"] |= changes
    change(site / LOCK, lambda _: json.dumps(lock))


LESSON = "files/notebooks/en/02_the_opening_handshake.ipynb"
FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (
        lambda site: (site / "files/exercises/en/05_masking/05_exercises.ipynb").unlink(),
        r"05_masking.ipynb links to \S+05_exercises.ipynb, which is not",
    ),
    "link out of the files": (
        lambda site: change(
            site / LESSON,
            lambda t: re.sub(r"\.\./\.\./exercises/[^)]*", "../../../index.html", t),
        ),
        r"02_the_opening_handshake.ipynb links to ../../../index.html, which is not in the site",
    ),
    "script from elsewhere": (
        lambda site: change(
            site / "index.html",
            lambda t: t.replace("<body>", '<body><script src="https://cdn.example/a.js"></script>'),
        ),
        r"index.html loads https://cdn.example/a.js",
    ),
    "icon from the root of the host": (
        lambda site: change(
            site / "lab/index.html", lambda t: t.replace('href="favicon', 'href="/favicon')
        ),
        r"lab/index.html loads /favicon.ico",
    ),
    "module from elsewhere": (
        lambda site: change(
            site / "lab/index.html", lambda t: t.replace("'../config-utils", "'//cdn.example/u")
        ),
        r"lab/index.html loads //cdn.example/u",
    ),
    "style from elsewhere": (
        lambda site: (site / "a.css").write_text('@import "https://cdn.example/b.css";'),
        r"a.css loads https://cdn.example/b.css",
    ),
    "Pyodide from elsewhere": (
        lambda site: change(
            site / "jupyter-lite.json", lambda t: t.replace('"./static', '"https://cdn.example')
        ),
        r"pyodideUrl is https://cdn.example/\S+, which is not in the site",
    ),
    "Pyodide missing": (
        lambda site: (site / "static/pyodide/pyodide.mjs").unlink(),
        r"pyodideUrl is ./static/pyodide/pyodide.mjs, which is missing",
    ),
    "page without settings": (
        lambda site: change(site / "index.html", lambda t: t.replace("jupyter-config-data", "x")),
        r"index.html lacks the settings",
    ),
    "wheel missing": (
        lambda site: one(site, "static/pyodide/websockets-*.whl").unlink(),
        r"websockets-\S+.whl, which is missing",
    ),
    "another wheel": (
        lambda site: edit_lock(site, sha256="0" * 64),
        r"websockets-\S+ is not the file that pyodide-lock.json describes",
    ),
    "package missing": (
        lambda site: edit_lock(site, depends=["kosoku"]),
        r"websockets needs kosoku, which is not in pyodide-lock.json",
    ),
    "package unknown at the start": (
        lambda site: change(
            site / "jupyter-lite.json", lambda t: t.replace('"anywidget",', '"numpy",')
        ),
        r"loads numpy at its start",
    ),
    "cell not trusted": (
        lambda site: change(site / LESSON, lambda t: t.replace('"trusted": true', '"x": 1', 1)),
        r"02_the_opening_handshake.ipynb: the outputs of handshake-start are not trusted",
    ),
    "licence not named": (
        lambda site: edit_lock(site, version="1.0"),
        r"third-party-notices.txt does not name websockets 1.0",
    ),
    "licence of a module not named": (
        lambda site: change(
            site / "third-party-notices.txt",
            lambda t: re.sub(r"mathjax-full \S+ \(JavaScript\)", "", t),
        ),
        r"third-party-notices.txt does not name mathjax-full of the page",
    ),
    "licence of Pyodide lost": (
        lambda site: change(
            site / "third-party-notices.txt",
            lambda t: t.replace("Mozilla Public License Version 2.0", ""),
        ),
        r"lacks the text of the Mozilla Public License",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str, built_site: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(built_site, site, copy_function=os.link)
    spoil, sentence = FAULTS[fault]
    spoil(site)
    found = site_check.faults(site)
    assert [line for line in found if re.search(sentence, line)], found


def test_a_faulty_site_is_not_put_in_place(
    built_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was there stays. The faulty one lacks a lesson, and is named."""

    def build_without_a_lesson(site: Path) -> None:
        shutil.copytree(built_site, site, copy_function=os.link)
        (site / "files/notebooks/en/07_closing.ipynb").unlink()

    monkeypatch.setattr(site_build, "build", build_without_a_lesson)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/older").touch()
    with pytest.raises(SystemExit, match=r"not put in place:\n.* links to \S+07_closing.ipynb"):
        site_build.put_in_place(tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["older"]


def test_the_command_fails_if_the_build_does(tmp_path: Path) -> None:
    """Here it cannot make the folder: a file is in its place."""
    (tmp_path / "file").touch()
    command = [sys.executable, str(ROOT / "scripts/site.py"), "--to", str(tmp_path / "file/site")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "FileExistsError" in done.stderr, "it has come that far"
    assert "The site is in" not in done.stdout


# Lessons and exercises.


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_in_the_site_says_what_ours_says(path: Path, built_site: Path) -> None:
    """Joined into one string, trusted, with another kernel; else it is the same."""

    def joined(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: joined(item, key) for key, item in value.items()}
        lines = isinstance(value, list) and value and all(isinstance(v, str) for v in value)
        if lines and name not in ("tags", "traceback"):
            return "".join(value)
        return [joined(item) for item in value] if isinstance(value, list) else value

    ours, copy = read(path), read(built_site / "files" / path.relative_to(ROOT))
    for notebook in (ours, copy):
        assert notebook["metadata"].pop("kernelspec") and notebook["metadata"].pop("language_info")
    assert copy["metadata"].pop("wsedu")  # which version was published: tests/site/test_work.py
    for cell in copy["cells"]:
        assert cell["metadata"].pop("trusted", False) == (cell["cell_type"] == "code")
    assert copy == joined(ours)
    assert copy == joined(copy)  # nothing is left to join


def test_every_notebook_is_listed_as_a_server_would_list_it(built_site: Path) -> None:
    listed: dict[str, Any] = {}
    for path in (built_site / "api/contents").rglob("all.json"):
        folder = read(path)
        assert folder["type"] == "directory"
        listed |= {item["path"]: item for item in folder["content"]}
    for path in SOURCES:
        item = listed[path.relative_to(ROOT).as_posix()]
        content = (built_site / "files" / item["path"]).read_bytes()
        assert (item["type"], item["size"]) == ("notebook", len(content))
        assert item["hash"] == hashlib.sha256(content).hexdigest()
    assert {"notebooks", "exercises", "notebooks/en"} <= listed.keys()


def test_the_captures_that_a_notebook_opens_are_listed_beside_it(built_site: Path) -> None:
    listed = read(built_site / "api/contents/notebooks/captures/all.json")
    for path in (ROOT / "notebooks/captures").iterdir():
        assert path.name in [item["name"] for item in listed["content"]]
        copy = built_site / "files" / path.relative_to(ROOT)
        assert copy.read_bytes() == path.read_bytes()


# The page.


def test_the_page_has_the_settings_of_the_edition_on_your_computer(built_site: Path) -> None:
    settings = page_settings(built_site)["settingsOverrides"]
    assert settings.items() >= read(ROOT / SETTINGS).items()
    assert settings["@jupyterlab/apputils-extension:themes"] == {"adaptive-theme": True}


def test_the_page_has_the_courses_name_and_its_extension_for_stored_pictures(
    built_site: Path,
) -> None:
    assert "<title>WebSocket, byte by byte</title>" in (built_site / "lab/index.html").read_text()
    extensions = page_settings(built_site)["federated_extensions"]
    names = {extension["name"] for extension in extensions}
    assert {"wsedu", "anywidget", "@jupyter-widgets/jupyterlab-manager"} <= names
    for extension in extensions:
        assert (built_site / "extensions" / extension["name"] / extension["load"]).is_file()


def test_no_source_map_is_in_the_site(built_site: Path) -> None:
    assert [*built_site.rglob("*.map")] == []


# The packages.


def pinned(file: str) -> dict[str, str]:
    """The version of each package in a file of pins."""
    text = (ROOT / "requirements" / f"{file}.txt").read_text()
    return dict(re.findall(r"(?m)^([\w.-]+)(?:\[\S+\])?==([^\s;]+)", text))


@pytest.mark.parametrize("file", ["site", "browser"])
def test_pins_name_no_host_and_have_hashes(file: str) -> None:
    text = (ROOT / "requirements" / f"{file}.txt").read_text()
    assert "://" not in text and "--index" not in text
    assert len(re.findall(r"(?m)^\S.*==.*\\\n    --hash=sha256:", text)) == len(pinned(file))


def test_the_lock_of_npm_names_no_host_and_has_hashes() -> None:
    packages = read(ROOT / "site/package-lock.json")["packages"]
    others = [package for name, package in packages.items() if name]
    assert others and all(package["integrity"].startswith("sha512-") for package in others)
    assert "://" not in (ROOT / "site/package-lock.json").read_text()
    wanted = read(ROOT / "site/package.json")["dependencies"]
    assert packages["node_modules/pyodide"]["version"] == wanted["pyodide"]


@pytest.mark.parametrize("file", ["site", "browser"])
def test_a_package_has_the_same_version_in_both_editions(file: str) -> None:
    both = pinned(file).keys() & pinned("test").keys()
    assert both >= ({"packaging"} if file == "site" else {"websockets", "ipywidgets", "ipython"})
    assert {name: pinned(file)[name] for name in both} == {n: pinned("test")[n] for n in both}


def test_the_browser_gets_the_pinned_versions_and_the_course(built_site: Path) -> None:
    lock = read(built_site / LOCK)["packages"]
    versions = {name: package["version"] for name, package in lock.items()}
    of_kernel = {"wsedu", "ipykernel", "piplite", "pyodide-kernel", "jedi"}
    assert {name: versions[name] for name in versions.keys() - of_kernel}.items() <= pinned(
        "browser"
    ).items()
    with ZipFile(built_site / "static/pyodide" / lock["wsedu"]["file_name"]) as wheel:
        names = set(wheel.namelist())
        points = wheel.read("wsedu-0.1.0.dist-info/entry_points.txt").decode()
    assert {"wsedu/words/en.toml", "wsedu_exercises/course.toml"} <= names
    assert "[wsedu.exercises]\ncourse = wsedu_exercises" in points
    assert {"wsedu", "wsedu_exercises"} <= set(lock["wsedu"]["imports"])


# A static host.


def test_the_site_is_served_below_a_path_and_nothing_beside_it(served_site: Host) -> None:
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"{served_site.url}lab/index.html", timeout=60) as response:
        assert b"WebSocket, byte by byte" in response.read()
    for path in (served_site.url.replace("/course/", "/"), f"{served_site.url}none"):
        with pytest.raises(HTTPError, match="404"):
            opener.open(path, timeout=60)
    assert [(asked.path, asked.status) for asked in served_site.asked] == [
        ("lab/index.html", 200),
        ("/", 404),
        ("none", 404),
    ]


# Its publication.

WORKFLOW = ROOT / ".github/workflows/site.yml"
# What the owner replaces, in README.md alone, when the site is published for the first time.
PLACEHOLDER = "https://OWNER.github.io/wsedu/"
ADVICE = "replace `OWNER` in the first link of README.md"


def test_readme_begins_with_a_link_to_the_site_or_a_placeholder_for_it() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (address,) = re.findall(r"\]\((\S+)\)", text.split("\n\n")[1])
    assert re.fullmatch(r"https://\S+/", address)
    assert text.count(address) == 1
    assert address == PLACEHOLDER or "OWNER" not in address
    assert ADVICE in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_workflow_builds_with_readmes_command_and_compares_readmes_link() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    commands = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert "python3 scripts/site.py" in commands
    (upload,) = [step for step in jobs["build"]["steps"] if "upload" in step.get("uses", "")]
    assert upload["with"] == {"path": "build/site"}
    *_, deploy, compare = jobs["publish"]["steps"]
    assert deploy["uses"].startswith("actions/deploy-pages@v")
    # The address is the host's: it is written nowhere but in README.md.
    assert compare["env"] == {"ADDRESS": "${{ steps.pages.outputs.page_url }}"}
    assert "github.io" not in WORKFLOW.read_text(encoding="utf-8")


@pytest.mark.parametrize("warns", [False, True])
def test_the_workflow_warns_if_readme_links_to_another_address(warns: bool) -> None:
    (linked,) = re.findall(r"(?m)^\[\*\*.*\]\((\S+)\)", (ROOT / "README.md").read_text("utf-8"))
    address = "https://other.example/" if warns else linked
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    done = subprocess.run(
        jobs["publish"]["steps"][-1]["run"],
        shell=True,
        cwd=ROOT,
        env=os.environ | {"ADDRESS": address},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert ("::warning" in done.stdout and address in done.stdout) == warns
