"""The conformance cases, with kosoku as the server and our endpoint as the client."""

import asyncio

import pytest
from kosoku import FailureError, run_fuzzingserver

from tests.conformance import verdicts, within_a_minute
from tests.conformance.peers import ask, echo_client
from wsedu.protocol import Text

# kosoku formats bytes on purpose, which python -bb would refuse.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")


async def judge(include: list[str] | None, exclude: list[str] | None) -> dict[str, str]:
    async with run_fuzzingserver(include, exclude, host="127.0.0.1", port=0) as server:
        count = (await ask(server.port, "/getCaseCount"))[0]
        assert isinstance(count, Text)
        for case in range(1, int(count.text) + 1):
            await echo_client(server.port, f"/runCase?case={case}&agent=wsedu")
        await ask(server.port, "/updateReports?agent=wsedu")
        try:
            results = await server.get_result()
        except FailureError as failure:
            results = failure.results
    return verdicts(results)


def test_core_cases() -> None:
    found = asyncio.run(within_a_minute(judge(None, ["9.*", "12.*", "13.*"])))
    assert len(found) == 247 and not {case: bad for case, bad in found.items() if bad}


def test_limits_and_performance_cases() -> None:
    found = asyncio.run(within_a_minute(judge(["9.*"], None)))
    assert len(found) == 54 and not {case: bad for case, bad in found.items() if bad}
