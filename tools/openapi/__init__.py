"""The OpenAPI document of the API, made from the code.

Summary, tags and description are on a route and its docstring; parameters in its signature, from
`meet.parameters` and a feature's schemas; bodies are models; `@answers` declares what comes back.
Here is only what none of them can say.
"""

import json

from meet.access import API, OPERATIONS
from tools import ROOT
from tools.openapi import own_schemas, schemas, webhooks, words
from tools.openapi.operations import Operation
from tools.openapi.schemas import Document

FILE = ROOT / "functions/web/openapi.json"
"""The document, where the web function serves it from."""

UNLISTED = {("DELETE", f"{API}/participants/{name}") for name in ("token", "tokens")}
"""Routes that are part of another one: a participant may be called token."""


def text() -> str:
    """Return the document as it stands in the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Document:
    """Return the document of every operation that the access table knows."""
    operations = [
        Operation.of(method, resource, function, accepted)
        for (method, resource), (function, accepted) in OPERATIONS.items()
        if (method, resource) not in UNLISTED
    ]
    partial = {view for each in operations if each.has("fields") for view in each.views}
    paths: Document = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = each.document(partial)
    tags = {tag for each in operations for tag in each.route.tags or []}
    whole: Document = {
        "openapi": "3.1.0",
        "info": words.INFO,
        "servers": words.SERVERS,
        "tags": [{"name": n, "description": d} for n, d in words.TAGS.items() if n in tags],
        "paths": paths,
        "webhooks": webhooks.document(),
        "components": {"securitySchemes": words.SECURITY_SCHEMES, "headers": words.HEADERS},
    }
    components = (
        schemas.sent(*(each.components for each in operations))
        | schemas.answered({view for each in operations for view in each.views}, partial)
        | own_schemas.OWN_SCHEMAS
        | {"Error": own_schemas.error()}
    )
    whole["components"]["schemas"] = schemas.reachable(components, whole)
    return whole
