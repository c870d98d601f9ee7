"""The conformance cases, with kosoku as the client and our endpoint as the server.

Left out are groups 12 and 13: compression, which the endpoint does not offer.
"""

import asyncio

import pytest
from kosoku import FailureError, run_fuzzingclient

from tests.conformance import verdicts, within_a_minute
from tests.conformance.peers import echo_server

# kosoku formats bytes on purpose, which python -bb would refuse.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")


async def judge(include: list[str] | None, exclude: list[str] | None) -> dict[str, str]:
    async with echo_server() as port:
        try:
            return verdicts(
                await run_fuzzingclient(f"127.0.0.1:{port}", include, exclude, concurrency=16)
            )
        except FailureError as failure:
            return verdicts(failure.results)


def test_core_cases() -> None:
    found = asyncio.run(within_a_minute(judge(None, ["9.*", "12.*", "13.*"])))
    assert len(found) == 247 and not {case: bad for case, bad in found.items() if bad}


def test_limits_and_performance_cases() -> None:
    found = asyncio.run(within_a_minute(judge(["9.*"], None)))
    assert len(found) == 54 and not {case: bad for case, bad in found.items() if bad}
