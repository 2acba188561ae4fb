"""The document keeps every promise of the API as its user first wrote it down."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.contract import seed
from tools.openapi import document

DOCUMENT = document()


def resolve(value: dict[str, Any]) -> dict[str, Any]:
    """Return a schema or header with its reference followed and its allOf flattened."""
    found = dict(value)
    if "$ref" in found:
        target: Any = DOCUMENT
        for part in found.pop("$ref").removeprefix("#/").split("/"):
            target = target[part]
        named = resolve(target)
        if "properties" in found:
            named["properties"] = named["properties"] | found.pop("properties")
        found = named | found
    for part in found.pop("allOf", []):
        more = resolve(part)
        properties = found.get("properties", {}) | more.get("properties", {})
        required = [*found.get("required", []), *more.get("required", [])]
        found = more | found
        found |= {"properties": properties} if properties else {}
        found |= {"required": required} if required else {}
    return found


def ours(operation: str) -> dict[str, Any]:
    wanted = seed.OPERATIONS[operation]
    found: dict[str, Any] = DOCUMENT["paths"][wanted.path][wanted.method.lower()]
    return found


def names(schema: dict[str, Any], wanted: Any) -> dict[str, Any]:
    """Return the seed's type with names of components put in place."""
    body = seed.COMPONENTS[wanted] if isinstance(wanted, str) else wanted
    assert isinstance(body, dict), schema
    return body


def is_component(wanted: Any) -> bool:
    return isinstance(wanted, str) and wanted in seed.COMPONENTS


def check_answered(schema: dict[str, Any], wanted: Any, where: str) -> None:
    """Check that whatever we answer is what the seed lets a client expect."""
    schema = resolve(schema)
    if isinstance(wanted, list):
        assert schema["type"] == "array", where
        check_answered(schema["items"], wanted[0], f"{where}[]")
    elif isinstance(wanted, dict) or is_component(wanted):
        assert schema["type"] == "object", where
        for name, kind in names(schema, wanted).items():
            bare = name.removesuffix("!")
            assert bare in schema["properties"], f"{where}.{bare}"
            assert bare == name or bare in schema["required"], f"{where}.{bare}"
            check_answered(schema["properties"][bare], kind, f"{where}.{bare}")
    else:
        numbers = {"number", "integer"} if wanted == "number" else {wanted}
        assert schema["type"] in numbers, where


def check_taken(schema: dict[str, Any], wanted: Any, where: str) -> None:
    """Check that whatever the seed lets a client send is something we take."""
    schema = resolve(schema)
    if isinstance(wanted, dict) or is_component(wanted):
        properties = names(schema, wanted)
        assert schema["type"] == "object", where
        required = {name.removesuffix("!") for name in properties if name.endswith("!")}
        assert set(schema.get("required", [])) <= required, where
        for name, kind in properties.items():
            bare = name.removesuffix("!")
            check_taken(schema["properties"][bare], kind, f"{where}.{bare}")
    elif isinstance(wanted, list):
        assert schema["type"] == "array", where
        check_taken(schema["items"], wanted[0], f"{where}[]")
    else:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert wanted in types, where


@pytest.mark.parametrize("operation", seed.OPERATIONS)
def test_an_operation_is_where_it_was_under_its_name(operation: str) -> None:
    wanted, found = seed.OPERATIONS[operation], ours(operation)
    assert found["operationId"] == operation
    assert found["summary"] == wanted.summary
    assert found["tags"] == [wanted.tag]
    assert ({"apiKeyInHeader": []} in found["security"]) is wanted.needs_key
    assert (found["security"] == []) is not wanted.needs_key


@pytest.mark.parametrize("operation", seed.OPERATIONS)
def test_its_parameters_are_there_and_no_other_is_required(operation: str) -> None:
    wanted = seed.OPERATIONS[operation].parameters
    found = {each["name"]: each for each in ours(operation).get("parameters", [])}
    assert found.keys() >= wanted.keys()
    for name, each in found.items():
        if name in wanted:
            assert (each["in"], each["required"], each["schema"]["type"]) == wanted[name]
        else:
            assert not each["required"], name


@pytest.mark.parametrize("operation", [n for n, each in seed.OPERATIONS.items() if each.body])
def test_its_body_may_be_what_it_was(operation: str) -> None:
    wanted, found = seed.OPERATIONS[operation].body, ours(operation)["requestBody"]
    schema = found["content"]["application/json"]["schema"]
    if operation == "updateRoom":  # two shapes: the one of the schema and the one of the example
        bare, wrapped = resolve(schema)["anyOf"]
        check_taken(bare, wanted, operation)
        check_taken(wrapped, {"preferences": wanted}, operation)
    else:
        if is_component(wanted):
            assert schema == {"$ref": f"#/components/schemas/{wanted}"}
        check_taken(schema, wanted, operation)
    validator = Draft202012Validator(schema | {"components": DOCUMENT["components"]})
    for body in seed.BODIES[operation]:
        validator.validate(body)


@pytest.mark.parametrize("operation", seed.OPERATIONS)
def test_every_status_is_answered_with_the_body_it_had(operation: str) -> None:
    for status, wanted in seed.OPERATIONS[operation].answers.items():
        found, where = ours(operation)["responses"][str(status)], f"{operation} {status}"
        for name, kind in wanted.headers.items():
            check_answered(resolve(found["headers"][name])["schema"], kind, f"{where} {name}")
        if wanted.body is None:
            assert "content" not in found, where
        elif wanted.body == "binary":
            assert "video/mp4" in found["content"], where
        else:
            content = found["content"]["application/json"]
            check_answered(content["schema"], wanted.body, where)
            check_example(content, wanted.message, where)


def check_example(content: dict[str, Any], message: str | None, where: str) -> None:
    """Check that one of the examples says what the seed's says."""
    if message is not None:
        several = [each["value"] for each in content.get("examples", {}).values()]
        examples = several or [content["example"]]
        assert message in [each["message"] for each in examples], where


@pytest.mark.parametrize("name", seed.COMPONENTS)
def test_a_component_has_its_name_and_properties(name: str) -> None:
    schema, wanted = DOCUMENT["components"]["schemas"][name], seed.COMPONENTS[name]
    required = {each.removesuffix("!") for each in wanted if each.endswith("!")}
    assert set(schema.get("required", [])) == required
    for each, kind in wanted.items():
        bare = each.removesuffix("!")
        found = schema["properties"][bare]
        if is_component(kind):
            assert found["$ref"] == f"#/components/schemas/{kind}"
        else:
            check_taken(found, "integer" if found["type"] == "integer" else kind, bare)
            check_answered(
                found | {"type": kind} if isinstance(found["type"], list) else found, kind, bare
            )
        if (name, bare) in seed.DEFAULTS:
            assert found["default"] is seed.DEFAULTS[name, bare]


def test_the_credentials_are_called_what_they_were() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    for name, wanted in seed.SECURITY_SCHEMES.items():
        assert {key: schemes[name][key] for key in wanted} == wanted


def test_the_api_has_its_name_and_its_address() -> None:
    assert (DOCUMENT["info"]["version"], DOCUMENT["info"]["title"]) == (seed.VERSION, seed.TITLE)
    assert seed.SERVER in [server["url"] for server in DOCUMENT["servers"]]
    assert DOCUMENT["servers"][0]["url"] == "/meet/api/v1"
