"""How long `import ctem` takes: `PYTHON tests/import_time.py`, of the Python that has the package, as `./.ci/release` asks.

The least of several fresh processes counts, since a machine that does other things only makes it longer.
"""

import re
import subprocess
import sys

MOST = 50.0
RUNS = 9


def took():
    """Milliseconds of one import, by Python's own account; with all that the package imports."""
    ended = subprocess.run([sys.executable, "-P", "-X", "importtime", "-c", "import ctem"], check=True, stderr=subprocess.PIPE, text=True)
    (microseconds,) = re.findall(r"\| +(\d+) \| ctem$", ended.stderr, re.MULTILINE)
    return int(microseconds) / 1000


least = min(took() for _ in range(RUNS))
print(f"import ctem: {least:.1f} ms, at most {MOST:.0f} are allowed")
if least > MOST:
    sys.exit("the package takes too long to import: `python -X importtime -c 'import ctem'` says what does")
