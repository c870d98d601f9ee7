"""What a browser sends by itself to a WebSocket server elsewhere: the rows of lesson 15.

Two ports of one host are two origins of one site: the browser sends cookies. Two names of one
machine are two sites: it sends none. A page's own names decide, never where they lead.
"""

from typing import Any

import pytest

from wsedu.live import Lab
from wsedu.live.browser import HERE, PATH
from wsedu.recording import Recording, dissect

from .scenes import COOKIE, LOOKS, PLAY, Page, asks_login, play, shop

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]


def asked(recording: Recording) -> dict[str, str]:
    """The headers of the request."""
    return {line.name.text: line.value.text for line in dissect(recording).request.head.headers}


def other_name(address: str) -> str:
    return address.replace("127.0.0.1", "localhost")


# Opens a WebSocket, perhaps with more arguments, and tells its events until it is closed.
EVENTS = """
([url, ...more]) => new Promise(done => {
    const told = [], socket = new WebSocket(url, ...more);
    socket.onmessage = ({ data }) => { told.push(data); socket.close(); };
    socket.onerror = () => told.push("error");
    socket.onclose = ({ code }) => done([...told, code]);
})
"""


def opens(page: Page, url: str, *more: Any) -> list[Any]:
    return page.evaluate(EVENTS, [url, *more])


def test_a_page_of_another_port_sends_a_strict_cookie_and_its_own_origin(
    page: Page, origin: str
) -> None:
    lab = shop()
    assert opens(page, lab.url) == ["Hello, stranger", 1005]
    assert opens(page, lab.url) == ["Hello, Ann", 1005]
    headers = asked(lab.recording)
    assert headers["Origin"] == origin.rstrip("/") != f"http://{headers['Host']}"
    assert headers["Cookie"] == "*" * len(COOKIE)


def test_a_cookie_of_one_server_goes_to_all_ports_of_its_host(page: Page) -> None:
    opens(page, shop().url)
    lab = Lab()
    page.evaluate(EVENTS.replace("socket.onmessage", "socket.onopen"), [lab.url])
    assert asked(lab.recording)["Cookie"] == "*" * len(COOKIE)


@pytest.mark.parametrize("policy", ["SameSite=Strict", "SameSite=Lax", "SameSite=None; Secure", ""])
def test_a_page_of_another_name_sends_no_cookie(page: Page, origin: str, policy: str) -> None:
    """The server is called localhost: there a cookie may be Secure without TLS."""

    async def greets(connection: Any) -> None:
        await connection.send("cookie" if "Cookie" in connection.request.headers else "none")
        await connection.wait_closed()

    lab = Lab(greets, set_cookie=f"shop=1; {policy}")
    page.goto(other_name(origin))
    assert opens(page, other_name(lab.url)) == ["none", 1005]
    assert opens(page, other_name(lab.url)) == ["cookie", 1005], "it is stored"
    page.goto(origin)
    assert opens(page, other_name(lab.url)) == ["none", 1005]
    assert asked(lab.recording)["Origin"] == origin.rstrip("/")


def test_a_sandboxed_frame_says_null_and_sends_no_cookie(tab: Page, origin: str) -> None:
    recording = play(tab, origin, "sandbox")
    assert asked(recording)["Origin"] == "null" and "Cookie" not in asked(recording)
    assert [step.words for step in recording.script] == [
        'open: readyState 1, protocol ""',
        'message: "Hello, stranger"',
        'close(1000, "seen enough")',
        'close: code 1000, reason "seen enough", wasClean true',
    ]


def test_a_widget_connects_to_the_host_that_its_page_names(page: Page, origin: str) -> None:
    """So that a page of localhost, as JupyterLab's is, and one of 127.0.0.1 send the same."""
    source = (HERE / "browser.js").read_text(encoding="utf-8")
    for address in (origin, other_name(origin)):
        lab = shop()
        page.goto(address)
        for name in ("stranger", "Ann"):
            values = {"steps": [], "code": LOOKS, "url": lab.url + PATH, "same_host": True}
            steps = page.evaluate(PLAY, [source, values])
            assert [words for _time, kind, words in steps if kind == "message"] == [
                f'message: "Hello, {name}"'
            ]
        host = address.split("/")[2].split(":")[0]
        assert asked(lab.recording)["Host"].split(":")[0] == host


def test_a_401_is_an_error_without_a_second_request(page: Page) -> None:
    """A dialog would hold the page back. A second request would come before the next WebSocket."""
    lab = Lab(server=asks_login)
    assert [opens(page, lab.url) for _again in range(2)] == [["error", 1006]] * 2
    assert [dissect(recording).status for recording in lab.recordings] == [401, 401]


def test_a_script_adds_no_header(page: Page) -> None:
    lab = shop()
    opens(page, lab.url, [], {"headers": {"Authorization": "Bearer 6455", "X-Token": "6455"}})
    opens(page, lab.url.replace("ws://", "ws://ann:6455@"))
    for recording in lab.recordings:
        assert b"6455" not in recording.sent_by("client")
        assert "Authorization" not in asked(recording)


def test_a_token_may_travel_as_a_subprotocol(page: Page) -> None:
    async def greets(connection: Any) -> None:
        await connection.send(connection.request.headers["Sec-WebSocket-Protocol"])
        await connection.wait_closed()

    lab = Lab(greets, subprotocols=["shop"])
    assert opens(page, lab.url, ["shop", "ticket.6455"]) == ["shop, ticket.6455", 1005]
