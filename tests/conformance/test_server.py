"""The conformance cases, with kosoku as the client and our endpoint as the server.

Left out are groups 12 and 13: compression, which the endpoint does not offer.
"""

import asyncio

import pytest
from kosoku import FailureError, run_fuzzingclient

from tests.conformance import GROUPS, Cases, assert_that_all_pass, verdicts
from tests.conformance.peers import echo_server
from wsedu.course.cases import core

# kosoku formats bytes on purpose, which python -bb would refuse.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")


async def judge(include: Cases, exclude: Cases) -> dict[str, str]:
    async with echo_server() as port:
        try:
            return verdicts(
                await run_fuzzingclient(f"127.0.0.1:{port}", include, exclude, concurrency=16)
            )
        except FailureError as failure:
            return verdicts(failure.results)


@pytest.mark.parametrize("group", GROUPS)
def test_cases_of_a_group_pass(group: str) -> None:
    assert_that_all_pass(judge, group)


def test_list_of_the_course_has_the_names_of_all_core_cases() -> None:
    include, exclude, count = GROUPS["core"]
    assert tuple(asyncio.run(judge(include, exclude))) == core()
    assert len(core()) == count
