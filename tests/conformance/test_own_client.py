"""The course's own client says of each case what kosoku says, with servers that differ."""

import asyncio
from collections.abc import Sequence
from functools import cache

import pytest
from kosoku import FailureError, run_fuzzingclient

from tests.conformance.servers import BROKEN, HOST, SERVERS, refuses_four_bytes
from wsedu.course.cases import core, groups
from wsedu.course.running import Serve
from wsedu.course.stage import played

# kosoku formats bytes on purpose, which python -bb would refuse.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")

Verdicts = dict[str, bool]


async def of_kosoku(serve: Serve, cases: Sequence[str], at_once: int) -> Verdicts:
    """Whether each case passes, says kosoku, over sockets."""
    async with await asyncio.start_server(serve, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            results = await run_fuzzingclient(f"{HOST}:{port}", cases, [], at_once)
        except FailureError as failure:
            results = failure.results
    return {result.case_id: bool(result.passed) for result in results}


@cache
def of_ours(serve: Serve) -> Verdicts:
    """The same, says our client."""
    return {case.name: not case.story for case in played(serve, core())}


@pytest.fixture(scope="module")
def kosoku() -> dict[str, Verdicts]:
    """What kosoku says of all servers, which run at the same time: it waits a lot."""

    async def all_of_them() -> list[Verdicts]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(of_kosoku(each, core(), 8) for each in SERVERS.values()))

    return dict(zip(SERVERS, asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("name", SERVERS)
def test_verdicts_are_those_of_kosoku(name: str, kosoku: dict[str, Verdicts]) -> None:
    serve, theirs = SERVERS[name], kosoku[name]
    ours = of_ours(serve)
    if differ := [case for case in core() if ours[case] != theirs[case]]:
        # Once more, alone: a busy machine may have spoilt it.
        theirs = theirs | asyncio.run(of_kosoku(serve, differ, 1))
    assert ours == theirs


@pytest.mark.parametrize("name", BROKEN)
def test_server_that_breaks_a_rule_fails_cases_of_its_groups(name: str) -> None:
    fails, serve = BROKEN[name]
    ours = of_ours(serve)
    assert fails.split() == [
        group for group, cases in groups().items() if not all(ours[case] for case in cases)
    ]


# Cases of which the two say something else, and why.
DIFFER = {
    "kosoku 0.1.0 encodes a right text in UTF-8 twice, so no character has four bytes": [
        *("6.5.4", "6.7.4", "6.9.4", "6.11.4"),
        *(f"6.22.{number}" for number in range(3, 35)),
    ]
}


def test_the_two_differ_only_where_kosoku_does_not_send_what_the_case_is_about() -> None:
    ours = of_ours(refuses_four_bytes)
    theirs = asyncio.run(of_kosoku(refuses_four_bytes, core(), 8))
    assert [case for case in core() if ours[case] != theirs[case]] == sum(DIFFER.values(), [])
