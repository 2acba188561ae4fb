"""Command line: write the OpenAPI document, or check that it is written."""

import sys

from tools import ROOT
from tools.openapi import FILE, text


def main(arguments: list[str]) -> int:
    """Write the file; with --check, only say whether it is up to date."""
    if arguments not in ([], ["--check"]):
        print("Usage: python -m tools.openapi [--check]", file=sys.stderr)
        return 2
    wanted = text().encode()
    if FILE.exists() and FILE.read_bytes() == wanted:
        return 0
    if arguments:
        print(f"Out of date: {FILE.relative_to(ROOT)}; run `make openapi`.", file=sys.stderr)
        return 1
    FILE.write_bytes(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
