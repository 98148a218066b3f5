"""From a directory's collection and two scans to what to do first, and to what nearly all ways to each loss have in common.

    python examples/directory.py

The same program as `directory.rs`, with the same output. By command the same is `ctem --config examples/directory/ctem.toml`.
"""

from collections import Counter
from pathlib import Path

import ctem

EXAMPLES = Path(__file__).parent

# What was collected of the directory, in files that speak of each other; the scans; and what the bank says of itself.
FILES = [
    "collection/domains.json",
    "collection/users.json",
    "collection/groups.json",
    "collection/computers.json",
    "servers.nessus",
    "perimeter.nuclei.jsonl",
    "environment.json",
]

company = EXAMPLES / "company"
program = ctem.Program(ctem.Intel(epss=company / "epss_scores-2025-11-13.csv", kev=company / "kev_2025-08-25.json"))

# Files that speak of each other are read together, whatever their order.
collection = ctem.read_collection({name: EXAMPLES / "directory" / name for name in FILES})
tally = Counter()
for report in collection.reports:
    tally.update(program.absorb(report)["tally"])

today = program.assess("2025-11-13")
clear = f" ({tally['clear']} of them clear)" if tally["clear"] else ""
print(f"Files: {collection.tally['read']}")
print(
    f"Records: read {tally['read']} = accepted {tally['accepted']} + merged {tally['merged']}"
    f" + rejected {tally['rejected']}{clear}"
)
print(today.table(), end="")
for loss in today.loss_events:
    if loss.get("service") is None:
        continue
    points = today.choke_points(loss["event"])
    if not points["list"]:
        continue
    print(f"\nWhat the ways to “{loss['name']}” have in common, at {100 * points['chance']['value']:.1f} %:")
    for point in points["list"][:5]:
        sure = ", on every way" if point["on_every_path"] else ""
        print(f"  {100 * point['critical']['value']:.1f} %{sure}: {point['name']}")
