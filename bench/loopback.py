"""Secrets Manager, S3, Lambda and LiveKit on this machine; prints its port, ends with its input.

python -m bench.loopback
"""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.json_format import MessageToJson
from livekit.protocol.egress import EgressInfo, EgressStatus, FileInfo, ListEgressResponse
from livekit.protocol.models import ParticipantInfo, Room
from livekit.protocol.room import (
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsResponse,
)

from tests.contract.samples import FILE, LIVEKIT
from tools.memory_aws import SECRETS


@dataclass
class State:
    """LiveKit's meetings, and recordings under way."""

    meetings: dict[str, str] = field(default_factory=dict)
    """Name -> metadata."""
    recordings: dict[str, str] = field(default_factory=dict)
    """Room -> egress. Their files are not there yet."""
    egresses: bytes = b""
    """LiveKit's list of them."""
    delay: float = 0.0
    """Seconds before each answer."""
    asked: int = 0
    looked_at: set[str] = field(default_factory=set)
    """Recorded meetings whose participants were asked for."""
    invoked: list[dict[str, int]] = field(default_factory=list)
    """Events for which Lambda was asked to run a function, which it does not here."""
    ended_at: float = 0.0

    def answer(self, method: str, body: bytes) -> bytes:
        """Return LiveKit's answer."""
        self.asked += 1
        if method == "DeleteRoom":
            self.meetings.pop(DeleteRoomRequest.FromString(body).room, None)
            self.ended_at = time.time()
        if method == "ListRooms":
            rooms = [
                Room(name=name, sid=f"RM_{name}", metadata=metadata)
                for name, metadata in list(self.meetings.items())
            ]
            found: bytes = ListRoomsResponse(rooms=rooms).SerializeToString()
            return found
        if method == "ListParticipants" and self.recordings:
            room = ListParticipantsRequest.FromString(body).room
            self.looked_at.add(room)
            egress = self.recordings[room]
            recorder = ParticipantInfo(identity=egress, kind=ParticipantInfo.Kind.EGRESS)
            inside = [ParticipantInfo(identity="Bob_x7c4q1"), recorder]
            there: bytes = ListParticipantsResponse(participants=inside).SerializeToString()
            return there
        if method == "ListEgress" and self.recordings:
            return self.egresses
        service = "Egress" if method.endswith("Egress") else "RoomService"
        message = LIVEKIT.get(f"{service}/{method}")
        return b"" if message is None else message.SerializeToString()

    def record(self, recordings: list[tuple[str, str, str]]) -> None:
        """Let these be under way: room, egress, and the key of the file to come."""
        self.recordings = {room: egress for room, egress, _ in recordings}
        active = [
            EgressInfo(
                egress_id=egress,
                room_name=room,
                status=EgressStatus.EGRESS_ACTIVE,
                file_results=[FileInfo(filename=key)],
            )
            for room, egress, key in recordings
        ]
        self.egresses = ListEgressResponse(items=active).SerializeToString()


state = State()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer LiveKit's calls, and those of Secrets Manager, S3 and Lambda."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if "x-amz-target" in self.headers:
            text = json.dumps(SECRETS[json.loads(body)["SecretId"]])
            self._answer(json.dumps({"SecretString": text}).encode(), "application/json")
        elif self.path == "/meetings":
            told = json.loads(body)
            state.meetings = dict.fromkeys(told["names"], told["metadata"])
            state.delay = told["delay"]
            self._answer(b"", "text/plain")
        elif self.path == "/recordings":
            told = json.loads(body)
            state.record(told["recordings"])
            state.delay = told["delay"]
            self._answer(b"", "text/plain")
        elif self.path.startswith("/twirp/livekit."):
            time.sleep(state.delay)
            method, kind = self.path.rpartition("/")[2], self.headers["content-type"]
            if kind.startswith("application/json"):  # Twirp in JavaScript
                self._answer(MessageToJson(LIVEKIT[f"RoomService/{method}"]).encode(), kind)
            else:
                self._answer(state.answer(method, body), kind)
        elif self.path.endswith("/invocations"):
            state.invoked.append(json.loads(body))
            self._answer(b"", "application/json", 202)
        else:
            self._answer(b"<DeleteResult/>", "application/xml")

    def do_GET(self) -> None:
        """Tell how many meetings there are, and when the last one ended."""
        told = {
            "left": len(state.meetings),
            "asked": state.asked,
            "looked_at": len(state.looked_at),
            "invoked": state.invoked,
            "ended_at": state.ended_at,
        }
        self._answer(json.dumps(told).encode(), "application/json")

    def do_HEAD(self) -> None:
        """Tell that the file is there, unless recordings are under way."""
        self._answer(
            b"" if state.recordings else FILE, "video/mp4", 404 if state.recordings else 200
        )

    def _answer(self, data: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("etag", '"e"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Takes as many connections at the same time as a sweep has threads."""

    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing of callers that are gone."""


def main() -> None:
    """Serve until the standard input is closed."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
