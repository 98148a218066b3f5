"""Runs a workload at another commit and here, in turn, and prints how fast each row is beside what it was:
`python3 benches/against.py COMMIT [WORKLOAD [ARGUMENT…]]`, by default `attack` with its own size.

Both are built the same way, from a clean checkout of the commit and from the files as they stand here. A ratio above 1 is faster.
It is of medians over the rounds; beside it stand the ratios of the single rounds, least and greatest.
"""

import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "target" / "against"
ROUNDS = 4
UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}


def checkout(commit):
    """A clean checkout of a commit, where builds of it are kept."""
    name = subprocess.run(["git", "rev-parse", "--short", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True, text=True)
    if name.returncode:
        sys.exit(f"`{commit}` is no commit of this repository")
    folder = KEPT / name.stdout.strip()
    if not folder.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, folder], check=True)
        subprocess.run(["git", "checkout", "--quiet", name.stdout.strip()], cwd=folder, check=True)
    return folder


def run(folder, workload, arguments, *, build=False):
    command = ["cargo", "bench", "--locked", "--package", "ctem-workspace", "--bench", workload]
    command += ["--no-run"] if build else ["--", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "CTEM_PEERS"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{workload} fails in {folder}:\n{done.stderr[-2000:]}")
    return dict(rate(line) for line in done.stdout.splitlines() if line.startswith("| ") and "/s" in line)


def rate(line):
    """A row's name, and things a second: `| name | 2.85 M nodes/s | …`."""
    name, figure = (cell.strip() for cell in line.split("|")[1:3])
    number, *unit = figure.split()
    return name, float(number.replace(",", "")) * UNITS.get(unit[0], 1)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    commit, workload, arguments = sys.argv[1], *(sys.argv[2:3] or ["attack"]), sys.argv[3:]
    sides = [checkout(commit), ROOT]
    for side in sides:
        run(side, workload, arguments, build=True)
    rounds = [[run(side, workload, arguments) for side in sides] for _ in range(ROUNDS)]
    names = list(dict.fromkeys(name for both in rounds for side in both for name in side))
    print(f"| row | {commit} | here | ratio | least | greatest |\n| --- | --- | --- | --- | --- | --- |")
    for name in names:
        old, new = ([both[at].get(name) for both in rounds] for at in (0, 1))
        if None in old or None in new:
            print(f"| {name} | {'missing' if None in old else ''} | {'missing' if None in new else ''} | | | |")
            continue
        ratios = [after / before for before, after in zip(old, new)]
        before, after = statistics.median(old), statistics.median(new)
        print(f"| {name} | {before:.3g}/s | {after:.3g}/s | {after / before:.2f} | {min(ratios):.2f} | {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
