"""Firefox for the browser tests: no driver, only JSON commands over a WebSocket (WebDriver BiDi).

How to think about it: the names are those of Playwright, as many as the tests use, so that a test
is written once and runs in both browsers. What a test needs beyond them is added here, or the test
asks for ``chromium`` and says why.
"""

import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import playwright.sync_api
from websockets.sync.client import ClientConnection, connect

from . import programs

NAMES = ("firefox-esr", "firefox")
PATIENCE = 30  # seconds for anything that a test waits for

PREFERENCES = {
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    # A page without a window has the focus all the same.
    "focusmanager.testmode": True,
}

# The keys that the tests press, by WebDriver's numbers.
KEYS = {
    "Enter": "\ue007",
    "Space": " ",
    "Tab": "\ue004",
    "Backspace": "\ue003",
    "Escape": "\ue00c",
    "Home": "\ue011",
    "End": "\ue010",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}

# What is asked of a page again and again. ``look`` may be async; null means "not yet".
HELPERS = """
async function until(look, seconds) {
    const end = performance.now() + 1000 * seconds;
    for (;;) {
        const found = await look();
        if (found !== null) return found;
        if (performance.now() > end) return null;
        await new Promise(go => setTimeout(go, 10));
    }
}
const words = node => node.textContent.replace(/\\s+/g, " ").trim();
const labels = node => [node.ariaLabel, ...[...(node.labels ?? [])].map(words)].join("\\n");
function all(steps) {
    return steps.reduce((found, step) => {
        if (typeof step === "number") return [found.at(step)].filter(Boolean);
        const css = typeof step === "string" ? step : "input, select, textarea, [aria-label]";
        const inside = [...new Set(found.flatMap(node => [...node.querySelectorAll(css)]))];
        return css === step ? inside : inside.filter(node => labels(node).includes(step.label));
    }, [document]);
}
const visible = node => node.checkVisibility() && node.getBoundingClientRect().width > 0;
async function settled(node) {
    // In this browser scrollIntoView does nothing for a group of SVG.
    const part = node instanceof SVGGElement ? node.querySelector("rect, path, text") : null;
    (part ?? node).scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = () => JSON.stringify(node.getBoundingClientRect());
    await until(async () => {
        const before = box();
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return before === box() ? true : null;
    }, 5);
    return JSON.parse(box());
}
async function shown(node) {
    return new Promise(done => new IntersectionObserver((entries, observer) => {
        observer.disconnect();
        done(entries[0].intersectionRatio);
    }).observe(node));
}
"""


@contextmanager
def launch(profile: Path) -> Iterator["Firefox"]:
    """Start it, or skip with a plain sentence; in CI a missing browser is a failure."""
    path = programs.find(*NAMES, purpose="the browser tests need a Firefox:")
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    command = [path, "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port", "0"]
    address = r"WebDriver BiDi listening on (ws://\S+)"
    with (
        programs.started(command, address, os.environ | {"HOME": str(profile)}) as (_process, url),
        connect(f"{url}/session", max_size=None, compression=None, proxy=None) as wire,
    ):
        firefox = Firefox(wire)
        yield firefox
        firefox.command("browser.close")


