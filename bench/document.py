"""Parts of documents that are written by programs, between two comments."""

from pathlib import Path


def replace_part(document: Path, name: str, text: str) -> None:
    """Replace what stands between the comments of a name."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = document.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    assert found and closed, f"{document} has no part {name}"
    document.write_text(f"{before}{begin}{text}{end}{after}")
