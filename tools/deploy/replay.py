"""Sends dead letters to their functions again.

Run as `python -m tools.deploy.replay --env dev`, or with `--local`.
"""

import argparse
import json
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tools import ROOT
from tools.deploy.account import deployed_session, settings
from tools.deploy.stream_records import records_between
from tools.stack.deployment import STACK, aws_session

_HELD = 900
"""Seconds that a message is hidden from others while it is tried: longer than any function runs."""


class Replay:
    """Retries the events in a stack's dead-letter queue, once each."""

    def __init__(self, session: boto3.Session, stack: str, endpoint: str | None = None) -> None:
        # Do not retry: a slow function would process the event twice.
        once = Config(read_timeout=60, retries={"total_max_attempts": 1})
        cloudformation = session.client("cloudformation", endpoint_url=endpoint)
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
        self.queue = outputs["DeadLetters"]
        self.deliveries = outputs["Deliveries"]
        self.sqs: Any = session.client("sqs", endpoint_url=endpoint)
        self.streams: Any = session.client("dynamodbstreams", endpoint_url=endpoint)
        self.functions: Any = session.client("lambda", endpoint_url=endpoint, config=once)

    def run(self) -> tuple[int, list[str]]:
        """Return the number of handled events, and the errors of those that stay in the queue."""
        handled, kept = 0, {}
        while messages := self._receive():
            for message in messages:
                failure = self._attempt(message["Body"])
                if failure is None:
                    self.sqs.delete_message(
                        QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
                    )
                    handled += 1
                else:
                    kept[message["ReceiptHandle"]] = f"{message['MessageId']}: {failure}"
        for receipt in kept:
            self.sqs.change_message_visibility(
                QueueUrl=self.queue, ReceiptHandle=receipt, VisibilityTimeout=0
            )
        return handled, list(kept.values())

    def _receive(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.queue,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HELD,
            WaitTimeSeconds=2,
        )
        return list(answer.get("Messages", []))

    def _attempt(self, body: str) -> str | None:
        """Return the error if an event failed again, else None.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        """
        try:
            letter = json.loads(body)
            if "webhookId" in letter:  # SQS moved it here, after too many attempts
                self.sqs.send_message(QueueUrl=self.deliveries, MessageBody=body)
                return None
            function = letter["requestContext"]["functionArn"]
            event = self._event(letter)
        except (ValueError, LookupError, TypeError):
            return "not written by Lambda"
        except ClientError as error:
            return f"the stream does not have its records any longer: {error}"
        answer = self.functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        if "FunctionError" not in answer:
            return None
        failure = json.loads(answer["Payload"].read())
        return f"{function}: {failure.get('errorType')}: {failure.get('errorMessage')}"

    def _event(self, letter: dict[str, Any]) -> dict[str, Any]:
        """Return the event of a letter; one about a stream only points to the records.

        https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        """
        if "DDBStreamBatchInfo" not in letter:
            return dict(letter["requestPayload"])
        return {"Records": records_between(self.streams, letter["DDBStreamBatchInfo"])}


def main() -> int:
    """Run the command line; return 1 if an event stays in the queue."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy.replay", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--env", help="a section of samconfig.toml, deployed to your AWS account")
    where.add_argument("--local", action="store_true", help="what make run started")
    arguments = parser.parse_args()
    if arguments.local:
        running = json.loads((ROOT / ".local" / "stack.json").read_text())
        replay = Replay(aws_session(), STACK, running["awsEndpointUrl"])
    else:
        deployed = settings(arguments.env)
        replay = Replay(deployed_session(deployed), deployed["stack_name"])
    handled, kept = replay.run()
    print(f"{handled} handled, {len(kept)} failed again and stay in the queue")
    for each in kept:
        print(f"  {each}")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
