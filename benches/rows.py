"""Plain rows in columns, scored by ctem, numpy and polars in one run: `python3 benches/rows.py [ROWS]`, 10,000,000 unless said.

It needs the package, built for release, with numpy, polars and pyarrow beside it. All compute the same product of the same table: reach,
threat, what the vector says of an attempt, impact. The numbers are held against each other before times are printed.
"""

import sys
import time

import numpy
import polars
import pyarrow

import ctem

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
CVES = [f"CVE-2020-{n:05}" for n in range(20_000)]
PLACES = ["isolated", "internal", "unknown", "internet"]
TIERS = ["low", "medium", "high", "crown_jewel"]
VECTORS = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:N", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"]


def least(of, times=3):
    """The least time of some, and what came out."""
    best, out = float("inf"), None
    for _ in range(times):
        began = time.perf_counter()
        out = of()
        best = min(best, time.perf_counter() - began)
    return best, out


def main():
    lot = numpy.random.default_rng(0)
    codes = {name: lot.integers(0, len(words), ROWS, dtype=numpy.int32) for name, words in [("cve", CVES), ("reachable", PLACES), ("criticality", TIERS), ("cvss", VECTORS)]}
    words = {"cve": CVES, "reachable": PLACES, "criticality": TIERS, "cvss": VECTORS}
    scores = lot.random(len(CVES)) ** 4
    intel = ctem.Intel(epss="cve,epss\n" + "".join(f"{cve},{score:.5f}\n" for cve, score in zip(CVES, scores, strict=True)))
    columns = {name: pyarrow.DictionaryArray.from_arrays(codes[name], words[name]) for name in codes}
    table = pyarrow.table(columns)

    # What each word is worth, by the engine: the peers get it for nothing.
    def worth(name, plain):
        return numpy.array([ctem.score({**plain, name: word}, intel=intel)["risk"] for word in words[name]])

    one = {"cve": CVES[0], "reachable": "internet", "criticality": "crown_jewel", "cvss": VECTORS[0]}
    whole = ctem.score(one, intel=intel)["risk"]
    factors = {name: worth(name, one) / whole for name in codes}

    def by_numpy():
        return whole * factors["cve"][codes["cve"]] * factors["reachable"][codes["reachable"]] * factors["criticality"][codes["criticality"]] * factors["cvss"][codes["cvss"]]

    frame = polars.DataFrame(codes)
    sides = {name: polars.DataFrame({name: numpy.arange(len(words[name]), dtype=numpy.int32), f"of {name}": factors[name]}) for name in codes}

    def by_polars():
        joined = frame.lazy()
        for name, side in sides.items():
            joined = joined.join(side.lazy(), on=name, how="left", maintain_order="left")
        product = polars.lit(whole)
        for name in sides:
            product = product * polars.col(f"of {name}")
        return joined.select(product.alias("risk")).collect()["risk"].to_numpy()

    def by_ctem():
        return pyarrow.table(ctem.score_table(table, intel=intel))["risk"].to_numpy()

    def copied():
        return [column.copy() for column in codes.values()]

    ours, risks = least(by_ctem)
    for name, peer in [(f"numpy {numpy.__version__}", by_numpy), (f"polars {polars.__version__}", by_polars)]:
        seconds, theirs = least(peer)
        # They multiply quotients, which rounds.
        assert numpy.allclose(risks, theirs, rtol=1e-9, atol=0.0), name
        print(f"| {ROWS:,} rows in columns | ctem {ROWS / ours / 1e6:.1f} M rows/s | {name}: {ROWS / seconds / 1e6:.1f} M rows/s | {seconds / ours:.2f} |")
    seconds, _ = least(copied)
    print(f"copying the columns takes {seconds:.3f} s, scoring them {ours / seconds:.1f} times as long")


if __name__ == "__main__":
    main()
