"""The protobuf messages of psrpc and of LiveKit's `rpc` package, which no wheel contains."""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from livekit.protocol import egress  # registers livekit_egress.proto in the default pool

_SCALARS = {
    "string": Field.TYPE_STRING,
    "int64": Field.TYPE_INT64,
    "bool": Field.TYPE_BOOL,
    "bytes": Field.TYPE_BYTES,
    "float": Field.TYPE_FLOAT,
}

_Fields = dict[str, tuple[int, str]]
"""Field name -> number and type: a scalar, `[]string`, or the full name of a message, which
all belong to the one oneof that LiveKit's requests have."""


def _messages(package: str, messages: dict[str, _Fields], imports: list[str]) -> list[Any]:
    """Return a class for each message, in order."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"dev_egress_{package}.proto", package=package, syntax="proto3", dependency=imports
    )
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field_name, (number, kind) in fields.items():
            field = message.field.add(name=field_name, number=number)
            field.label = Field.LABEL_REPEATED if kind[:2] == "[]" else Field.LABEL_OPTIONAL
            scalar = _SCALARS.get(kind.removeprefix("[]"))
            if scalar is not None:
                field.type = scalar
                continue
            field.type = Field.TYPE_MESSAGE
            field.type_name = f".{kind}"
            if not message.oneof_decl:
                message.oneof_decl.add(name="request")
            field.oneof_index = 0
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return [
        message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
        for name in messages
    ]


# Fields that nothing here reads are left out: proto3 skips what it does not know.
Request, Response, ClaimRequest, ClaimResponse = _messages(
    "internal",
    {
        "Request": {
            "request_id": (1, "string"),
            "client_id": (2, "string"),
            "sent_at": (3, "int64"),
            "expiry": (4, "int64"),
            "multi": (5, "bool"),
            "raw_request": (8, "bytes"),
        },
        "Response": {
            "request_id": (1, "string"),
            "server_id": (2, "string"),
            "sent_at": (3, "int64"),
            "error": (5, "string"),
            "code": (6, "string"),
            "raw_response": (7, "bytes"),
        },
        "ClaimRequest": {
            "request_id": (1, "string"),
            "server_id": (2, "string"),
            "affinity": (3, "float"),
        },
        "ClaimResponse": {"request_id": (1, "string"), "server_id": (2, "string")},
    },
    [],
)

StartEgressRequest, ListActiveEgressRequest, ListActiveEgressResponse = _messages(
    "rpc",
    {
        "StartEgressRequest": {
            "egress_id": (1, "string"),
            "room_id": (3, "string"),
            "room_composite": (5, "livekit.RoomCompositeEgressRequest"),
            "track_composite": (6, "livekit.TrackCompositeEgressRequest"),
            "track": (7, "livekit.TrackEgressRequest"),
            "token": (8, "string"),
            "ws_url": (9, "string"),
            "web": (11, "livekit.WebEgressRequest"),
            "participant": (13, "livekit.ParticipantEgressRequest"),
        },
        "ListActiveEgressRequest": {},
        "ListActiveEgressResponse": {"egress_ids": (1, "[]string")},
    },
    [egress.DESCRIPTOR.name],
)
