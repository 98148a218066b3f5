"""The conformance vectors: what each call returns is, byte for byte, what they say. `tests/vectors.rs` says how they are laid out."""

import json
import re
import struct
from pathlib import Path

import pytest

import ctem

TESTS = Path(__file__).parents[2] / "tests"
THEN = re.compile(r'^  "then": (.*?)\n }', re.DOTALL | re.MULTILINE)
STRING_OR_SPACE = re.compile(r'"(?:[^"\\]|\\.)*"|\s+')


def compact(text):
    """JSON text without the spaces between its parts."""
    return STRING_OR_SPACE.sub(lambda match: match[0] if match[0].startswith('"') else "", text)


def cases():
    for path in sorted((TESTS / "vectors").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        cases, thens = json.loads(text), THEN.findall(text)
        assert len(cases) == len(thens), path
        for case, then in zip(cases, thens, strict=True):
            assert json.loads(then) == case["then"], case["name"]
            yield pytest.param(case["call"], case["given"], compact(then), id=case["name"])


def document(given, as_values=False):
    """What is handed in: bytes or text; where a call takes them, also plain values."""
    ((kind, content),) = given.items()
    match kind:
        case "json":
            return content if as_values else json.dumps(content)
        case "text":
            return content
        case "hex":
            return bytes.fromhex(content)
        case "file":
            return (TESTS / content).read_bytes()
    raise AssertionError(kind)


def options(given, *names):
    return {name: given[name] for name in names if name in given}


def intel(given):
    return ctem.Intel(**{name: document(given[name]) for name in ("epss", "kev", "effects", "metasploit", "nuclei", "exploit_db") if name in given})


def dumped(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def reading(given):
    how = options(given, "format", "asset", "most_bytes", "strict")
    if "mapping" in given:
        how["mapping"] = document(given["mapping"])
    if "secret_key" in given:
        how["secret_key"] = document(given["secret_key"]).encode()
    return how


def reports(given):
    return [ctem.read(document(each), **reading(given)) for each in given.get("documents", [])]


def shown(given, *names):
    """How much is shown, of the names that a form has."""
    how = options(given, *names)
    if "reasons" in given:
        how["explained"] = given["reasons"]
    if "budget" in given:
        how["budget"] = document(given["budget"], as_values=True)
    return how


def collection(given):
    """What the files of a collection become, as the engine would write it."""
    read = ctem.read_collection({name: document(file) for name, file in given["files"].items()}, **reading(given))
    return f'{{"reports":[{",".join(report.to_json() for report in read.reports)}],"notes":{dumped(read.notes)},"tally":{dumped(read.tally)}}}'


def program(given):
    program = ctem.Program(intel(given))
    absorbed = [program.absorb_json(report) for report in reports(given)]
    decided = [program.decide(decision) for decision in given.get("decisions", [])]
    return program, absorbed, decided


def applied(given):
    """The program after all events, and what the last one changed."""
    after, delta = program(given)[0], ""
    for event in given.get("events", []):
        delta = after.apply_json(event, **options(given, "late"))
    return after, delta


def happened(call, given):
    """The answer of a program after all events as text, which the call of that name gives as values."""
    after, asked = applied(given)[0], given["asked"]
    text = getattr(after, f"{call}_json")(asked)
    assert getattr(after, call)(asked) == json.loads(text)
    return text


def replayed(given):
    again = ctem.Program.read(applied(given)[0].document())
    return again.at(given["as_of"]).environment_json()


def assessment(given):
    how = options(given, "horizon_days", "events_per_finding")
    if "baseline" in given:
        how["baseline"] = document(given["baseline"], as_values=True)
    if "profile" in given:
        how["profile"] = document(given["profile"], as_values=True)
    return program(given)[0].assess(given["as_of"], **how)


def scored(score, given, name):
    return score(document(given[name], as_values=True), intel=intel(given), **options(given, "horizon_days"))


def back_tested(given):
    files = [document(given[name]) for name in ("rows", "outcomes")]
    how = {"epss": document(given["epss"])} if "epss" in given else {}
    text = ctem.back_test_json(*files, **how, **given["asked"])
    assert ctem.back_test(*files, **how, **given["asked"]) == json.loads(text)
    return text


QUESTIONS = (
    *("sample", "sample_block", "paths", "choke_points", "cheapest_cut", "blast_radius", "what_if", "combinations", "baseline"),
    *("actions", "plan", "compare_plans", "questions", "questions_text", "exposure_text", "trusts", "tickets"),
    *("select", "suggested_crown_jewels", "suggested_entry_points", "zones"),
)


def answered(call, given):
    """The answer to a question as text, which the call of that name gives as values."""
    today, asked = assessment(given), given["asked"]
    text = today.answer_json({call: asked})
    assert getattr(today, call)(**asked) == json.loads(text)
    return text


def judged(given):
    """What a gate says as text, which it says as values too."""
    today, policy = assessment(given), document(given["policy"])
    if "before" in given:
        baseline = assessment(given["before"]).to_json(**options(given["before"], "at_most"))
    else:
        baseline = document(given["held_against"])
    text = today.gate_json(policy, baseline)
    assert today.gate(policy, baseline) == json.loads(text)
    return text


def stood(given):
    """A trend as text, which the call of that name gives as values."""
    after, how = applied(given)[0], options(given, "horizon_days")
    text = after.trend_json(given["moments"], **how)
    assert after.trend(given["moments"], **how) == json.loads(text)
    return text


def erased_document(given):
    """The program's document once names are erased."""
    after = applied(given)[0]
    after.erase(given["asked"], document(given["key"]))
    return dumped(after.document())


CALLS = {
    "table": lambda given: dumped(assessment(given).table(**shown(given, "at_most", "width", "only"))),
    "markdown": lambda given: dumped(assessment(given).markdown(**shown(given, "at_most", "only"))),
    "html": lambda given: dumped(assessment(given).html(**shown(given, "at_most", "only"))),
    "decide": lambda given: dumped(program(given)[2][-1]),
    "read_collection": collection,
    "trend": stood,
    "compact": lambda given: dumped(
        applied(given)[0].compact(given["replay_from"], **options(given, "forget_gone_before"))
    ),
    "erase": lambda given: dumped(applied(given)[0].erase(given["asked"], document(given["key"]))),
    "erased_document": erased_document,
    "attacker_profiles": lambda given: ctem.attacker_profiles_json(),
    "formats": lambda given: json.dumps(ctem.formats(), separators=(",", ":")),
    "unknown_rules": lambda given: json.dumps(
        program(given)[0].unknown_rules(), ensure_ascii=False, separators=(",", ":")
    ),
    "intel": lambda given: intel(given).to_json(),
    "read": lambda given: reports(given)[-1].to_json(),
    "absorb": lambda given: program(given)[1][-1],
    "environment": lambda given: program(given)[0].environment_json(),
    "assess": lambda given: assessment(given).to_json(**options(given, "at_most", "explained")),
    "export": lambda given: json.dumps(
        assessment(given).export(given["form"], **options(given, "at_most")), ensure_ascii=False
    ),
    "gate": judged,
    "explain": lambda given: assessment(given).explain_json(given["finding"]),
    "cvss": lambda given: ctem.cvss_json(given["vector"]),
    "score": lambda given: scored(ctem.score_json, given, "row"),
    "apply": lambda given: applied(given)[1],
    "courses": lambda given: json.dumps(applied(given)[0].courses(), ensure_ascii=False, separators=(",", ":")),
    "accepted_risks": lambda given: json.dumps(
        applied(given)[0].accepted_risks(), ensure_ascii=False, separators=(",", ":")
    ),
    "reports": lambda given: json.dumps(
        applied(given)[0].reports(), ensure_ascii=False, separators=(",", ":")
    ),
    "history": replayed,
    "measures": lambda given: applied(given)[0].measures_json(given["asked"]),
    "moved": lambda given: applied(given)[0].moved_json(given["asked"]),
    "progress_report": lambda given: applied(given)[0].progress_report_json(given["asked"]),
    "progress_report_html": lambda given: json.dumps(
        applied(given)[0].progress_report_html(given["asked"]), ensure_ascii=False
    ),
    "coverage": lambda given: happened("coverage", given),
    "deadlines": lambda given: happened("deadlines", given),
    "fedramp_report": lambda given: happened("fedramp_report", given),
    "back_test": lambda given: back_tested(given),
} | {call: lambda given, call=call: answered(call, given) for call in QUESTIONS}


@pytest.mark.parametrize(("call", "given", "then"), list(cases()))
def test_a_call_returns_what_its_vector_says(call, given, then):
    try:
        if call == "score_all":
            # Numbers, not text: the same to the bit.
            risks, expected = scored(ctem.score_all, given, "rows"), json.loads(then)["value"]
            assert [struct.pack("d", risk) for risk in risks] == [struct.pack("d", risk) for risk in expected]
            return
        outcome = f'{{"value":{CALLS[call](given)}}}'
    except ctem.CtemError as error:
        told = {"code": error.code, "place": error.place, "message": error.message}
        outcome = json.dumps({"error": told}, ensure_ascii=False, separators=(",", ":"))
    assert outcome == then
