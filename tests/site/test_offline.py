"""An update of the course is taken whole or not at all, and what is stored needs no network."""

from pathlib import Path
from typing import Any

import pytest

from .host import serving
from .pages import Context, Page, front_page
from .updates import FIFTH, SECOND, read, wheel_of

pytestmark = pytest.mark.browser

# Ask the worker to store the course, as a page does that shows a lesson.
STORE = """() => new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    navigator.serviceWorker.controller.postMessage({ course: "complete", used: [] }, [port2]);
})"""

# Which of these files a page gets, by their hashes.
HASHES = """async paths => {
    const hashOf = async path => {
        const data = await (await fetch(path)).arrayBuffer();
        const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
        return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
    };
    return Object.fromEntries(await Promise.all(
        paths.map(async path => [path, await hashOf(path)])));
}"""


def wanted(site: Path) -> dict[str, str]:
    """The hashes of all files that a visit without a network needs."""
    about = read(site / "files.json")
    return {path: about["files"][path] for path in about["ahead"]}


def got(page: Page, site: Path) -> dict[str, str]:
    """The hashes of the same files as a page gets them."""
    found: dict[str, str] = page.evaluate(HASHES, list(wanted(site)))
    return found


def test_an_update_arrives_with_the_next_visit(
    context: Context, built_site: Path, newer_site: Path
) -> None:
    with serving(built_site) as host:
        page = front_page(context, host.url)
        assert page.evaluate(STORE)
        assert got(page, built_site) == wanted(built_site)
    with serving(newer_site, host.port) as later:
        page.goto(later.url)
        assert got(page, newer_site) == wanted(newer_site)
        assert page.evaluate(STORE)
        changed = {path for path, _ in wanted(newer_site).items() - wanted(built_site).items()}
        fetched = {r.path for r in later.asked if "service-worker.js" not in r.path}
        assert fetched == {*changed, "files.json"}
    page.goto(host.url)
    assert got(page, newer_site) == wanted(newer_site)
    kept = page.evaluate("""async () => {
        const store = await caches.open((await caches.keys()).find(k => k.startsWith("course")));
        return (await store.keys()).length;
    }""")
    files = set(read(newer_site / "files.json")["files"].values())
    assert kept <= len(files) + 2  # the list and the state; nothing is left of the older version


def test_an_unfinished_update_leaves_the_older_course_whole(
    context: Context, built_site: Path, newer_site: Path
) -> None:
    with serving(built_site) as host:
        page = front_page(context, host.url)
        assert page.evaluate(STORE)
    wheel = wheel_of(newer_site)
    away = wheel.rename(wheel.with_suffix(".away"))
    try:
        with serving(newer_site, host.port):
            page.goto(host.url)
            assert not page.evaluate(STORE)
    finally:
        away.rename(wheel)
    page.goto(host.url)
    assert got(page, built_site) == wanted(built_site)


def test_an_open_page_keeps_its_version(
    context: Context, built_site: Path, newer_site: Path
) -> None:
    lessons = [f"files/{SECOND}", f"files/{FIFTH}"]
    old, new = wanted(built_site), wanted(newer_site)
    with serving(built_site) as host:
        page = front_page(context, host.url)
        assert page.evaluate(STORE)
    with serving(newer_site, host.port):
        other = front_page(context, host.url)
        assert other.evaluate(STORE)
        for shown, files in ((page, old), (other, new), (page, old)):
            found: dict[str, Any] = shown.evaluate(HASHES, lessons)
            assert found == {path: files[path] for path in lessons}
