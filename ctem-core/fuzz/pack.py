"""Keeps a part of what a fuzzer found for `tests/fuzz.rs`, and gives it back to the fuzzer.

`python3 pack.py TARGET` writes `tests/fuzz-corpus/TARGET.json` of `corpus/TARGET`, and `python3 pack.py --unpack` does the reverse for all of them.
Each input is a text of which every character is one byte. Inputs above 4 KB stay out, and of more than a hundred every so many-th is kept, from
the least to the largest.
"""

import hashlib
import json
import pathlib
import sys

MOST_BYTES = 4_096
MOST = 100

here = pathlib.Path(__file__).resolve().parent
kept = here.parents[1] / "tests" / "fuzz-corpus"


def pack(target):
    inputs = {path.read_bytes() for path in (here / "corpus" / target).iterdir()}
    inputs = sorted((one for one in inputs if len(one) <= MOST_BYTES), key=lambda one: (len(one), one))
    chosen = [inputs[n * len(inputs) // MOST] for n in range(MOST)] if len(inputs) > MOST else inputs
    lines = ",\n".join(json.dumps(one.decode("latin-1")) for one in chosen)
    out = kept / f"{target}.json"
    out.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(chosen)} of {len(inputs)} inputs, {out.stat().st_size} bytes")


def unpack():
    for path in sorted(kept.glob("*.json")):
        folder = here / "corpus" / path.stem
        folder.mkdir(parents=True, exist_ok=True)
        for text in json.loads(path.read_text(encoding="utf-8")):
            one = text.encode("latin-1")
            (folder / hashlib.sha1(one).hexdigest()).write_bytes(one)


if __name__ == "__main__":
    unpack() if sys.argv[1:] == ["--unpack"] else pack(sys.argv[1])
