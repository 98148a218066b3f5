"""The peers of the workloads, each on the same input. A workload calls `peers.py NAME FILES…` and reads JSON lines.

`peers.py graph GRAPH.npz OUT.ndjson` writes a graph of numpy arrays (n, src, dst, var, var_p, entry, jewel, loss) as a native
document, which the workload `assess` takes.
"""

import json
import sys
import time


def least(run, runs=3):
    """The least time of several runs, and the last answer."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = run()
        times.append(time.perf_counter() - start)
    return min(times), answer


def say(peer, seconds, answer):
    print(json.dumps({"peer": peer, "seconds": seconds, "answer": answer}), flush=True)


def cvss(file):
    import cvss

    kinds = {"CVSS:3": cvss.CVSS3, "CVSS:4": cvss.CVSS4}
    vectors = open(file).read().split("\n")

    def scores(text):
        return kinds.get(text[:6], cvss.CVSS2)(text).scores()

    seconds, answer = least(lambda: [scores(text) for text in vectors], 1)
    tenths = lambda score: None if score is None else round(float(score) * 10)
    say(f"cvss {cvss.__version__}", seconds, [[tenths(score) for score in scores] for scores in answer])


def parse(name, loads, run):
    seconds, answer = least(lambda: run(loads), 2)
    say(name, seconds, answer)


def parsers():
    import orjson

    return ("orjson", orjson.loads), ("json", json.loads)


def lines(file):
    text = open(file, "rb").read()
    for name, loads in parsers():
        parse(name, loads, lambda loads: sum(1 for line in text.splitlines() if loads(line) is not None))


def whole(file):
    text = open(file, "rb").read()
    for name, loads in parsers():
        parse(name, loads, lambda loads: len(loads(text)))


BASE_RATE, YOUNG_SINCE = 4.4e-5, 2025
RATIOS, YOUNG = [5.1, 3.1, 1.4, 0.86, 0.19], [0.09, 0.09, 0.027, 0.02, 0.004]
REACHABLE = [0.01, 0.1, 0.2, 1.0]
CRITICALITY = [1 / 64, 1 / 64, 1 / 16, 1 / 4, 1.0]


def score(table, catalogue, rows, risks):
    import numpy as np

    key = lambda cve: int(cve[4:8]) * 10**9 + int(cve[9:])
    scores = [line.split(",") for line in open(table).read().splitlines()[2:]]
    known = np.array([key(row[0]) for row in scores])
    epss = np.array([float(row[1]) for row in scores])
    listed = {}
    for entry in json.load(open(catalogue))["vulnerabilities"]:
        listed.setdefault(key(entry["cveID"]), entry["knownRansomwareCampaignUse"] == "Known")
    kev_keys = np.array(sorted(listed))
    ransomware = np.array([listed[cve] for cve in kev_keys])
    both = np.isin(known, kev_keys)
    level = epss[both].mean()
    level_ransomware = max(level, epss[both & np.isin(known, kev_keys[ransomware])].mean())
    kev = np.where(ransomware, level_ransomware, level)
    cve, metrics, severity, reachable, criticality = np.fromfile(rows, np.int64).reshape(-1, 5).T.copy()
    ours = np.fromfile(risks)
    reach, units = np.array(REACHABLE), np.array(CRITICALITY)
    rights = np.array([1.0, 0.5, 0.2])

    def numpy():
        def looked_up(keys, values):
            at = np.minimum(np.searchsorted(keys, cve), len(keys) - 1)
            return np.where(keys[at] == cve, values[at], np.nan)

        av, ac, pr, ui, total = metrics & 3, metrics >> 2 & 1, metrics >> 3 & 3, metrics >> 5 & 1, metrics >> 6
        open_ = (av == 0) & (pr == 0) & (ui == 0)
        categories = [open_ & (total == 1), severity == 4, open_, severity == 3]
        odds = BASE_RATE / (1 - BASE_RATE) * np.select(categories, RATIOS[:4], RATIOS[4])
        young = np.where(cve // 10**9 >= YOUNG_SINCE, np.select(categories, YOUNG[:4], YOUNG[4]), 0.0)
        found = np.fmax(looked_up(known, epss), looked_up(kev_keys, kev))
        found = np.where(np.isnan(found), odds / (1 + odds), found)
        threat = np.clip(np.maximum(found, young), 1e-6, 1 - 1e-6)
        needs = np.where((av == 2) & (pr == 1), 1.0, rights[pr])
        success = 0.9 * np.where(ac == 1, 0.5, 1.0) * needs * np.where(ui == 1, 0.4, 1.0)
        return reach[reachable] * threat * 0.5 * success * units[criticality]

    seconds, answer = least(numpy)
    say(f"numpy {np.__version__}", seconds, float(np.abs(answer - ours).max()))

    import polars as pl

    epss_frame = pl.DataFrame({"cve": known, "epss": epss})
    kev_frame = pl.DataFrame({"cve": kev_keys, "kev": kev})
    frame = pl.DataFrame(
        {"cve": cve, "metrics": metrics, "severity": severity, "reachable": reachable, "criticality": criticality}
    )

    def polars():
        m, choose = pl.col("metrics"), pl.when
        av, ac, pr, ui, total = m & 3, (m // 4) & 1, (m // 8) & 3, (m // 32) & 1, m // 64
        open_ = (av == 0) & (pr == 0) & (ui == 0)
        severity = pl.col("severity")

        def by_category(values):
            first = choose(open_ & (total == 1)).then(values[0]).when(severity == 4).then(values[1])
            return first.when(open_).then(values[2]).when(severity == 3).then(values[3]).otherwise(values[4])

        odds = by_category(RATIOS) * (BASE_RATE / (1 - BASE_RATE))
        young = choose(pl.col("cve") // 10**9 >= YOUNG_SINCE).then(by_category(YOUNG)).otherwise(0.0)
        found = pl.max_horizontal("epss", "kev").fill_null(odds / (1 + odds))
        threat = pl.max_horizontal(found, young).clip(1e-6, 1 - 1e-6)
        needs = choose((pr == 0) | ((av == 2) & (pr == 1))).then(1.0).when(pr == 1).then(0.5).otherwise(0.2)
        success = choose(ac == 1).then(0.45).otherwise(0.9) * needs * choose(ui == 1).then(0.4).otherwise(1.0)
        reach = pl.col("reachable").replace_strict(dict(enumerate(REACHABLE)), return_dtype=pl.Float64)
        units = pl.col("criticality").replace_strict(dict(enumerate(CRITICALITY)), return_dtype=pl.Float64)
        joined = frame.lazy().join(epss_frame.lazy(), on="cve", how="left", maintain_order="left")
        joined = joined.join(kev_frame.lazy(), on="cve", how="left", maintain_order="left")
        return joined.select(risk=reach * threat * 0.5 * success * units).collect()["risk"].to_numpy()

    seconds, answer = least(polars)
    threads = pl.thread_pool_size()
    say(f"polars {pl.__version__}, {threads} threads", seconds, float(np.abs(answer - ours).max()))


def paths(ends, chances, jewels):
    import numpy as np
    import scipy
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    source, target = np.fromfile(ends, np.uint32).reshape(2, -1).astype(np.int32)
    chance = np.fromfile(chances)
    # Of several edges between two nodes the likeliest counts; a matrix would add them up.
    order = np.lexsort((-chance, target, source))
    source, target, chance = source[order], target[order], chance[order]
    first = np.append(True, (np.diff(source) != 0) | (np.diff(target) != 0))
    nodes = int(max(source.max(), target.max())) + 1
    # An explicit zero is an edge to scipy, and stays one.
    weights = np.abs(np.log(chance[first]))
    matrix = csr_matrix((weights, (source[first], target[first])), (nodes, nodes))
    seconds, distance = least(lambda: dijkstra(matrix, indices=nodes - 1))
    say(f"scipy {scipy.__version__}", seconds, float(np.exp(-distance[np.fromfile(jewels, np.uint32)]).sum()))


def graph(file, out):
    """Nodes become assets. A variable that has its target's number is a finding on the target, others are controls."""
    import numpy as np

    arrays = np.load(file)
    name = lambda node: f"node-{node}"
    edges = list(zip(*(arrays[key].tolist() for key in ("src", "dst", "var"))))
    chances = arrays["var_p"].tolist()
    findings = {target for _, target, variable in edges if variable == target}
    controls = {variable for _, target, variable in edges if variable not in (-1, target)}
    with open(out, "w") as lines:
        write = lambda **record: lines.write(json.dumps(record) + "\n")
        write(ctem={"version": 1})
        for node in range(int(arrays["n"])):
            write(asset={"id": name(node), "kind": "host"})
        for n in sorted(controls):
            write(control={"id": f"control-{n}", "stops": 1 - chances[n]})
        for source, target, variable in edges:
            kind = {-1: "member_of", target: "reaches"}.get(variable, "writes")
            relation = {"kind": kind, "from": name(source), "to": name(target)}
            if kind == "writes":
                relation["controls"] = [f"control-{variable}"]
            write(relation=relation)
        for node in sorted(findings):
            exploit = {"needs": "reach", "gives": "control", "threat": chances[node], "local": 1, "success": 1}
            write(finding={"asset": name(node), "weakness": {"id": f"flaw:{node}"}, "exploit": exploit})
        for node in arrays["entry"].tolist():
            write(entry_point={"asset": name(node), "access": "use"})
        for node, loss in zip(arrays["jewel"].tolist(), arrays["loss"].tolist()):
            event = {"id": f"loss-{node}", "loss": {"amount": loss, "unit": "EUR"}}
            event["when"] = {"state": {"asset": name(node), "access": "use"}}
            write(service={"id": f"service-{node}", "loss_events": [event]})


