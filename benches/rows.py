"""Plain rows in columns, scored by ctem, numpy and polars: `python3 benches/rows.py [ROWS]`, 10,000,000 unless said.

It needs the package, with numpy, polars and pyarrow beside it: `maturin build --release` in `ctem-py`, and the wheel installed. All compute the
same product of the same table: reach, threat, what the vector says of an attempt, impact. The numbers are held against each other before
anything is printed. Each has a process of its own, so that no one's memory is another's: what is printed of it is the most that was held
while rows were scored, beyond the table itself. Linux tells it.
"""

import multiprocessing
import pathlib
import sys
import tempfile
import time

import numpy

CVES = [f"CVE-2020-{n:05}" for n in range(20_000)]
PLACES = ["isolated", "internal", "unknown", "internet"]
TIERS = ["low", "medium", "high", "crown_jewel"]
VECTORS = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:N", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"]
WORDS = {"cve": CVES, "reachable": PLACES, "criticality": TIERS, "cvss": VECTORS}


def tables():
    """The EPSS table, the same in every process."""
    import ctem

    scores = numpy.random.default_rng(1).random(len(CVES)) ** 4
    return ctem.Intel(epss="cve,epss\n" + "".join(f"{cve},{score:.5f}\n" for cve, score in zip(CVES, scores, strict=True)))


def columns(rows):
    """The codes of each column."""
    lot = numpy.random.default_rng(0)
    return {name: lot.integers(0, len(words), rows, dtype=numpy.int32) for name, words in WORDS.items()}


def worths():
    """What each word is worth, by the engine: the peers get it for nothing."""
    import ctem

    intel = tables()
    one = {"cve": CVES[0], "reachable": "internet", "criticality": "crown_jewel", "cvss": VECTORS[0]}
    whole = ctem.score(one, intel=intel)["risk"]
    return whole, {name: numpy.array([ctem.score({**one, name: word}, intel=intel)["risk"] for word in words]) / whole for name, words in WORDS.items()}


def by_ctem(codes):
    import pyarrow

    import ctem

    intel = tables()
    table = pyarrow.table({name: pyarrow.DictionaryArray.from_arrays(codes[name], words) for name, words in WORDS.items()})
    return f"ctem {ctem.__version__}", lambda: pyarrow.table(ctem.score_table(table, intel=intel))["risk"].to_numpy()


def by_numpy(codes):
    whole, of = worths()
    return f"numpy {numpy.__version__}", lambda: whole * of["cve"][codes["cve"]] * of["reachable"][codes["reachable"]] * of["criticality"][codes["criticality"]] * of["cvss"][codes["cvss"]]


def by_polars(codes):
    import polars

    whole, of = worths()
    frame = polars.DataFrame(codes)
    sides = {name: polars.DataFrame({name: numpy.arange(len(words), dtype=numpy.int32), f"of {name}": of[name]}) for name, words in WORDS.items()}

    def scored():
        joined = frame.lazy()
        for name, side in sides.items():
            joined = joined.join(side.lazy(), on=name, how="left", maintain_order="left")
        product = polars.lit(whole)
        for name in sides:
            product = product * polars.col(f"of {name}")
        return joined.select(product.alias("risk")).collect()["risk"].to_numpy()

    return f"polars {polars.__version__}", scored


def by_copying(codes):
    def copied():
        [column.copy() for column in codes.values()]
        return numpy.empty(0)

    return "copying the columns", copied


ENGINES = [by_ctem, by_numpy, by_polars, by_copying]


def resident(line):
    """So many bytes by a line of what Linux says of this process, or nothing elsewhere."""
    try:
        said = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(each.split()[1]) * 1024 for each in said.splitlines() if each.startswith(line)), None)


def forget_the_most():
    """The most that was held is what is held now."""
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        pass


def run(engine, rows, told, folder):
    """One engine in a process of its own: its name, the least time of three, the most memory, and the risks in a file."""
    name, score = engine(columns(rows))
    best, most, risks = float("inf"), None, None
    for _ in range(3):
        risks = None
        forget_the_most()
        held = resident("VmRSS")
        began = time.perf_counter()
        risks = score()
        best = min(best, time.perf_counter() - began)
        if held is not None:
            most = max(most or 0, resident("VmHWM") - held)
    numpy.save(folder / f"{engine.__name__}.npy", risks)
    told.put((name, best, most))


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    fresh = multiprocessing.get_context("spawn")
    told = fresh.Queue()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for engine in ENGINES:
            process = fresh.Process(target=run, args=(engine, rows, told, folder))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(f"{engine.__name__} ended with {process.exitcode}")
            results.append(told.get())
        ours = numpy.load(folder / "by_ctem.npy")
        for engine in (by_numpy, by_polars):
            # They multiply quotients, which rounds.
            assert numpy.allclose(ours, numpy.load(folder / f"{engine.__name__}.npy"), rtol=1e-9, atol=0.0), engine.__name__
    own = results[0][1]
    print(f"| {rows:,} rows in columns | million rows a second | time beside ctem's | memory beside the table |\n| --- | --- | --- | --- |")
    for name, seconds, most in results:
        memory = "unknown" if most is None else f"{most / 2**20:,.0f} MiB"
        print(f"| {name} | {rows / seconds / 1e6:.1f} | {seconds / own:.3g} | {memory} |")


if __name__ == "__main__":
    main()
