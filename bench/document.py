"""Replaces parts of documents, between two comments."""

from pathlib import Path


def replace_part(document: Path, name: str, text: str) -> None:
    """Replace the text between the two comments of a name."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = document.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    assert found and closed, f"{document} has no part {name}"
    document.write_text(f"{before}{begin}{text}{end}{after}")
