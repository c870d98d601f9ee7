"""The notices of what the site hands on: names, versions and licences of other people's work.

How to think about it: all of it says itself under which licence it is. A wheel has its licence
files, and each bundle of JavaScript a list of what went into it. Here they become one text. Only of
Pyodide itself, whose archive has no such file, do we say it: in ``site/pyodide-notices.txt``.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import site_wheels
from environment import ROOT

RULE = "=" * 80
NOTICE = re.compile(
    r"(?:^|/)(?:LICEN[CS]E|COPYING|NOTICE|AUTHORS)(?:\.(?:txt|rst|md|APACHE|BSD))?$"
)
HEAD = """\
What is in this site beside the course, and under which licences

The course itself is under the licence BSD-3-Clause: see LICENSE in its repository.
"""


def text(site: Path, wheels: dict[str, Path]) -> str:
    """All the notices; a licence that several share is there once for each copyright."""
    parts = [HEAD, (ROOT / "site" / "pyodide-notices.txt").read_text("utf-8")]
    others = sorted(name for name in wheels if name != "wsedu" and used(name))
    parts += [of_wheel(wheels[name]) for name in others]
    for path in sorted(site.rglob("third-party-licenses.json")):
        parts += of_bundle(json.loads(path.read_text("utf-8"))["packages"])
    return f"\n{RULE}\n".join(dict.fromkeys(part.strip() + "\n" for part in parts))


def used(name: str) -> bool:
    """Whether something of a package is in the site."""
    return any(name in site_wheels.LISTS[group] for group in ("start", "needed", "page"))


def of_wheel(wheel: Path) -> str:
    """The notice of a wheel, from its own metadata and licence files."""
    about = site_wheels.metadata(wheel)
    classes = [line for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    said = [about["License-Expression"], *classes, about["License"], "see the text below"]
    name = next(filter(None, said)).rpartition(" :: ")[2]
    lines = [f"{about['Name']} {about['Version']} (Python)", f"Licence: {name}"]
    with ZipFile(wheel) as files:
        for name in sorted(files.namelist()):
            if NOTICE.search(name):
                lines.append("\n" + files.read(name).decode("utf-8").strip())
    return "\n".join(lines)


def of_bundle(packages: list[dict[str, Any]]) -> Iterator[str]:
    """The notices of what was bundled into a module of the page."""
    for package in sorted(packages, key=lambda package: str(package["name"])):
        head = f"{package['name']} {package['versionInfo']} (JavaScript)"
        yield f"{head}\nLicence: {package['licenseId']}\n\n{package['extractedText'].strip()}"