def network(folder):
    """Most probable ways, dominators and sampled worlds of one graph, by the libraries people would use."""
    import pathlib

    import numpy as np

    read = lambda name, kind=np.int32: np.fromfile(pathlib.Path(folder) / name, kind)
    nodes, variable, chances = int(read("nodes")[0]), read("variable"), read("chances", np.float64)
    entries, jewels, losses = read("entries"), read("jewels"), read("losses", np.float64)
    # The attacker is one more node, before the entries.
    source = np.concatenate([read("from"), np.full(len(entries), nodes, np.int32)])
    target = np.concatenate([read("to"), entries])
    chance = np.where(variable < 0, 1.0, chances[np.maximum(variable, 0)])
    weight = np.abs(np.log(np.concatenate([chance, np.ones(len(entries))])))
    ends = list(zip(source.tolist(), target.tolist()))

    def ways(name, run):
        seconds, distance = least(run)
        distance = np.asarray(distance, float)
        known = np.isfinite(distance) & (distance < 1e300)
        say(name, seconds, {"task": "ways", "reached": int(known.sum()), "sum": float(np.exp(-distance[known]).sum())})

    def chains(above):
        """How many nodes, besides those that fall anyway, every way to each jewel passes, summed."""
        count = 0
        for jewel in jewels.tolist():
            node = above(jewel)
            while node is not None and node != nodes:
                count, node = count + (node not in sure), above(node)
        return count

    from scipy import __version__ as version
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, dijkstra

    # An explicit zero is an edge to scipy, but equal edges would be added up: there are none.
    matrix = csr_matrix((weight, (source, target)), (nodes + 1, nodes + 1))
    ways(f"scipy {version}", lambda: dijkstra(matrix, indices=nodes)[:nodes])
    del matrix

    random, lost = np.random.default_rng(1), []
    guard = np.concatenate([variable, np.full(len(entries), -1, np.int32)])

    certain = guard < 0
    kept = csr_matrix((np.ones(certain.sum(), np.int8), (source[certain], target[certain])), (nodes + 1, nodes + 1))
    sure = set(breadth_first_order(kept, nodes, return_predecessors=False).tolist())

    def world():
        helps = random.random(len(chances)) < chances
        open_ = (guard < 0) | helps[np.maximum(guard, 0)]
        kept = csr_matrix((np.ones(open_.sum(), np.int8), (source[open_], target[open_])), (nodes + 1, nodes + 1))
        fallen = np.zeros(nodes + 1, bool)
        fallen[breadth_first_order(kept, nodes, return_predecessors=False)] = True
        lost.append(losses[fallen[jewels]].sum())

    seconds, _ = least(lambda: [world() for _ in range(20)], 1)
    deviation = float(np.std(lost) / len(lost) ** 0.5)
    answer = {"task": "worlds", "loss": float(np.mean(lost)), "deviation": deviation}
    # Twenty worlds stand for as many as we count: 1,024.
    say(f"scipy {version}", seconds * 1024 / 20, answer)

    import networkit

    graph = networkit.GraphFromCoo(
        (weight, (source.astype(np.uint64), target.astype(np.uint64))), n=nodes + 1, directed=True, weighted=True
    )

    def run():
        search = networkit.distance.Dijkstra(graph, nodes, False)
        search.run()
        return search.getDistances()[:nodes]

    ways(f"networkit {networkit.__version__}", run)
    del graph

    import rustworkx

    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(nodes + 1))
    graph.add_edges_from([(a, b, w) for (a, b), w in zip(ends, weight.tolist())])
    seconds, lengths = least(lambda: rustworkx.dijkstra_shortest_path_lengths(graph, nodes, lambda w: w))
    distance = [lengths[node] for node in lengths.keys() if node != nodes]
    answer = {"task": "ways", "reached": len(distance), "sum": float(np.exp(-np.array(distance)).sum())}
    say(f"rustworkx {rustworkx.__version__}", seconds, answer)
    seconds, above = least(lambda: rustworkx.immediate_dominators(graph, nodes))
    answer = {"task": "dominators", "reached": len(above) - 1, "chains": chains(above.get)}
    say(f"rustworkx {rustworkx.__version__}", seconds, answer)
    del graph

    import igraph

    graph = igraph.Graph(nodes + 1, np.stack([source, target], 1), directed=True)
    seconds, above = least(lambda: graph.dominator(nodes))
    answer = {"task": "dominators", "reached": sum(node >= 0 for node in above)}
    say(f"igraph {igraph.__version__}", seconds, answer)


def unpack(file, folder):
    """Writes the arrays of a graph in numpy's format one by one, as the workload `attack` reads them."""
    import pathlib

    import numpy as np

    arrays, folder = np.load(file), pathlib.Path(folder)
    names = {"n": "nodes", "src": "from", "dst": "to", "var": "variable", "entry": "entries", "jewel": "jewels"}
    for name, ours in names.items():
        np.atleast_1d(arrays[name]).astype(np.int32).tofile(folder / ours)
    for name, ours in {"var_p": "chances", "loss": "losses"}.items():
        arrays[name].astype(np.float64).tofile(folder / ours)


if __name__ == "__main__":
    workloads = {f.__name__: f for f in (cvss, lines, whole, score, paths, graph, network, unpack)}
    workloads[sys.argv[1]](*sys.argv[2:])
