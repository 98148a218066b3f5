"""What networkx says of the same graphs: dominators, minimum cuts and simple paths, on random networks of hosts."""

import itertools
import json
import math
import os
import random

import networkx as nx
import pytest

import ctem

# Forty graphs, the same in every run: another CTEM_SEED has others. A failure names the seed of its graph.
FIRST = 40 * int(os.environ.get("CTEM_SEED", "0"))
SEEDS = range(FIRST, FIRST + 40)


def network(seed, hosts, most_findings):
    """A random network: an attacker starts on host 0, the last one is what is lost, and every other has findings to be got past."""
    chance = random.Random(seed)
    graph = nx.gnp_random_graph(hosts, chance.uniform(1.2, 3.0) / hosts, seed=seed, directed=True)
    for host in list(graph)[1:]:
        graph.nodes[host]["findings"] = [f"f-{host}-{n}" for n in range(chance.randint(1, most_findings))]
    findings = [
        {
            "id": finding,
            "asset": f"h{host}",
            "weakness": {"id": f"w-{finding}", "kind": "misconfiguration"},
            "exploit": {"local": chance.choice([0.25, 0.5, 0.75]), "success": 1},
        }
        for host, of in graph.nodes(data="findings", default=[])
        for finding in of
    ]
    document = {
        "ctem": {"version": 1},
        "assets": [{"id": f"h{host}", "kind": "host"} for host in graph],
        "relations": [{"kind": "reaches", "from": f"h{a}", "to": f"h{b}", "removable": False} for a, b in graph.edges],
        "entry_points": [{"asset": "h0", "access": "use"}],
        "services": [
            {
                "id": "plant",
                "loss_events": [
                    {
                        "id": "stopped",
                        "loss": {"amount": 1000, "unit": "EUR"},
                        "when": {"state": {"asset": f"h{hosts - 1}", "access": "use"}},
                    }
                ],
            }
        ],
        "findings": findings,
    }
    program = ctem.Program()
    absorbed = program.absorb(ctem.read(json.dumps(document)))
    assert absorbed["tally"]["rejected"] == 0, absorbed
    chances = {finding["id"]: finding["exploit"]["local"] for finding in findings}
    return graph, chances, program.assess("2025-11-13")


def split(graph, cost):
    """The network with each host as an arc from where it is reached to where it is used, as wide as all its fixes cost."""
    flow = nx.DiGraph()
    for host, findings in graph.nodes(data="findings", default=[]):
        if findings:
            flow.add_edge((host, "reach"), (host, "use"), capacity=sum(cost(finding) for finding in findings))
    # An arc without a capacity is as wide as can be.
    flow.add_edges_from(((a, "use"), (b, "reach")) for a, b in graph.edges)
    flow.add_nodes_from([(0, "use"), (len(graph) - 1, "use")])
    return flow


@pytest.mark.parametrize("seed", SEEDS)
def test_choke_points_are_the_dominators(seed):
    graph, _, today = network(seed, hosts=14, most_findings=1)
    dominators, host = set(), len(graph) - 1
    above = nx.immediate_dominators(graph, 0)
    while host != 0 and host in above:
        dominators.add(f"f-{host}-0")
        host = above[host]
    points = today.choke_points("stopped")["list"]
    assert {point["finding"] for point in points if point["on_every_path"]} == dominators
    # What is critical in every world with the loss is on every path, and the other way round.
    assert {point["finding"] for point in points if point["critical"]["value"] > 1 - 1e-9} == dominators


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("unit", [True, False])
def test_the_cheapest_cut_is_a_minimum_cut(seed, unit):
    graph, chances, today = network(seed, hosts=14, most_findings=2)
    chance = random.Random(seed)
    costs = {finding: 1 if unit else chance.randint(1, 9) for finding in chances}
    cut = today.cheapest_cut("stopped", costs=None if unit else costs)
    value, _ = nx.minimum_cut(split(graph, costs.get), (0, "use"), (len(graph) - 1, "use"))
    assert (cut["ending"], cut["cost"], cut["at_least"]) == ("cut", value, value)
    chosen = {fix["finding"] for fix in cut["fixes"]}
    assert sum(costs[finding] for finding in chosen) == value

    def falls(fixed):
        open_hosts = [host for host, of in graph.nodes(data="findings", default=[]) if host == 0 or set(of) - fixed]
        left = graph.subgraph(open_hosts)
        return len(graph) - 1 in left and nx.has_path(left, 0, len(graph) - 1)

    assert not falls(chosen)
    assert all(falls(chosen - {finding}) for finding in chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_few_fixes_as_hosts_in_a_minimum_node_cut(seed):
    graph, _, today = network(seed, hosts=14, most_findings=1)
    graph.add_edge(len(graph) - 1, "lost")
    cut = nx.minimum_node_cut(graph, 0, "lost") if nx.has_path(graph, 0, "lost") else set()
    assert len(today.cheapest_cut("stopped")["fixes"]) == len(cut)


@pytest.mark.parametrize("seed", SEEDS)
def test_paths_are_the_smallest_sets_of_findings_on_simple_paths(seed):
    graph, chances, today = network(seed, hosts=9, most_findings=2)
    sets = set()
    for walk in nx.all_simple_paths(graph, 0, len(graph) - 1):
        sets |= {frozenset(chosen) for chosen in itertools.product(*(graph.nodes[host]["findings"] for host in walk[1:]))}
    smallest = {each for each in sets if not any(other < each for other in sets)}
    paths = today.paths("stopped", at_most=len(sets) + 1)
    assert "truncated" not in paths
    used = [frozenset(hop["finding"] for hop in path["hops"] if "finding" in hop) for path in paths["list"]]
    assert len(used) == len(set(used))
    assert set(used) == smallest
    expected = sorted((math.prod(chances[finding] for finding in each) for each in smallest), reverse=True)
    assert [path["chance"] for path in paths["list"]] == pytest.approx(expected, rel=1e-12)
    # A beginning of the list is the same list.
    few = today.paths("stopped", at_most=2)
    assert few["list"] == paths["list"][:2]
    # The search may end before it knows that there is no third.
    assert "truncated" in few or len(used) <= 2
