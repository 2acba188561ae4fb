"""The emulator's process: ministack behind the gateway, with its data on disk before an answer."""

import argparse
import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import lambda_runtime, persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc, s3, secretsmanager

from dev.commits import Commits
from dev.gateway import Gateway

_ATTEMPTS = 5


def _dynamodb_state() -> dict[str, Any]:
    """Return what dynamodb.get_state does, without its deep copy: four times as fast."""
    tables = AccountRegionScopedDict()
    for (account, region, name), table in dynamodb._tables.all_items():
        kept = {key: value for key, value in table.items() if key != dynamodb._INDEX_MEMBERS}
        tables.set_scoped(account, region, name, kept)
    return {
        "tables": tables,
        "tags": dynamodb._tags,
        "ttl_settings": dynamodb._ttl_settings,
        "pitr_settings": dynamodb._pitr_settings,
        "kinesis_destinations": dynamodb._kinesis_destinations,
        "contributor_insights": dynamodb._contributor_insights,
        "backups": dynamodb._backups,
        "resource_policies": dynamodb._resource_policies,
        "exports": dynamodb._exports,
        "imports": dynamodb._imports,
    }


_STATES: dict[str, Callable[[], dict[str, Any]]] = {
    "dynamodb": _dynamodb_state,
    "s3": s3.get_state,
    "secretsmanager": secretsmanager.get_state,
}


def save(service: str) -> None:
    """Write the service's state, in the emulator's own format; raises OSError.

    The emulator's save_state uses json.dump, whose encoder is pure Python and five times slower,
    and it swallows errors.
    """
    for attempt in range(_ATTEMPTS):
        try:
            text = json.dumps(
                {
                    "__ministack_format__": persistence._state_format_version(service),
                    "payload": _STATES[service](),
                },
                default=persistence._json_default,
            )
            break
        except RuntimeError:  # a thread of the emulator changed a dictionary meanwhile
            if attempt == _ATTEMPTS - 1:
                raise
    directory = Path(persistence.STATE_DIR)
    directory.mkdir(parents=True, exist_ok=True)
    temporary = directory / f"{service}.json.new"
    temporary.write_text(text)
    temporary.replace(directory / f"{service}.json")


def api_id_from(deployed: Path) -> Callable[[], str | None]:
    """Return a function that reads the API's id from the file the deploy writes."""

    def api_id() -> str | None:
        try:
            return str(json.loads(deployed.read_text())["apiId"])
        except (OSError, ValueError, KeyError):
            return None

    return api_id


def _log_functions_to(log: Path) -> None:
    """Send what the functions print to a file.

    The emulator would keep it in memory, one CloudWatch Logs stream an invocation, for ever.
    """

    def emit(
        function: dict[str, Any], request_id: str, text: str, error: bool, duration: int, **_: Any
    ) -> None:
        name = (function.get("config") or function).get("FunctionName", "unknown")
        outcome = "failed" if error else "ended"
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with log.open("a") as file:
            file.write(f"{now} {name} {request_id} {outcome} after {duration} ms\n")
            file.writelines(f"  {line}\n" for line in text.splitlines())

    lambda_svc._emit_lambda_logs = emit


def _wait_less_for_logs() -> None:
    """Wait 10 ms, not 50, for the first line of a function that prints nothing.

    The authorizer is such a function, and in front of every call.
    """
    drain = lambda_runtime.Worker._drain_stderr_bounded
    lambda_runtime.Worker._drain_stderr_bounded = lambda worker: drain(worker, 0.01)


def _keep_workers_whose_handler_raised() -> None:
    """Let a function's process live on after an exception, as in Lambda.

    The emulator would end it, and the authorizer raises for each caller whom it refuses.
    """
    runtime = lambda_runtime
    invoke, signal, collect = runtime.Worker.invoke, runtime._signal, runtime._collect
    asked = threading.local()

    def signal_later(process: Any) -> None:
        if getattr(asked, "inside", False):
            asked.process = process
        else:
            signal(process)

    def collect_later(process: Any, deadline: float) -> None:
        if not getattr(asked, "inside", False):
            collect(process, deadline)

    def invoke_and_decide(worker: Any, *arguments: Any, **options: Any) -> Any:
        asked.inside, asked.process = True, None
        try:
            response = invoke(worker, *arguments, **options)
        finally:
            asked.inside = False
        process = asked.process
        if process is not None and "trace" in response:  # the handler's, told by the process itself
            worker._proc = process
        elif process is not None:
            signal(process)
            collect(process, time.monotonic() + runtime._REAP_GRACE)
        return response

    runtime._signal, runtime._collect = signal_later, collect_later
    runtime.Worker.invoke = invoke_and_decide


def main() -> None:
    """Serve until SIGTERM; the environment configures the emulator."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--aws-port", type=int, required=True)
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--deployed", type=Path, required=True)
    parser.add_argument("--function-log", type=Path, required=True)
    arguments = parser.parse_args()

    logging.getLogger("persistence").setLevel(logging.WARNING)
    _log_functions_to(arguments.function_log)
    _wait_less_for_logs()
    _keep_workers_whose_handler_raised()
    config = Config()
    config.bind = [f"127.0.0.1:{arguments.aws_port}", f"127.0.0.1:{arguments.api_port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    gateway = Gateway(
        ministack.app,
        arguments.api_port,
        api_id_from(arguments.deployed),
        Commits(save),
        lambda: persistence.save_all(ministack._build_persistence_save_dict()),
    )
    asyncio.run(serve(gateway, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
