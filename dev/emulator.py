"""The emulator's process: ministack behind the gateway, with its data saved every few seconds."""

import argparse
import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Container
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import lambda_runtime, persistence
from ministack.services import lambda_svc

from dev.gateway import Gateway
from dev.saving import Saver

_DATA = ("dynamodb", "s3", "secretsmanager")
"""The services that requests change; all others change with a deploy, which saves by itself."""
_ATTEMPTS = 5


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
        Saver(_save_data, _save_all),
    )
    asyncio.run(serve(gateway, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
