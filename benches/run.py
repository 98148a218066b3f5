"""Runs the workloads beside their peers and prints one table: `python3 benches/run.py [WORKLOAD [ARGUMENT…]]`.

The peers are Python packages; they are installed into target/peers, once. Without them `cargo bench` prints our figures alone.
"""

import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "target" / "peers"
PYTHON = PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PACKAGES = ["cvss", "orjson", "numpy", "scipy", "polars", "networkit", "rustworkx", "igraph"]
WORKLOADS = ["cvss", "read", "score", "assess", "attack"]


def install():
    if not PYTHON.exists():
        venv.create(PEERS, with_pip=True)
    if subprocess.run([PYTHON, "-c", f"import {', '.join(PACKAGES)}"], capture_output=True).returncode:
        done = subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", *PACKAGES])
        if done.returncode:
            print("the peers could not be installed: the table has our figures alone", file=sys.stderr)


def table(workload, arguments):
    command = ["cargo", "bench", "--package", "ctem-workspace", "--bench", workload, "--", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "CTEM_PEERS": PYTHON})
    if done.returncode:
        sys.exit(done.returncode)
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


def main():
    workloads, arguments = (sys.argv[1:2], sys.argv[2:]) if len(sys.argv) > 1 else (WORKLOADS, [])
    install()
    tables = [table(workload, arguments) for workload in workloads]
    head, rows = tables[0][:2], [row for lines in tables for row in lines[2:]]
    print("\n".join(head + rows))


if __name__ == "__main__":
    main()
