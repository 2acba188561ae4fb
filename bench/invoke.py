"""A Lambda environment's first moments, or what its answers take of memory, in its own process.

    python -I -S -B invoke.py SPEC cold RESULT
    python -I -S -B invoke.py SPEC memory RESULT

A script, and not a module of the package: whatever it imports, the function under measurement
would find imported already. So it imports nothing that is not built in before the measurement.
"""

import marshal
import sys
import time
from _thread import allocate_lock
from posix import environ

STARTED = time.process_time()


class Context:
    """What Lambda tells a function about itself."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id = "bench"

    @staticmethod
    def get_remaining_time_in_millis():
        """Return the time of a function that has just begun."""
        return 28_000


class Answers:
    """Gives AWS's and LiveKit's noted answers, at once."""

    def __init__(self, packed):
        self.packed = packed
        self.lock = allocate_lock()  # queries are asked at once
        self.aws = {}
        self.livekit = {}
        self.unpacking = 0.0
        """Elapsed seconds; no one uses them."""

    def restart(self):
        """Begin again with the first answer."""
        self._unpack()
        self.left = {name: iter(answers) for name, answers in self.aws.items()}

    def next_of(self, operation):
        """Return status and answer of the next call of an operation."""
        self._unpack()
        return next(self.left[operation])

    def of_livekit(self, method):
        """Return the message that answers a Twirp call."""
        self._unpack()
        return self.livekit[method]

    def _unpack(self):
        with self.lock:
            if self.packed is None:
                return
            began = time.process_time()
            import pickle

            noted, self.livekit = pickle.loads(self.packed)
            self.packed = None
            for operation, status, answer in noted:
                self.aws.setdefault(operation, []).append((status, answer))
            self.left = {name: iter(answers) for name, answers in self.aws.items()}
            self.unpacking = time.process_time() - began


def fresh(answer):
    """Return an answer that may be read, and changed, once."""
    if "Body" not in answer:
        return dict(answer)
    import io

    from botocore.response import StreamingBody

    body = answer["Body"]
    return {**answer, "Body": StreamingBody(io.BytesIO(body), len(body))}


class Replied:
    """An HTTP answer."""

    def __init__(self, status, data=b""):
        self.status = self.status_code = status
        self.headers = {}
        self.data = data

    def reply(self):
        """Return it to a client that sent its request before."""
        return self

    def drop(self):
        """Close nothing."""


def answer_at_the_network(answers):
    """Let everything happen that a call makes happen, but the sending."""
    if "meet" in sys.modules:
        on_import(
            {
                "meet.connections": lambda: answer_for_our_clients(answers),
                "boto3": lambda: answer_for_botocore(answers),
            }
        )
    else:
        answer_for_livekit_api(answers)
        answer_for_botocore(answers)


def on_import(later):
    """Do something for each module as soon as it is imported, or now if it is."""
    for module in [*later]:
        if module in sys.modules:
            later.pop(module)()
    if not later:
        return
    import builtins

    find = builtins.__import__

    def find_and_do(name, *rest, **named):
        found = find(name, *rest, **named)
        for module in [*later]:
            if name == module or name.startswith(f"{module}."):
                later.pop(module)()
        if not later:
            builtins.__import__ = find
        return found

    builtins.__import__ = find_and_do


def answer_for_our_clients(answers):
    """Answer the clients of AWS and LiveKit, after they signed their request."""
    from meet.connections import Connections

    def send(connections, body, headers, *, path="/", **_):
        _, is_livekit, method = path.partition("/twirp/livekit.")
        if is_livekit:
            return Replied(200, answers.of_livekit(method))
        import json

        status, answer = answers.next_of(headers["x-amz-target"].partition(".")[2])
        return Replied(status, json.dumps(answer).encode())

    Connections.send = send


def answer_for_botocore(answers):
    """Answer the clients of botocore, after it built and checked their request."""
    from botocore.endpoint import Endpoint

    def make_request(endpoint, model, request):
        status, answer = answers.next_of(model.name)
        return Replied(status), fresh(answer)

    Endpoint.make_request = make_request


def answer_for_livekit_api(answers):
    """Answer the calls of livekit-api, if it is used."""
    if "livekit.api" not in sys.modules:
        return
    from livekit.api.twirp_client import TwirpClient

    async def request(client, service, method, data, headers, reply, **_):
        return reply.FromString(answers.of_livekit(f"{service}/{method}"))

    TwirpClient.request = request


def stand_still(moment):
    """Stop the clocks that functions read."""
    if "meet" in sys.modules:
        from meet import clock

        clock.now = lambda: moment
    else:
        time.time = lambda: moment / 1000


def cold(spec, answers):
    """Return CPU seconds of the interpreter's start, of the import, and of the first answer."""
    began = time.process_time()
    handler = __import__(spec["module"]).handler
    imported = time.process_time()
    stand_still(spec["moment"])
    answer_at_the_network(answers)
    check(handler(spec["event"], Context))
    answered = time.process_time()
    return [STARTED, imported - began, answered - imported - answers.unpacking]


def check(reply):
    """Stop the measurement of an operation that does not do what it is for.

    Functions that handle events may return nothing; they raise instead.
    """
    if (reply or {}).get("statusCode", 200) >= 400:
        raise SystemExit(str(reply))


def memory(spec, answers):
    """Return bytes: traced in one invocation at most, then the peak resident before a whole
    piece, after one, and after all; not a number without /proc.

    Only DynamoDB's answers are given here; the file comes from a server.
    """
    import tracemalloc

    from botocore.endpoint import Endpoint

    handler = __import__(spec["module"]).handler
    stand_still(spec["moment"])
    ask = Endpoint.make_request
    on_import({"meet.connections": lambda: answer_for_our_clients(answers)})
    answer_for_botocore(answers)
    given = Endpoint.make_request
    Endpoint.make_request = lambda endpoint, model, request: (
        ask if model.service_model.service_name == "s3" else given
    )(endpoint, model, request)

    def invoke(event):
        answers.restart()
        check(handler(event, Context))

    def resident():
        try:
            with open("/proc/self/status") as status:
                peak = next(line for line in status if line.startswith("VmHWM"))
        except OSError:
            return float("nan")
        return int(peak.split()[1]) * 1024

    few = {**spec["event"], "headers": {**spec["event"]["headers"], "Range": "bytes=0-0"}}
    invoke(few)
    before = resident()
    invoke(spec["event"])
    after_one = resident()
    for _ in range(spec["invocations"]):
        invoke(spec["event"])
    after_all = resident()
    tracemalloc.start()
    invoke(spec["event"])
    return [tracemalloc.get_traced_memory()[1], before, after_one, after_all]


def main():
    """Measure what the command line says."""
    with open(sys.argv[1], "rb") as file:
        spec = marshal.load(file)
    environ.clear()
    environ.update({key.encode(): value.encode() for key, value in spec["environment"].items()})
    sys.path[:0] = spec["path"]
    measure = {"cold": cold, "memory": memory}[sys.argv[2]]
    numbers = measure(spec, Answers(spec["answers"]))
    with open(sys.argv[3], "wb") as file:
        marshal.dump(numbers, file)


main()