class Firefox:
    """A running Firefox, and the connection over which it takes commands."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire, self._number = wire, 0
        accept = {"unhandledPromptBehavior": {"default": "accept"}, "acceptInsecureCerts": False}
        started = self.command("session.new", capabilities={"alwaysMatch": accept})
        self.version: str = started["capabilities"]["browserVersion"]

    def command(self, method: str, timeout: float = 150, **params: Any) -> dict[str, Any]:
        """Send one command and return its result; raises RuntimeError if it fails."""
        self._number += 1
        self._wire.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._wire.recv(timeout))
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def new_context(
        self, viewport: dict[str, int] | None = None, ignore_https_errors: bool = False
    ) -> "Context":
        """Tabs that share cookies with each other, and with no other tab."""
        return Context(self, viewport, ignore_https_errors)

    def new_page(self, viewport: dict[str, int] | None = None) -> "Page":
        """A tab of its own; its context ends with it."""
        context = self.new_context(viewport)
        page = context.new_page()
        page.close = context.close  # type: ignore[method-assign]
        return page


class Context:
    """Tabs with cookies of their own."""

    def __init__(
        self, firefox: Firefox, viewport: dict[str, int] | None, ignore_https_errors: bool
    ) -> None:
        self.firefox, self._viewport = firefox, viewport
        # An explicit "no" would be a rule of this context; without a word, the session's holds.
        trust = {"acceptInsecureCerts": True} if ignore_https_errors else {}
        self.name = firefox.command("browser.createUserContext", **trust)["userContext"]

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new_page(self) -> "Page":
        page = Page(self)
        if self._viewport:
            page.set_viewport_size(self._viewport)
        return page

    def cookies(self) -> list[dict[str, str]]:
        where = {"type": "storageKey", "userContext": self.name}
        found = self.firefox.command("storage.getCookies", partition=where)["cookies"]
        return [{"name": one["name"], "value": one["value"]["value"]} for one in found]

    def clear_cookies(self, name: str | None = None) -> None:
        """Delete those of this name, or all."""
        where = {"type": "storageKey", "userContext": self.name}
        which = {"name": name} if name else {}
        self.firefox.command("storage.deleteCookies", partition=where, filter=which)

    def close(self) -> None:
        self.firefox.command("browser.removeUserContext", userContext=self.name)


class Page:
    """One tab."""

    def __init__(self, context: Context) -> None:
        self.context = context
        made = self._firefox.command("browsingContext.create", type="tab", userContext=context.name)
        self._tab = made["context"]
        self.bring_to_front()  # the timers of a hidden tab are slow
        self.keyboard, self.mouse = Keyboard(self), Mouse(self)

    @property
    def _firefox(self) -> Firefox:
        return self.context.firefox

    def _do(self, method: str, **params: Any) -> dict[str, Any]:
        return self._firefox.command(method, context=self._tab, **params)

    @property
    def url(self) -> str:
        url: str = self.evaluate("location.href")
        return url

    def goto(self, url: str) -> None:
        self._do("browsingContext.navigate", url=url, wait="complete")

    def reload(self) -> None:
        self._do("browsingContext.reload", wait="complete")

    def close(self) -> None:
        self._do("browsingContext.close")

    def bring_to_front(self) -> None:
        """Show this tab: one that is hidden draws its next frame seconds later."""
        self._do("browsingContext.activate")

    def set_default_timeout(self, _milliseconds: float) -> None:
        """Playwright's; here it is ``PATIENCE``."""

    def set_viewport_size(self, size: dict[str, int]) -> None:
        self._do("browsingContext.setViewport", viewport=size)

    def screenshot(self, path: Path | str) -> None:
        shot = self._do("browsingContext.captureScreenshot")
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def evaluate(self, code: str, argument: Any = None) -> Any:
        """The value of an expression; if that is a function, what it returns for ``argument``."""
        function = f"""async (text) => {{
            {HELPERS}
            const value = ({code});
            const called = typeof value === "function" ? value(JSON.parse(text)) : value;
            return JSON.stringify((await called) ?? null);
        }}"""
        answer = self._firefox.command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for_function(self, code: str, timeout: float = 1000 * PATIENCE) -> None:
        """Until the expression, or what the function returns, is true; milliseconds."""
        look = f"""([seconds]) => until(async () => {{
            const value = ({code});
            return (await (typeof value === "function" ? value() : value)) ? true : null;
        }}, seconds)"""
        if not self.evaluate(look, [timeout / 1000]):
            raise TimeoutError(f"never true within {timeout} ms: {code}")

    def wait_for_selector(self, css: str, state: str = "visible") -> None:
        seen = "true" if state == "attached" else "visible(node)"
        self.wait_for_function(
            f"[...document.querySelectorAll({json.dumps(css)})].some(node => {seen})"
        )

    def set_content(self, html: str) -> None:
        self.evaluate("html => { document.open(); document.write(html); document.close(); }", html)

    def add_script_tag(self, content: str, type: str) -> None:
        self.evaluate(
            """([content, type]) => {
                const script = document.createElement("script");
                Object.assign(script, { type, textContent: content });
                document.head.append(script);
            }""",
            [content, type],
        )

    def locator(self, css: str) -> "Locator":
        return Locator(self, (css,))

    def get_by_label(self, text: str) -> "Locator":
        """The controls whose label holds this text."""
        return Locator(self, ({"label": text},))

    def act(self, kind: str, *actions: dict[str, Any], **more: Any) -> None:
        """What a hand does with the mouse or the keys."""
        source = {"type": kind, "id": kind, "actions": actions, **more}
        self._do("input.performActions", actions=[source])


