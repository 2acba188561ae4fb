"""DELETE /recordings/{recordingId} as FastAPI, Mangum and boto3's resource usually do it."""

import os
import time
from typing import Any

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum

app = FastAPI()
recordings: Any = boto3.resource("dynamodb").Table(os.environ["RECORDINGS_TABLE"])
bucket: Any = boto3.resource("s3").Bucket(os.environ["RECORDINGS_BUCKET"])


@app.delete("/api/v1/recordings/{recording_id}", status_code=204)
def delete_recording(recording_id: str) -> None:
    """Delete a finished recording and its file."""
    item = recordings.get_item(Key={"recordingId": recording_id}, ConsistentRead=True).get("Item")
    if item is None or "status" not in item:
        raise HTTPException(404, "Recording not found")
    if item["status"] not in {"READY", "FAILED"}:
        raise HTTPException(409, "The recording is not finished")
    key = f"recordings/{item['roomName']}/{recording_id}.mp4"
    bucket.delete_objects(Delete={"Objects": [{"Key": key}], "Quiet": True})
    recordings.put_item(Item={"recordingId": recording_id, "deleteAfter": int(time.time())})


handler = Mangum(app, lifespan="off")
