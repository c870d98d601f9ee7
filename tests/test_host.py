"""What a public host reads: its CI runs the script that ours runs, its forms can be read."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from wsedu.live.tap import HOST

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "environment.yml", *sorted((ROOT / ".github").rglob("*.yml"))]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_yaml(path: Path) -> None:
    assert isinstance(read(path), dict)


def test_the_workflow_runs_what_our_own_ci_runs() -> None:
    """And nothing beside it that a test could depend on."""
    (job,) = read(ROOT / ".github/workflows/test.yml")["jobs"].values()
    *before, last = job["steps"]
    assert last == {"run": ".ci/run"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r'(?m)^python3 scripts/test\.py "\$@"', script)
    assert [step.get("uses", "git config").partition("@")[0] for step in before] == [
        "actions/checkout",
        "git config",
    ]


def test_the_workflow_tries_the_oldest_python_that_is_allowed() -> None:
    (job,) = read(ROOT / ".github/workflows/test.yml")["jobs"].values()
    pythons = job["strategy"]["matrix"]["python"]
    oldest = re.search(r'requires-python = ">=(3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert oldest and oldest[1] == pythons[0]
    assert "${{ matrix.python }}" in job["container"]["image"]


def test_each_form_asks_something_under_a_name_of_its_own() -> None:
    forms = [path for path in FORMS if path.name != "config.yml"]
    assert len({read(path)["name"] for path in forms}) == len(forms) >= 2
    for path in forms:
        form = read(path)
        assert form["description"]
        ids = [part["id"] for part in form["body"]]
        assert len(set(ids)) == len(ids)
        assert all(part["attributes"]["label"] for part in form["body"])
        assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_the_page_of_security_names_the_address_of_the_lab_and_no_mailbox() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"| a `Lab` | {HOST}, a free port" in page
    assert "open_to_the_network=" in page
    assert "Report a vulnerability" in page
    assert not re.search(r"\S+@\S+\.\w+", page)


def test_the_commands_of_the_template_for_pull_requests_exist() -> None:
    text = (ROOT / ".github/pull_request_template.md").read_text(encoding="utf-8")
    scripts = re.findall(r"scripts/\w+\.py", text)
    assert len(scripts) >= 2
    assert all((ROOT / script).exists() for script in scripts)
