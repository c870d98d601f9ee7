"""The page of a notebook on another machine: how it reaches the lab, and what is said if not."""

import asyncio
from collections.abc import Iterator

import pytest
import websockets

from wsedu.live import Lab, elsewhere
from wsedu.live.browser import BrowserClient, kept
from wsedu.recording import PageRecording

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_lab_is_left")]

TUNNEL = "/user/ada/wsedu-tunnel/"


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> list[BrowserClient]:
    """No page comes; what it would be shown is on this list."""
    shown: list[BrowserClient] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub, without the tunnel."""
    monkeypatch.delenv("WSEDU_TUNNEL", raising=False)
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")


@pytest.fixture
def tunnel(hub: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WSEDU_TUNNEL", TUNNEL)
    yield


@pytest.mark.usefixtures("tunnel")
async def test_with_a_tunnel_the_page_connects_to_paths_of_its_own_server(
    no_page: list[BrowserClient],
) -> None:
    lab = Lab()
    script = f"new WebSocket('{lab.direct_url}'); tell('ws://example.com:80/')"
    recording = await lab.browser(patience=0.05, script=script)
    (client,) = no_page
    assert client.url == f"{TUNNEL}{lab.url.rpartition(':')[2]}/from-your-browser"
    assert client.report.startswith(TUNNEL) and client.report.count("/") == 5
    port = lab.direct_url.rpartition(":")[2]
    assert client.code == f"new WebSocket('{TUNNEL}{port}'); tell('ws://example.com:80/')"
    # That the kept recording came through a tunnel is not said.
    assert recording == kept("handshake")


@pytest.mark.usefixtures("tunnel")
async def test_a_connection_through_the_tunnel_says_what_it_has_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    visits: list[asyncio.Task[None]] = []

    async def come(path: str) -> None:
        port = path.removeprefix(TUNNEL)
        async with websockets.connect(f"ws://127.0.0.1:{port}", proxy=None):
            pass

    def show(client: BrowserClient) -> None:
        visits.append(asyncio.ensure_future(come(client.url)))

    monkeypatch.setattr("IPython.display.display", show)
    recording = await Lab().browser(patience=20)
    await asyncio.gather(*visits)
    assert recording.note == elsewhere.how_it_came()
    assert "no RST, and no FIN of one side alone" in " ".join(capsys.readouterr().out.split())


async def test_without_a_hub_the_page_connects_to_this_machine(
    no_page: list[BrowserClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WSEDU_TUNNEL", raising=False)
    lab = Lab()
    await lab.browser(patience=0.05)
    assert no_page[0].url == f"{lab.url}/from-your-browser"
    assert no_page[0].report.startswith("ws://127.0.0.1:")
    assert elsewhere.how_it_came() == ""


async def shown_at_once(lab: Lab, **given: bool) -> PageRecording:
    """What is returned without a wait for a page."""
    return await lab.browser(patience=3600, **given)


@pytest.mark.usefixtures("hub")
async def test_a_hub_without_a_tunnel_is_named_and_the_kept_recording_shown_at_once(
    no_page: list[BrowserClient], capsys: pytest.CaptureFixture[str]
) -> None:
    recording = await shown_at_once(Lab())
    assert no_page == [] and recording == kept("handshake")
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("This hub has no tunnel (wsedu_classroom) through which your browser ")
    assert "A kept recording, not yours" in said and "No page of this notebook" not in said


@pytest.mark.usefixtures("tunnel")
async def test_what_no_tunnel_can_carry_is_said_at_once(
    no_page: list[BrowserClient], capsys: pytest.CaptureFixture[str]
) -> None:
    await shown_at_once(Lab(), sandboxed=True)
    assert "A sandboxed frame has no login" in capsys.readouterr().out
    await shown_at_once(Lab(set_cookie="a=b"), same_host=True)
    assert "The tunnel of the hub carries no cookie and no token" in capsys.readouterr().out
    await shown_at_once(Lab(open_to_the_network="127.0.0.1", token="12345678"))
    assert "The tunnel of the hub carries no cookie and no token" in capsys.readouterr().out
    assert no_page == []