class Keyboard:
    """The keys, for whatever has the focus."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, key: str) -> None:
        kinds = ("keyDown", "keyUp")
        self._page.act("key", *({"type": kind, "value": KEYS.get(key, key)} for kind in kinds))

    def type(self, text: str) -> None:
        for letter in text:
            self.press(letter)


class Mouse:
    """The pointer."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def move(self, x: float, y: float) -> None:
        self.do({"type": "pointerMove", "x": round(x), "y": round(y)})

    def do(self, *actions: dict[str, Any]) -> None:
        self._page.act("pointer", *actions, parameters={"pointerType": "mouse"})


Step = str | int | dict[str, str]


class Locator:
    """Nodes of a page, found anew each time: each step within what the last one found.

    steps: a CSS selector, the number of the node to go on with (-1 for the last), or a label
    """

    def __init__(self, page: Page, steps: tuple[Step, ...]) -> None:
        self.page, self._steps = page, steps

    def __repr__(self) -> str:
        return f"<{' '.join(map(str, self._steps))}>"

    def locator(self, css: str) -> "Locator":
        return Locator(self.page, (*self._steps, css))

    def nth(self, number: int) -> "Locator":
        return Locator(self.page, (*self._steps, number))

    @property
    def first(self) -> "Locator":
        return self.nth(0)

    @property
    def last(self) -> "Locator":
        return self.nth(-1)

    def count(self) -> int:
        number: int = self.page.evaluate("steps => all(steps).length", self._steps)
        return number

    def all_text_contents(self) -> list[str]:
        texts: list[str] = self.page.evaluate(
            "steps => all(steps).map(node => node.textContent)", self._steps
        )
        return texts

    def evaluate(self, code: str, argument: Any = None) -> Any:
        """What the function returns for the node; waits until there is one."""
        found = self.page.evaluate(
            f"""async ([steps, seconds, argument]) => {{
                const node = await until(() => all(steps)[0] ?? null, seconds);
                return node && [await ({code})(node, argument)];
            }}""",
            [self._steps, PATIENCE, argument],
        )
        if found is None:
            raise TimeoutError(f"{self} is not in the page")
        return found[0]

    def wait_for(self, code: str, argument: Any = None, timeout: float = PATIENCE) -> None:
        """Until the function is true for the nodes; AssertionError after so many seconds."""
        problem = self.page.evaluate(
            f"""async ([steps, seconds, argument]) => {{
                const look = async () => (await ({code})(all(steps), argument)) ? "" : null;
                return (await until(look, seconds)) ??
                    `${{all(steps).length}} nodes, the first: ${{all(steps)[0]?.outerHTML}}`;
            }}""",
            [self._steps, timeout, argument],
        )
        assert not problem, f"{self} after {timeout} s: {problem[:600]}"

    def get_attribute(self, name: str) -> str | None:
        value: str | None = self.evaluate("(node, name) => node.getAttribute(name)", name)
        return value

    def text_content(self) -> str:
        text: str = self.evaluate("node => node.textContent")
        return text

    def inner_text(self) -> str:
        text: str = self.evaluate("node => node.innerText")
        return text

    def input_value(self) -> str:
        value: str = self.evaluate("node => node.value")
        return value

    def bounding_box(self) -> dict[str, float]:
        box: dict[str, float] = self.evaluate("node => node.getBoundingClientRect().toJSON()")
        return box

    def scroll_into_view_if_needed(self) -> None:
        self.evaluate("node => settled(node).then(() => null)")

    def is_checked(self) -> bool:
        checked: bool = self.evaluate("node => node.checked")
        return checked

    def fill(self, text: str) -> None:
        self.evaluate(
            """(node, text) => {
                node.value = text;
                node.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            text,
        )

    def select_option(self, index: int) -> None:
        self.evaluate(
            """(node, index) => {
                node.selectedIndex = index;
                for (const name of ["input", "change"])
                    node.dispatchEvent(new Event(name, { bubbles: true }));
            }""",
            index,
        )

    def focus(self) -> None:
        self.evaluate("node => node.focus()")

    def press(self, key: str) -> None:
        self.focus()
        self.page.keyboard.press(key)

    def hover(self, force: bool = False, position: dict[str, int] | None = None) -> None:
        """Point at its middle, or at a place in it."""
        if not force:
            self.wait_for("nodes => nodes.length === 1 && visible(nodes[0])")
        box = self.evaluate("node => settled(node)")
        x = box["x"] + (position["x"] if position else box["width"] / 2)
        y = box["y"] + (position["y"] if position else box["height"] / 2)
        self.page.mouse.move(x, y)

    def click(self) -> None:
        self.hover()
        self.page.mouse.do(*({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")))


CLASS_FITS = '(node => new RegExp(value).test(node.getAttribute("class") ?? ""))'


def _pattern(name: str | re.Pattern[str]) -> str:
    return name.pattern if isinstance(name, re.Pattern) else f"^{re.escape(name)}$"


class Expectation:
    """What must come true for a locator, soon."""

    def __init__(self, locator: Locator) -> None:
        self._locator = locator

    def _is(self, code: str, argument: Any = None, timeout: float = 1000 * PATIENCE) -> None:
        self._locator.wait_for(code, argument, timeout / 1000)

    def _one(self, code: str, argument: Any = None, timeout: float = 1000 * PATIENCE) -> None:
        """Of exactly one node."""
        one = f"async ([node, ...more], value) => node && !more.length && ({code})"
        self._is(one, argument, timeout)

    def to_have_count(self, count: int) -> None:
        self._is("(nodes, count) => nodes.length === count", count)

    def to_be_visible(self, timeout: float = 1000 * PATIENCE) -> None:
        self._one("visible(node)", timeout=timeout)

    def to_be_attached(self) -> None:
        self._is("nodes => nodes.length > 0")

    def to_be_empty(self) -> None:
        self._one("!node.textContent")

    def to_have_text(self, text: str) -> None:
        self._one("words(node) === value", " ".join(text.split()))

    def to_contain_text(self, text: str, timeout: float = 1000 * PATIENCE) -> None:
        self._one("words(node).includes(value)", " ".join(text.split()), timeout)

    def not_to_contain_text(self, text: str) -> None:
        self._one("!words(node).includes(value)", " ".join(text.split()))

    def to_have_class(self, name: str | re.Pattern[str]) -> None:
        """The whole attribute, or a pattern that is found in it."""
        self._one(f"{CLASS_FITS}(node)", _pattern(name))

    def not_to_have_class(self, name: str | re.Pattern[str]) -> None:
        self._one(f"!{CLASS_FITS}(node)", _pattern(name))

    def to_have_attribute(self, name: str, value: str) -> None:
        self._one("node.getAttribute(value[0]) === value[1]", [name, value])

    def not_to_have_attribute(self, name: str, value: str) -> None:
        self._one("node.getAttribute(value[0]) !== value[1]", [name, value])

    def to_be_checked(self) -> None:
        self._one("node.checked")

    def not_to_be_checked(self) -> None:
        self._one("!node.checked")

    def to_have_value(self, value: str) -> None:
        self._one("node.value === value", value)

    def to_be_focused(self) -> None:
        self._one("node.getRootNode().activeElement === node")

    def to_be_in_viewport(self, ratio: float = 0) -> None:
        self._one("(await shown(node)) > 0 && (await shown(node)) >= value", ratio)


def expect(locator: Locator | playwright.sync_api.Locator) -> Any:
    """Playwright's ``expect``, in either browser."""
    if isinstance(locator, Locator):
        return Expectation(locator)
    return playwright.sync_api.expect(locator)


Browser = playwright.sync_api.Browser | Firefox


def kind(browser: Browser) -> str:
    """Which of the two it is."""
    return "firefox" if isinstance(browser, Firefox) else "chromium"
