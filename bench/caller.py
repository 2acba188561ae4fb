"""Calls a handler as often as it is told to, in a process of its own, and measures each call.

    python -I -S -B caller.py SPEC

A line with a number on standard input asks for so many calls, by turns if there are several kinds;
a line of JSON answers with the CPU seconds of this process, those in the SDK, and the elapsed
seconds of each. The line `handles` asks for open files and resident memory. The network is real.
"""

import json
import marshal
import sys
import threading
import time
from posix import environ

_in_sdk = [0.0]
_inside = threading.local()


class Context:
    """What Lambda tells a function about itself."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id = "bench"

    timeout = 28.0
    began = 0.0

    @classmethod
    def get_remaining_time_in_millis(cls):
        """Return how much of the function's time is left."""
        return int((cls.began + cls.timeout - time.perf_counter()) * 1000)


def watch(client, method):
    """Count the CPU time that a class of clients takes in the method through which all calls go."""
    make = getattr(client, method)

    def make_and_count(*arguments):
        began = time.thread_time()
        try:
            return make(*arguments)
        finally:
            _in_sdk[0] += time.thread_time() - began

    setattr(client, method, make_and_count)


def call(handler, event):
    """Return the seconds of one call."""
    _in_sdk[0] = 0.0
    began, cpu = time.perf_counter(), time.process_time()
    Context.began = began
    reply = handler(event, Context)
    used, took = time.process_time() - cpu, time.perf_counter() - began
    if reply.get("statusCode", 200) >= 400:
        raise SystemExit(str(reply))
    return used, _in_sdk[0], took


def handles():
    """Return the open files of this process, and its resident memory in bytes."""
    import os

    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return len(os.listdir("/proc/self/fd")), pages * os.sysconf("SC_PAGE_SIZE")


def main():
    """Answer until the input ends."""
    with open(sys.argv[1], "rb") as file:
        spec = marshal.load(file)
    environ.clear()
    environ.update({key.encode(): value.encode() for key, value in spec["environment"].items()})
    sys.path[:0] = spec["path"]
    answers = sys.stdout
    sys.stdout = open(spec["log"], "a")  # what Lambda would collect
    Context.timeout = spec["timeout"]
    calls = []
    for module, event in spec["calls"]:
        handler = __import__(module, fromlist=["handler"]).handler
        call(handler, event)
        calls.append((handler, event))
    if "meet.amazon" in sys.modules:
        watch(sys.modules["meet.amazon"].JsonClient, "_make_api_calls")
    if "botocore.client" in sys.modules:
        watch(sys.modules["botocore.client"].BaseClient, "_make_api_call")
    for line in sys.stdin:
        if line.strip() == "handles":
            found = handles()
        else:
            found = [call(*calls[number % len(calls)]) for number in range(int(line))]
        print(json.dumps(found), file=answers, flush=True)


main()
