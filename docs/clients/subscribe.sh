#!/bin/sh
# Prints the completed rounds of a search that is stored, with the `nats` command and Python's json for the layout:
#
#   sh docs/clients/subscribe.sh nats://127.0.0.1:PORT SEARCH
set -eu
url=$1 search=$2

# --raw prints the payloads alone, one a line; --wait ends it when nothing more came for that long.
nats --server "$url" sub --stream NSE --all --raw --wait 2s "nse.v1.$search.round.completed" 2>/dev/null |
  python3 -c '
import json, sys
for line in filter(str.strip, sys.stdin):
    event = json.loads(line)
    print("round {round} of {rounds}".format(**event))
    for cell, operations in enumerate(event["space"]["optimized"]):
        print("  cell {}: {}".format(cell, " ".join(map(str, operations)) or "-"))
    for point in event["front"]:
        print("  front: {code} cost {cost} accuracy {accuracy:.4f}".format(**point))
    for what, artifact in sorted(event["artifacts"].items()):
        print("  {}: {name} {bytes} bytes".format(what, **artifact))
'
