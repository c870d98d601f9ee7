"""kosoku, which holds Autobahn's cases, against our endpoint over plain asyncio.

A case has two verdicts: on what was exchanged and on how it was closed. NON-STRICT depends on
timing and INFORMATIONAL on taste; only these and OK pass.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}


def verdicts(results: Any) -> dict[str, str]:
    """For each case an empty string, or what is wrong."""
    return {
        result.case_id: ""
        if {result.behavior.value, result.behavior_close.value} <= PASSED
        else f"{result.behavior.value}, {result.behavior_close.value}: {result.result}"
        for result in results
    }


# Which cases to run, which of them to leave out, and how many there are.
GROUPS = {
    "core": (None, ["9.*", "12.*", "13.*"], 247),
    "limits and performance": (["9.*"], None, 54),
}
Cases = list[str] | None
Judge = Callable[[Cases, Cases], Coroutine[Any, Any, dict[str, str]]]


def assert_that_all_pass(judge: Judge, group: str) -> None:
    """Run a group of cases. It takes seconds; one that hangs fails, and its traceback says so."""
    include, exclude, count = GROUPS[group]

    async def within_a_minute() -> dict[str, str]:
        async with asyncio.timeout(60):
            return await judge(include, exclude)

    found = asyncio.run(within_a_minute())
    assert len(found) == count and not {case: bad for case, bad in found.items() if bad}
