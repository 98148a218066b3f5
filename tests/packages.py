"""What a stranger gets: the lists of the crate, the wheel, the source distribution and the npm package.

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


for look in [crate, wheel, source_distribution, npm]:
    print(look())
if wrong:
    sys.exit("\n".join(wrong))
