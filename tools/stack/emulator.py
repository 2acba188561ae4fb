"""The emulator's process: ministack behind the gateway, with its data saved every few seconds."""

import argparse
import asyncio
import json
import logging
import string
import tempfile
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc, s3
from ministack.services.cloudformation import provisioners

from tools.stack import warm_functions
from tools.stack.gateway import Gateway
from tools.stack.saving import Saver

_DATA = ("dynamodb", "s3", "secretsmanager")
"""Services that requests change; others change only in a deployment, which saves by itself."""
_ATTEMPTS = 5
_ALARM = "AWS::CloudWatch::Alarm"
_CHECKSUM = "x-amz-checksum"


def _save(wanted: Container[str]) -> None:
    """Write the state of services, as the emulator does when it ends."""
    for service, get_state in ministack._build_persistence_save_dict().items():
        if service not in wanted:
            continue
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                state = get_state()
                break
            except RuntimeError:  # it was changed while it was copied
                if attempt == _ATTEMPTS:
                    raise
        if state is not None:
            persistence.save_state(service, state)


def _save_all() -> None:
    _save(ministack._build_persistence_save_dict())


def _save_data() -> None:
    try:
        _save(_DATA)
    except Exception:
        logging.getLogger("persistence").exception("saving failed")


def api_id_from(deployed: Path) -> Callable[[], str | None]:
    """Return a function that reads the API's id from the file the deploy writes."""

    def api_id() -> str | None:
        try:
            return str(json.loads(deployed.read_text())["apiId"])
        except (OSError, ValueError, KeyError):
            return None

    return api_id


def _remember_attributes_in_nested_stacks() -> None:
    """Keep the attributes of unchanged resources of a nested stack, such as an alarm's ARN.

    The emulator loses them when it updates the stack, and then refuses references to them.
    """
    update = provisioners._update_resource

    def update_remembering(  # noqa: PLR0917 - called as the emulator's is
        kind: str,
        physical_id: str,
        before: dict[str, Any],
        after: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Any:
        if attributes is None:
            known = (cloudformation._stacks.get(stack) or {}).get("_resources", {})
            attributes = known.get(logical_id, {}).get("Attributes")
        if kind == _ALARM and "Arn" not in (attributes or {}):  # forgotten by an earlier run
            return provisioners._cw_metric_alarm_update(
                physical_id, before, after, stack, logical_id
            )
        return update(kind, physical_id, before, after, stack, logical_id, attributes)

    provisioners._update_resource = update_remembering


def _generate_secrets_without_punctuation() -> None:
    """Mind ExcludePunctuation, which the emulator's CloudFormation ignores."""
    generate = provisioners._sm_secret_string

    def generate_minding(properties: dict[str, Any]) -> str:
        rules = properties.get("GenerateSecretString") or {}
        if str(rules.get("ExcludePunctuation", "")).lower() == "true":
            excluded = rules.get("ExcludeCharacters", "") + string.punctuation
            properties = properties | {
                "GenerateSecretString": rules | {"ExcludeCharacters": excluded}
            }
        return str(generate(properties))

    provisioners._sm_secret_string = generate_minding


def _read_streams_from_their_beginning() -> None:
    """Forget how far the streams of tables were read before: their records are not saved.

    A stream has no records when the emulator starts, so none that follow would count as new until
    there were as many of them as before.
    """
    restore = lambda_svc._restore_esm_positions

    def restore_others(store: Any, positions: Any) -> None:
        if store is not lambda_svc._dynamodb_stream_positions:
            restore(store, positions)

    lambda_svc._restore_esm_positions = restore_others


def _send_parts_of_versions() -> None:
    """Mind Range where a request names a version, as S3 does; the emulator sends all of it."""
    get = s3._get_object

    def get_part(
        bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None
    ) -> Any:
        status, answered, body = get(bucket, key, headers, query)
        wanted = headers.get("range", "")
        if status != 200 or not wanted:
            return status, answered, body
        part = s3._parse_range(wanted, len(body))
        if part is None:
            refused = s3._xml_body(s3._range_error_xml(bucket, key))
            return 416, {"Content-Type": "application/xml"}, refused
        first, last = part
        sent = body[first : last + 1]
        where = f"bytes {first}-{last}/{len(body)}"
        of_part = {"Content-Length": str(len(sent)), "Content-Range": where}
        of_whole = {n: v for n, v in answered.items() if not n.lower().startswith(_CHECKSUM)}
        return 206, of_whole | of_part, sent

    s3._get_object = get_part


def main() -> None:
    """Serve until SIGTERM; the environment configures the emulator."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--aws-port", type=int, required=True)
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--deployed", type=Path, required=True)
    parser.add_argument("--function-log", type=Path, required=True)
    parser.add_argument("--layers", type=Path, required=True)
    arguments = parser.parse_args()

    logging.getLogger("persistence").setLevel(logging.WARNING)
    _remember_attributes_in_nested_stacks()
    _generate_secrets_without_punctuation()
    _read_streams_from_their_beginning()
    _send_parts_of_versions()
    warm_functions.log_to(arguments.function_log)
    warm_functions.wait_less_for_logs()
    warm_functions.keep_workers_whose_handler_raised()
    warm_functions.unpack_layers_once(arguments.layers)
    warm_functions.run_isolated(Path(tempfile.mkdtemp()))
    config = Config()
    config.bind = [f"127.0.0.1:{arguments.aws_port}", f"127.0.0.1:{arguments.api_port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    gateway = Gateway(
        ministack.app,
        arguments.api_port,
        api_id_from(arguments.deployed),
        Saver(_save_data, _save_all),
    )
    asyncio.run(serve(gateway, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
