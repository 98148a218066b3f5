"""The command line: `ctem`, or `python -m ctem`; `ctem --help` says what it does.

It is the engine's own, to the byte that of Rust and Node.
"""

import signal
import sys

from ._ctem import _main


def main() -> int:
    # The engine comes back to Python when all is done: until then Ctrl-C ends it as it ends any program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
