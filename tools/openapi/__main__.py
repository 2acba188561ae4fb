"""Command line: write the OpenAPI document, or check that it is written."""

import sys

from tools import ROOT
from tools.openapi import FILES, text


def main(arguments: list[str]) -> int:
    """Write the files; with --check, only tell whether they are up to date."""
    if arguments not in ([], ["--check"]):
        print("Usage: python -m tools.openapi [--check]", file=sys.stderr)
        return 2
    wanted = text().encode()
    stale = [file for file in FILES if not file.exists() or file.read_bytes() != wanted]
    if not arguments:
        for file in stale:
            file.write_bytes(wanted)
    elif stale:
        names = " and ".join(str(file.relative_to(ROOT)) for file in stale)
        print(f"Out of date: {names}; run `make openapi`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
