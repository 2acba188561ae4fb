"""Keys, links, films and logs on a developer's disk are for the developer alone."""

import os
import stat
from pathlib import Path

from tests.live import Client


def readable_by_others(folder: Path) -> list[str]:
    others = stat.S_IRWXG | stat.S_IRWXO
    return [
        str(path)
        for root, folders, files in os.walk(folder)
        for path in map(Path(root).joinpath, (*folders, *files))
        if not path.is_symlink() and path.lstat().st_mode & others
    ]


def test_nobody_else_can_read_what_a_running_stack_keeps(api: Client) -> None:
    assert api.call("GET", api.create_room()["viewerURL"], key=None).status == 200
    directory = api.stack.directory
    assert directory.stat().st_mode & 0o777 == 0o700
    # Packages of the layer are hard links into a cache, and what is in them is public.
    packages = str(directory / "app" / ".aws-sam" / "layer" / "python")
    others = [path for path in readable_by_others(directory) if not path.startswith(packages + "/")]
    assert others == []
    for name in ("aws/state", "log", "egress", "layers"):
        assert (directory / name).is_dir()
