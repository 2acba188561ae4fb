"""Generates clients from the OpenAPI document, as its readers do."""

import sys
from pathlib import Path

from tools import processes, programs
from tools.build import pages
from tools.openapi import FILE


def typescript(target: Path, log: Path) -> None:
    """Write the document's types to a file, as the pages do; raises Unavailable, StepFailed."""
    npm, environment = pages.npm_command()
    try:
        pages.install(npm, environment, log)
    except processes.StepFailed as error:
        raise programs.Unavailable(f"npm could not install the pages' packages: {error}") from error
    run = (*npm, "exec", "--offline", "--", "openapi-typescript", FILE, "--output", target)
    processes.run(run, log, environment, pages.SOURCES)


def python(target: Path, log: Path) -> None:
    """Write a package with a client to a new folder; raises StepFailed."""
    settings = target.with_suffix(".yaml")
    settings.write_text("post_hooks: []\n")  # it would format, with a ruff on PATH
    program = Path(sys.executable).with_name("openapi-python-client")
    options = ("--meta", "none", "--config", settings, "--output-path", target)
    processes.run((program, "generate", "--path", FILE, *options), log)
