"""kosoku, which holds Autobahn's cases, against our endpoint over plain asyncio.

A case has two verdicts: on what was exchanged and on how it was closed. NON-STRICT depends on
timing and INFORMATIONAL on taste; only these and OK pass.
"""

import asyncio
from collections.abc import Coroutine
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


async def within_a_minute(verdicts: Coroutine[Any, Any, dict[str, str]]) -> dict[str, str]:
    """A run takes seconds. One that hangs fails, and says so by its traceback."""
    async with asyncio.timeout(60):
        return await verdicts
