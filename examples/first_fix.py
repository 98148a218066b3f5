"""What to do first: reads what tools wrote, puts it together and prints a plan and an explained ranking.

The same program as `first_fix.rs`, with the same options and the same output:

    python examples/first_fix.py
    python examples/first_fix.py scan.json other.sarif --env environment.json --kev kev.json --html out.html
"""

import argparse
import shutil
import sys
import threading
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import ctem

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


def main() -> int:
    options = asked()
    inputs = [(None, options.format, Path(name)) for name in options.files]
    inputs += [(None, None, Path(name)) for name in options.env]
    inputs += [(asset, options.format, Path(name)) for asset, name in options.asset]
    if not inputs:
        folder = Path(__file__).parent / "company"
        inputs = [(asset, options.format, folder / name) for asset, name in COMPANY]
        options.epss = folder / "epss_scores-2025-11-13.csv"
        options.kev = folder / "kev_2025-08-25.json"
        options.as_of = options.as_of or "2025-11-13"
    as_of = options.as_of or datetime.now(timezone.utc).isoformat(timespec="seconds")

    progress = Progress()
    try:
        return run(options, inputs, as_of, progress)
    except (OSError, ctem.CtemError) as error:
        progress.end()
        print(error, file=sys.stderr)
        return 2


def run(options, inputs, as_of, progress) -> int:
    progress.say("reading EPSS scores and the KEV catalogue")
    program = ctem.Program(ctem.Intel(epss=content(options.epss), kev=content(options.kev)))
    mapping = content(options.mapping)
    tally, unused, unknown = Counter(), 0, False
    for n, (asset, format, file) in enumerate(inputs, 1):
        progress.say(f"reading {n} of {len(inputs)}: {file.name}")
        try:
            report = ctem.read(file.read_bytes(), format=format, mapping=mapping, asset=asset, name=str(file))
            # A file of which no record can be used is not used.
            unused += 0 < report.tally["read"] == report.tally["rejected"]
            absorbed = program.absorb(report)
        except (OSError, ctem.CtemError) as error:
            progress.end()
            print(f"{file}: not used: {error}", file=sys.stderr)
            unused += 1
            unknown |= getattr(error, "code", None) == "unknown_format"
            continue
        tally.update(absorbed["tally"])
        for note in absorbed["notes"]:
            if note["kind"] == "rejected":
                progress.end()
                times = f" ({note['count']} times)" if "count" in note else ""
                print(f"{file}: rejected: {note['reason']}{times}   (at {note['place']})", file=sys.stderr)
    if unknown:
        print(f"known formats: {', '.join(format['name'] for format in ctem.formats())}", file=sys.stderr)
    if unused == len(inputs):
        progress.end()
        print("no file could be used", file=sys.stderr)
        return 2

    progress.say("finding attack paths")
    today = program.assess(as_of)
    progress.say("writing")
    table = today.table(at_most=options.top or 20, width=options.width)
    top = options.top or 1000
    if options.html:
        options.html.write_text(today.html(at_most=top), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(today.markdown(at_most=top), encoding="utf-8")
    if options.json:
        options.json.write_text(today.to_json(at_most=options.top, explained=True), encoding="utf-8")
    verdict = today.gate(content(options.gate), content(options.baseline)) if options.gate else None
    progress.end()
    clear = f" ({tally['clear']} of them clear)" if tally["clear"] else ""
    print(
        f"Records: read {tally['read']} = accepted {tally['accepted']} + merged {tally['merged']}"
        f" + rejected {tally['rejected']}{clear}"
    )
    sys.stdout.write(table)
    for line in verdict["words"] if verdict else []:
        print(f"Gate {line}")
    if verdict and verdict["stops"]:
        return 3
    return 1 if unused else 0


def content(file):
    return file.read_bytes() if file else None


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="first_fix", description=__doc__.splitlines()[0])
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="what a tool wrote: a scan, or a native document")
    add("--env", action="append", default=[], metavar="FILE", help="a native document: assets, relations, services")
    add("--asset", action="append", default=[], type=named, metavar="ID=FILE", help="and the asset of its findings")
    add("--format", metavar="NAME", help="the format of all files but native documents, where content does not tell it")
    add("--mapping", type=Path, metavar="FILE", help="a mapping document, for files of a format of your own")
    add("--epss", type=Path, metavar="FILE", help="the day's EPSS scores, plain or gzip")
    add("--kev", type=Path, metavar="FILE", help="CISA's catalogue of known exploited vulnerabilities")
    add("--as-of", metavar="MOMENT", help="the moment to look from; now, unless said")
    add("--top", type=int, metavar="N", help="so many rows")
    add("--width", type=int, default=width, metavar="N", help="the columns of the table")
    for kind in ("html", "markdown", "json"):
        add(f"--{kind}", type=Path, metavar="FILE", help=f"writes {kind.upper()}")
    add("--gate", type=Path, metavar="FILE", help="a policy: says whether each rule holds; ends with 3 when one does not")
    add("--baseline", type=Path, metavar="FILE", help="the JSON of an earlier assessment with all exposures")
    options = parser.parse_intermixed_args()
    if (options.gate is None) != (options.baseline is None):
        parser.error("`--gate` and `--baseline` go together")
    return options


def named(text: str) -> tuple[str, str]:
    asset, equals, file = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("is written ID=FILE")
    return asset, file


class Progress:
    """Says on a terminal what is being done, once it takes longer than a second."""

    def __init__(self):
        self.stage, self.ended = "", threading.Event()
        if sys.stderr.isatty():
            threading.Thread(target=self.tell, daemon=True).start()

    def tell(self):
        seconds = 1
        while not self.ended.wait(1):
            if self.stage:
                print(f"\r\x1b[K{self.stage} … {seconds} s", end="", file=sys.stderr, flush=True)
            seconds += 1

    def say(self, stage):
        self.stage = stage

    def end(self):
        self.stage = ""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
