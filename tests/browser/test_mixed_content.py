"""A page that came by https: which WebSockets its script may open (lesson 14)."""

from collections.abc import Iterator

import playwright.sync_api
import pytest

from wsedu.live import Lab, Nginx

from .. import firefox as firefox_program
from ..firefox import Browser

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_lab_is_left")]

Page = playwright.sync_api.Page | firefox_program.Page

SITE = """
server {
    listen 127.0.0.1:PORT ssl;
    ssl_certificate chain.pem;
    ssl_certificate_key key.pem;
    location / {
        proxy_pass http://127.0.0.1:BACKEND;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
    }
}
"""
# Opens a WebSocket, says "Hello", and tells what the script was told.
SAY = """
url => new Promise(done => {
    const told = [];
    let socket;
    try { socket = new WebSocket(url); } catch (error) { return done([error.name]); }
    socket.onopen = () => { told.push("open"); socket.send("Hello"); };
    socket.onmessage = event => { told.push(event.data); socket.close(1000); };
    socket.onerror = () => told.push("error");
    socket.onclose = event => done([...told, event.code]);
})
"""


@pytest.fixture
def proxy() -> Iterator[Nginx]:
    import trustme

    made = trustme.CA().issue_cert("127.0.0.1")
    files = {"chain.pem": made.cert_chain_pems[0].bytes(), "key.pem": made.private_key_pem.bytes()}
    with Lab() as lab, Nginx(lab, SITE, files=files) as proxy:
        yield proxy


@pytest.fixture
def page(browser: Browser, proxy: Nginx) -> Iterator[Page]:
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(proxy.url.replace("ws://", "https://") + "/page")
        yield page


def test_it_may_use_wss(page: Page, proxy: Nginx) -> None:
    assert page.evaluate(SAY, proxy.url.replace("ws://", "wss://")) == ["open", "Hello", 1000]


def test_it_may_not_use_ws_to_another_machine(page: Page) -> None:
    assert page.evaluate(SAY, "ws://shop.example/") == ["SecurityError"]


def test_it_may_use_ws_to_its_own_machine(page: Page, proxy: Nginx) -> None:
    assert page.evaluate(SAY, proxy._lab.url) == ["open", "Hello", 1000]
