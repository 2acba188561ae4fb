"""Recordings on a running stack that nobody recorded: an item, and a film as egress uploads it."""

from pathlib import Path
from typing import Any

from botocore.config import Config

from meet import clock, dynamodb
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording
from tools.stack.deployment import aws_session
from tools.stack.local_stack import LocalStack

_UPLOAD_SECONDS = 300
"""For a film of a gigabyte on a busy machine."""


def store(
    stack: LocalStack, file: Path, *, room_name: str = "large-000000000000000", **facts: Any
) -> Recording:
    """Store a stopped recording of a room, which need not exist, and upload its film.

    The stack makes it READY when it hears of the file. `facts` are further attributes of the item.
    """
    recording = Recording.new(room_name, now=clock.now())
    item = {
        "recordingId": recording.id,
        "roomName": recording.room_name,
        "status": Status.STOPPED,
        "createdAt": recording.created_at,
        **facts,
    }
    session, endpoint = aws_session(), stack.aws_endpoint_url
    session.client("dynamodb", endpoint_url=endpoint).put_item(
        TableName=str(stack.recordings_table), Item=dynamodb.to_item(item)
    )
    config = Config(s3={"addressing_style": "path"}, read_timeout=_UPLOAD_SECONDS)
    session.client("s3", endpoint_url=endpoint, config=config).upload_file(
        str(file),
        str(stack.recordings_bucket),
        recording.object_key,
        ExtraArgs={"ContentType": "video/mp4"},
    )
    return recording
