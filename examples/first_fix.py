"""What to do first: reads what tools wrote about a sample company, puts it together and prints a plan and an explained ranking.

    python examples/first_fix.py

The same program as `first_fix.rs`, with the same output. For files of your own there is the command line: `ctem scan.json`.
"""

from collections import Counter
from pathlib import Path

import ctem

FOLDER = Path(__file__).parent / "company"

# Each file with the asset of its findings, where it names none.
COMPANY = [
    (None, "environment.json"),
    (None, "shop-web.trivy.json"),
    (None, "payments-api.trivy.json"),
    (None, "mailer.trivy.json"),
    (None, "node-1.grype.json"),
    (None, "db-host.grype.json"),
    (None, "laptop-anna.grype.json"),
    (None, "perimeter.nuclei.jsonl"),
    (None, "cloud.prowler.json"),
    ("shop-repo", "shop-repo.gitleaks.json"),
    ("payments-repo", "payments-repo.sarif"),
]


def file(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


# What the world knows: scores of EPSS of a day, and the catalogue of what is known to be exploited.
program = ctem.Program(ctem.Intel(epss=file("epss_scores-2025-11-13.csv"), kev=file("kev_2025-08-25.json")))

# What the company's tools know. Formats are told by their content.
tally = Counter()
for asset, name in COMPANY:
    tally.update(program.absorb(ctem.read(file(name), asset=asset, name=name))["tally"])

today = program.assess("2025-11-13")
clear = f" ({tally['clear']} of them clear)" if tally["clear"] else ""
print(
    f"Records: read {tally['read']} = accepted {tally['accepted']} + merged {tally['merged']}"
    f" + rejected {tally['rejected']}{clear}"
)
print(today.table(), end="")
