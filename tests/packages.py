"""What a stranger gets: the lists of the crate, the wheel, the source distribution and the npm package, and the Rust they need.

Run after the packages are built, as `./.ci/run` does. Each list holds the licences and the README, and nothing that nobody asked
for. With `--released`, as `./.ci/release` asks, the engines in them are released builds, without what a debugger reads.
"""

import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"]
LARGEST_ENGINE = 26 << 20
RELEASED = "--released" in sys.argv

wrong = []


def run(*command, folder="."):
    return subprocess.run(command, cwd=ROOT / folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def check(package, names, wanted, allowed):
    """Holds a package's list to what it must have, and to what it may have besides."""
    names = list(names)
    wrong.extend(f"{package} lacks {name}" for name in wanted if name not in names)
    known = re.compile("|".join([*map(re.escape, wanted), *allowed]))
    wrong.extend(f"{package} holds {name}: a leftover?" for name in names if not known.fullmatch(name))


def check_engine(package, name, engine):
    """Holds an engine to being a released build: small, and without a section for debuggers."""
    if RELEASED and (len(engine) > LARGEST_ENGINE or b"\0.debug_info\0" in engine):
        wrong.append(f"{package}: {name} of {len(engine):,} bytes is no released build")


def crate():
    names = run("cargo", "package", "--list", "--allow-dirty", "--package", "ctem-core").splitlines()
    wanted = [*TEXTS, "README.md", "Cargo.toml", "Cargo.toml.orig", "Cargo.lock", "build.rs", "src/lib.rs"]
    check("the crate", names, wanted, [r"\.cargo_vcs_info\.json", r"src/[\w/]+\.(rs|md|css|js|json|html|tsv)", r"src/[\w/]+-\d+\.(schema|example)\.json"])
    return f"crate: {len(names)} files"


def wheel():
    (path,) = (ROOT / "target/wheels").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        (about,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
        (engine,) = [name for name in names if re.fullmatch(r"ctem/_ctem\.[\w.]*(so|pyd)", name)]
        wanted = [f"{about}/licenses/{text}" for text in TEXTS]
        wanted += [f"{about}/METADATA", f"{about}/entry_points.txt", "ctem/__main__.py", "ctem/__init__.py", "ctem/_ctem.pyi", "ctem/answers.py", "ctem/errors.py", "ctem/py.typed", engine]
        check("the wheel", names, wanted, [rf"{re.escape(about)}/(RECORD|WHEEL|sboms/[\w.-]+\.json)", r"ctem/\w+\.pyi?"])
        metadata = archive.read(f"{about}/METADATA").decode()
        check_engine("the wheel", engine, archive.read(engine))
    if "# ctem for Python" not in metadata or "License-Expression: MIT OR Apache-2.0" not in metadata:
        wrong.append("the wheel's metadata lack the README or the licence")
    return f"wheel: {len(names)} files, {path.stat().st_size:,} bytes"


def source_distribution():
    run(sys.executable, "-m", "maturin", "sdist", "--manifest-path", "ctem-py/Cargo.toml", "--out", "target/wheels")
    (path,) = (ROOT / "target/wheels").glob("*.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
        names = [member.name.split("/", 1)[1] for member in archive.getmembers() if not member.isdir()]
    wanted = [f"{folder}/{text}" for folder in ["ctem-py", "ctem-core"] for text in [*TEXTS, "README.md", "Cargo.toml"]]
    wanted += [*TEXTS, "README.md", "PKG-INFO", "Cargo.toml", "Cargo.lock", "pyproject.toml", "ctem-core/build.rs"]
    sources = r"ctem-core/src/[\w./-]+\.(rs|md|css|js|json|html|tsv)"
    check("the source distribution", names, wanted, [sources, r"ctem-py/src/\w+\.rs", r"python/ctem/(\w+\.pyi?|py\.typed)"])
    return f"source distribution: {len(names)} files, {path.stat().st_size:,} bytes"


def npm():
    (package,) = json.loads(run("npm", "pack", "--dry-run", "--json", "--ignore-scripts", folder="ctem-node"))
    names = [file["path"] for file in package["files"]]
    engines = [name for name in names if name.startswith("native/")]
    # What is published is built then and there, as a release: the script's own default.
    if json.loads((ROOT / "ctem-node/package.json").read_text())["scripts"]["prepack"] != "node scripts/build.mjs":
        wrong.append("the npm package is not built as a release before it is packed")
    check("the npm package", names, [*TEXTS, "README.md", "package.json", "answers.d.ts", "ctem.js", "index.js", "index.d.ts"], [r"native/\w+-\w+\.node"])
    if not engines:
        wrong.append("the npm package has no engine")
    for name in engines:
        check_engine("the npm package", name, (ROOT / "ctem-node" / name).read_bytes())
    return f"npm package: {len(names)} files, {package['size']:,} bytes"


def packages_of(metadata, *names):
    """All that packages are made of, build scripts and macros with it, tests without."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    by_id = {package["id"]: package for package in metadata["packages"]}
    waiting = [each for each, package in by_id.items() if package["name"] in names]
    found = set(waiting)
    while waiting:
        for needed in nodes[waiting.pop()]["deps"]:
            if needed["pkg"] not in found and any(kind["kind"] != "dev" for kind in needed["dep_kinds"]):
                found.add(needed["pkg"])
                waiting.append(needed["pkg"])
    return [by_id[each] for each in found]


def oldest_rust():
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--all-features"))
    ours = packages_of(metadata, "ctem-core", "ctem-py", "ctem-node")
    (promised,) = {package["rust_version"] for package in ours if package["name"].startswith("ctem-")}
    number = lambda version: [int(part) for part in (version or "1").split(".")]
    newer = [package for package in ours if number(package["rust_version"])[:2] > number(promised)[:2]]
    wrong.extend(f"{package['name']} needs Rust {package['rust_version']}, and the packages promise {promised}" for package in newer)
    return f"Rust {promised}: enough for all {len(ours)} crates of the packages"


def one_core():
    """Holds the builds of `.ci/run` to one core, which is compiled again where anything below it has other features."""
    def below(*selection):
        seen = run("cargo", "tree", "--locked", "--prefix", "none", "--format", "{p} {f}", *selection).splitlines()
        return {line.removesuffix(" (*)") for line in seen}

    core = {line.split(" ")[0] for line in below("--edges", "normal,build", "--package", "ctem-core", "--features", "cli,parallel")}
    packages = ["--edges", "normal,build", "--package", "ctem-py"]
    builds = {"Python": packages, "Node": [*packages, "--package", "ctem-node"], "tests": ["--edges", "normal,build,dev", "--workspace", "--features", "cli"]}
    features = {name: {line for line in below(*selection) if line.split(" ")[0] in core} for name, selection in builds.items()}
    for name, of in features.items():
        wrong.extend(f"the core is compiled again for {name}: {line}" for line in sorted(of - features["Python"]))
    return f"one core for {', '.join(builds)}, of {len(core)} crates"


for look in [crate, wheel, source_distribution, npm, oldest_rust, one_core]:
    print(look())
if wrong:
    sys.exit("\n".join(wrong))
