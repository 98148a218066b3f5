"""Writes what each package is made of, as CycloneDX 1.6: `python tests/sbom.py FOLDER`, as `./.ci/release` does.

From what cargo knows of the lock file: what is linked into the package or runs while it is built, each with version, licence, checksum and
where it is from. The same input gives the same bytes: no time, no random number.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The package, the ecosystem it is published in, and its name there.
PACKAGES = [("ctem-core", "cargo", "ctem-core"), ("ctem-py", "pypi", "ctem"), ("ctem-node", "npm", "ctem")]


def cargo(*command):
    return subprocess.run(["cargo", *command, "--locked"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def needed(package):
    """Names and versions of what a package needs, tests aside: with its own features, and not with those of others in the workspace."""
    # A crate is compiled by others, for whatever they choose; the others are built here, for this machine.
    how = ["--all-features", "--target", "all"] if package == "ctem-core" else []
    tree = cargo("tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--format", "{p}", *how)
    return {(words[0], words[1].removeprefix("v")) for line in tree.splitlines() if (words := line.split())}


def component(package, checksums, ecosystem="cargo", name=None):
    name, version = name or package["name"], package["version"]
    kept = {"type": "library", "bom-ref": f"pkg:{ecosystem}/{name}@{version}", "name": name, "version": version}
    if package.get("description"):
        kept["description"] = " ".join(package["description"].split())
    if license := package.get("license"):
        # Some write `/` for `OR`, which is no SPDX expression.
        kept["licenses"] = [{"expression": license.replace("/", " OR ")}]
    if checksum := checksums.get((package["name"], version)):
        kept["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    kept["purl"] = kept["bom-ref"]
    if package.get("repository"):
        kept["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return kept


def of_tests(dependency):
    return all(kind["kind"] == "dev" for kind in dependency["dep_kinds"])


def sbom(package, ecosystem, name):
    known = json.loads(cargo("metadata", "--format-version", "1"))
    wanted = needed(package)
    packages = {one["id"]: one for one in known["packages"] if (one["name"], one["version"]) in wanted}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    checksums = {(one["name"], one["version"]): one.get("checksum") for one in lock}
    (root,) = [id for id, one in packages.items() if one["name"] == package]
    itself = component(packages[root], checksums, ecosystem, name)
    others = {id: component(one, checksums) for id, one in packages.items() if id != root}
    refs = {id: one["bom-ref"] for id, one in others.items()} | {root: itself["bom-ref"]}
    listed = sorted(others.values(), key=lambda one: one["bom-ref"])
    nodes = [node for node in known["resolve"]["nodes"] if node["id"] in packages]
    on = {node["id"]: {one["pkg"] for one in node["deps"] if not of_tests(one)} & set(packages) for node in nodes}
    depends = [{"ref": refs[id], "dependsOn": sorted(refs[one] for one in ids)} for id, ids in on.items()]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": itself},
        "components": listed,
        "dependencies": sorted(depends, key=lambda one: one["ref"]),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for package, ecosystem, name in PACKAGES:
        text = sbom(package, ecosystem, name)
        document = json.loads(text)
        unsure = [one["name"] for one in document["components"] if not one.get("licenses") or (not one.get("hashes") and not one["name"].startswith("ctem-"))]
        if unsure:
            sys.exit(f"of {', '.join(unsure)} in {package} there is no licence or no checksum")
        path = folder / f"{package}.cdx.json"
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(document['components'])} components, {len(text.encode()):,} bytes, SHA-256 {hashlib.sha256(text.encode()).hexdigest()[:16]}…")


if __name__ == "__main__":
    main()
