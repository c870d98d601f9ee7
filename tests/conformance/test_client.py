"""The conformance cases, with kosoku as the server and our endpoint as the client."""

import pytest
from kosoku import FailureError, run_fuzzingserver

from tests.conformance import GROUPS, Cases, assert_that_all_pass, verdicts
from tests.conformance.peers import ask, echo_client
from wsedu.protocol import Text

# kosoku formats bytes on purpose, which python -bb would refuse.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")


async def judge(include: Cases, exclude: Cases) -> dict[str, str]:
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


@pytest.mark.parametrize("group", GROUPS)
def test_cases_of_a_group_pass(group: str) -> None:
    assert_that_all_pass(judge, group)
