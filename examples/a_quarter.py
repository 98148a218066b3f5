"""A quarter: thirteen weeks of a small company, event by event, and whether it got better.

The same program as `a_quarter.rs`, with the same output:

    python examples/a_quarter.py
"""

import json
from pathlib import Path

import ctem

EVENTS = Path(__file__).parent / "quarter" / "events.jsonl"


def main():
    program = ctem.Program()
    for line in EVENTS.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        delta = program.apply(line)
        what = event["what"] if isinstance(event["what"], str) else next(iter(event["what"]))
        before, after = (delta[risk]["value"] for risk in ("risk_before", "risk_after"))
        print(f"{event['at'][:10]} {what}: EUR {before:.0f} → EUR {after:.0f}")
        for how in ("appeared", "ended", "rose", "fell"):
            for change in delta[how]:
                print(told(how, change))
        for happened in delta["happened"]:
            if said := spoken(happened):
                print(f"  ! {said}")

    period = {"from": "2025-07-07", "until": "2025-10-06T12:00:00Z"}
    promised = period | {"promises": {"critical": 14, "high": 30}}
    quarter = program.measures(promised)
    print(
        f"\nThe quarter: {quarter['first_seen']} first seen, {quarter['ended']} ended,"
        f" {quarter['reopened']} reopened, {quarter['open_at_end']} open"
    )
    print(f"Time to remediate: {times(quarter['remediate'])}")
    print(f"Time to detect: {times(quarter['detect'])}")
    kept = quarter["promises"]
    print(f"Promises: {kept['kept']} kept, {kept['broken']} broken, {kept['running']} running")
    print(f"Looked at: {quarter['coverage']['looked_at']} of {quarter['coverage']['assets']} assets")
    for mark in program.trend(["2025-07-08T12:00:00Z", "2025-08-08", "2025-09-08", "2025-10-06T12:00:00Z"]):
        print(
            f"{mark['at'][:10]}: EUR {mark['risk']['value']:.0f}, {mark['exposures']} exposures, {mark['paths']} paths"
            f" ({mark['new_paths']} new, {mark['reopened_paths']} reopened, {mark['eliminated_paths']} eliminated)"
        )
    print("What moved the loss:")
    for by in program.moved(period)["by"]:
        print(f"  {by['cause']}: EUR {by['amount']:.0f}")
    page = program.progress_report_html(promised | {"title": "The shop"})
    print(f"The report for leadership: a page of {len(page.encode())} bytes")


def told(how, change):
    by = value(change["after"]) - value(change["before"])
    why = f" ({', '.join(change['why'])})" if change["why"] else ""
    return f"  {how} {change['title']} on {change['asset']}: EUR {by:.0f}{why}"


def value(risk):
    return risk["value"] if risk else 0.0


def spoken(happened):
    """What a person is told besides."""
    match happened["what"]:
        case "claim_refuted":
            return f"{happened['finding']} was said to be mended and is still seen"
        case "moved":
            return f"{happened['finding']} moved and is the same"
        case "reopened":
            return f"{happened['finding']} is back, first seen {happened['first'][:10]}"
        case "acceptance_ended":
            return f"{happened['finding']} is no longer accepted"
        case "listed":
            return f"{happened['cve']} is known to be exploited"
        case "model_changed":
            return "another EPSS model"
    return None


def times(times):
    mean, median, p90 = (
        "unknown" if times[name] is None else f"{times[name]:.2f} days" for name in ("mean_of_closed", "median", "p90")
    )
    return f"mean of closed {mean}, median {median}, p90 {p90} ({times['over']} of {times['of']} over)"


if __name__ == "__main__":
    main()
