"""Prints the part of the template that outlives the stack, to import it.

Run as `python -m tools.deploy.kept`.
"""

import json
from typing import Any

from samcli.yamlhelper import yaml_parse

from tools import ROOT

_KEPT = "RetainExceptOnCreate"
_MADE_ANEW = {"AWS::S3::BucketPolicy"}
"""Types that belong to another resource and cannot be imported."""


def template() -> dict[str, Any]:
    """Return a template of only the kept resources: an import must not create or change others."""
    whole = yaml_parse((ROOT / "template.yaml").read_text())
    kept: dict[str, Any] = {
        name: body
        for name, body in whole["Resources"].items()
        if body.get("DeletionPolicy") == _KEPT and body["Type"] not in _MADE_ANEW
    }
    used = json.dumps(kept)
    conditions = {k: v for k, v in whole["Conditions"].items() if f'"{k}"' in used}
    used += json.dumps(conditions)
    parameters = {k: v for k, v in whole["Parameters"].items() if f'"Ref": "{k}"' in used}
    return {
        "AWSTemplateFormatVersion": whole["AWSTemplateFormatVersion"],
        "Parameters": parameters,
        "Conditions": conditions,
        "Resources": kept,
    }


if __name__ == "__main__":
    print(json.dumps(template(), indent=1))
