"""Prints the completed rounds of a search, those that are over first, then each as it comes; ends with the search.

python3 -m venv venv && venv/bin/pip install --require-hashes -r docs/clients/requirements.txt
venv/bin/python docs/clients/subscribe.py nats://127.0.0.1:PORT SEARCH
"""

import asyncio
import json
import sys

import nats

LAST_WORDS = ("retrain.completed", "search.failed", "search.cancelled", "search.deleted")


def show(event: dict) -> None:
    print(f"round {event['round']} of {event['rounds']}")
    for cell, operations in enumerate(event["space"]["optimized"]):
        print(f"  cell {cell}: {' '.join(map(str, operations)) or '-'}")
    for point in event["front"]:
        print(f"  front: {point['code']} cost {point['cost']} accuracy {point['accuracy']:.4f}")
    for what, artifact in sorted(event["artifacts"].items()):
        print(f"  {what}: {artifact['name']} {artifact['bytes']} bytes")


async def main(url: str, search: str) -> None:
    connection = await nats.connect(url)
    stream = connection.jetstream()
    # An ordered consumer: from the first stored event on, in order, and over a reconnect without a gap.
    events = await stream.subscribe(f"nse.v1.{search}.>", stream="NSE", ordered_consumer=True)
    async for message in events.messages:
        kind = message.headers["ce-type"].removeprefix("nse.v1.")
        if kind == "round.completed":
            show(json.loads(message.data))
        if kind in LAST_WORDS:
            print(f"over: {kind}")
            break
    await connection.close()


asyncio.run(main(*sys.argv[1:3]))
