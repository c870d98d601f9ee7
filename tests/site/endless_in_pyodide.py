"""What does not end, or ends too much; this file itself runs in Pyodide.

The last line is JSON: {answer: [outcome, sentence, seconds, its limit]}. The functions have a
shorter limit than a learner's answer has: all that time they compute.
"""

import asyncio
import json
import random
import time

from websockets.asyncio.client import connect

from wsedu.course import runner
from wsedu.course.catalogue import exercise_named
from wsedu.live import Lab

SHORT = 0.5  # seconds


def loops(*_args):
    while True:
        pass


def sleeps(*_args):
    time.sleep(1000)


def catches_all(*_args):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def sleeps_on(*_args):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass


async def waits(*_args):
    await asyncio.Future()


async def spins(*_args):
    while True:
        await asyncio.sleep(0)


async def server(_reader, _writer):
    while True:
        pass


async def end():
    """What asyncio takes for the end of the program."""
    raise SystemExit


async def ends(reader, writer):
    task = asyncio.create_task(end())
    await exercise_named("own-server").solution(reader, writer)
    del task


async def echo(connection):
    async for message in connection:
        task = asyncio.create_task(end())
        await connection.send(message)
        del task


said = {}
for name, answer, limit in (
    *(
        ("compute-accept", answer, SHORT)
        for answer in (loops, sleeps, catches_all, sleeps_on, waits, spins)
    ),
    ("own-server", server, None),
    ("own-server", ends, None),
):
    exercise = exercise_named(name)
    limit = limit or exercise.seconds
    begun = time.monotonic()
    verdict = runner.run(
        lambda watched, exercise=exercise: exercise.judge(exercise, watched, random.Random(1)),
        answer,
        limit,
    )
    seconds = time.monotonic() - begun
    said[answer.__name__] = [verdict.outcome, verdict.sentence, round(seconds, 1), limit]

with Lab(echo) as lab:
    async with connect(lab.url) as client:
        await client.send("still here")
        said["echo"] = [await client.recv(), "", 0, 0]

json.dumps(said)
