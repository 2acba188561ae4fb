"""Recordings that are deleted, restored, held and released while functions are killed and race.

Each deletion for good is judged at the moment it happens, by what callers were answered before.
"""

from collections.abc import Callable
from threading import Thread
from typing import Any

from meet import wiring
from meet.clock import DAY, MINUTE, SECOND, Milliseconds
from meet.recordings.model import ID, Recording, id_in_key
from tests.chaos.automatic import Automatic
from tests.chaos.simulator import BUCKET, WRITES, Figures, content_of
from tests.films import boxes_of, film, packets_of
from tests.functions.gateway import Reply

AT_ONCE, MOSTLY = 0.1, 0.4
"""How often another function works on a recording while one is about to write it: mostly if that is
about to be deleted, restored or held."""
CUSTODY = ("deletingSince", "trashUntil", "holdReason")

ACTS = {"delete": 22, "delete many": 6, "restore": 32, "hold": 25, "release": 15}
_MARKS = {"PutItem", "BatchWriteItem"}


class Archive(Automatic):
    """A batch of recordings and what their callers do with them."""

    def __init__(self, seed: int, figures: Figures) -> None:
        super().__init__(seed, figures)
        self.racing = False
        self.compared: dict[tuple[str, str], bool] = {}
        self.noncurrent: dict[str, int] = {}

    # --------------------------------------------------------------------------------- AWS

    def make_api_call(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def judged(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            self.judge_deletion(operation, parameters)
            answer = make(client, operation, parameters)
            if operation == "CompleteMultipartUpload":
                self.counts["files rearranged"] += 1
                self.announce(parameters["Key"])
            return answer

        inner = super().make_api_call(judged)

        def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            if self.failing and operation in WRITES and not self.racing:
                is_custody = any(name in str(parameters) for name in CUSTODY)
                if self.chance(MOSTLY if is_custody else AT_ONCE):
                    self.race(parameters)
            return inner(client, operation, parameters)

        return call

    def judge_deletion(self, operation: str, parameters: dict[str, Any]) -> None:
        """Judge what a call deletes for good."""
        if operation == "DeleteObjects":
            files = self.objects()
            keys = {each["Key"] for each in parameters["Delete"]["Objects"]}
            for key in keys & files.keys():
                self.ledger.destroyed(id_in_key(key) or "")
                self.counts["files deleted"] += 1
        elif operation == "DeleteItem" and parameters["TableName"] == "RecordingsTable":
            self.ledger.never_began |= set(ID.findall(str(parameters["Key"])))
        elif operation in _MARKS and "status" not in str(parameters):
            text = str(parameters)
            if "RecordingsTable" in text:
                for each in set(ID.findall(text)):
                    self.ledger.destroyed(each)

    def race(self, parameters: dict[str, Any]) -> None:
        """Let another function act on a recording that one is about to write."""
        repository = wiring.recording_repository()
        found = [repository.stored(each) for each in sorted({*ID.findall(str(parameters))})]
        there = [each for each in found if each is not None]
        if not there:
            return
        chosen = self.random.choice(there)
        act, failing, sweeping = self.pick(ACTS), self.failing, self.sweeping
        self.racing, self.sweeping = True, False
        self.counts["two functions at once"] += 1
        other = Thread(target=lambda: self.act(act, chosen))  # Powertools has one event a thread
        try:
            other.start()
            other.join()
        finally:
            self.racing, self.failing, self.sweeping = False, failing, sweeping

    def apply_lifecycle(self) -> None:
        """Do what the bucket's rule does: versions that are not current are deleted after a day."""
        client = wiring.media_store().client
        found = client.list_object_versions(Bucket=BUCKET)
        versions = found.get("Versions", [])
        for version in versions:
            key, number = version["Key"], version["VersionId"]
            since = self.noncurrent.setdefault(number, self.now())
            if version["IsLatest"]:
                del self.noncurrent[number]
            elif self.now() >= since + DAY:
                client.delete_object(Bucket=BUCKET, Key=key, VersionId=number)
                self.counts["versions deleted by the bucket's rule"] += 1
        with_version = {each["Key"] for each in versions}
        for marker in found.get("DeleteMarkers", []):
            key, number = marker["Key"], marker["VersionId"]
            if key not in with_version:
                client.delete_object(Bucket=BUCKET, Key=key, VersionId=number)

    # ----------------------------------------------------------------------------- callers

    def act_on_one(self) -> None:
        """Let somebody do something with any recording, the deleted ones too."""
        items = self.recordings()
        if items:
            chosen = wiring.recording_repository().stored(self.random.choice(sorted(items)))
            if chosen is not None:
                self.act(self.pick(ACTS), chosen)

    def act(self, act: str, recording: Recording, tries: int = 8) -> None:
        """Do it, and again if it was not answered."""
        # Its start may have been killed, so that it is over before anything is known of it.
        self.known(recording.id, recording.room_name, since=recording.created_at)
        answered = {
            "delete": self.delete,
            "delete many": self.delete_many,
            "restore": self.restore,
            "hold": self.hold,
            "release": self.release,
        }[act](recording.id)
        if not answered and tries > 1:
            self.counts["requests repeated"] += 1
            self.after(2 * SECOND, lambda: self.act(act, recording, tries - 1))

    def delete(self, recording_id: str) -> bool:
        asked = self.ledger.deleting(recording_id)
        answer = _answer(self.call("DELETE", f"/recordings/{recording_id}"))
        self.ledger.deleted(recording_id, answer, asked)
        self.count_deletion(answer)
        return answer != "none"

    def delete_many(self, recording_id: str) -> bool:
        some = self.random.sample(sorted(self.recordings()), min(3, len(self.recordings())))
        wanted = {recording_id, *(each for each in some if each in self.ledger.records)}
        asked = {each: self.ledger.deleting(each) for each in sorted(wanted)}
        reply = self.call("DELETE", "/recordings", {"recordingIds": sorted(wanted)})
        answers = dict.fromkeys(sorted(wanted), "done")
        if reply is None or reply.status not in {200, 204}:
            answers = dict.fromkeys(answers, "none")
        elif reply.status == 200:
            told = {each["recordingId"]: each["error"] for each in reply.body["notDeleted"]}
            answers |= {each: _refusal(error) for each, error in told.items()}
        for each, answer in answers.items():
            self.ledger.deleted(each, answer, asked[each])
            self.count_deletion(answer)
        return "none" not in answers.values()

    def count_deletion(self, answer: str) -> None:
        if answer == "done":
            where = "moved to the trash" if self.trash_days else "deleted at once"
            self.counts[where] += 1
        elif answer == "held":
            self.counts["deletions refused: held"] += 1

    def restore(self, recording_id: str) -> bool:
        was_gone = self.ledger.records[recording_id].gone is True
        reply = self.call("POST", f"/recordings/{recording_id}/restore")
        answer = _answer(reply)
        self.ledger.restored(recording_id, answer)
        if answer == "done" and was_gone:
            self.counts["restored"] += 1
            assert reply is not None
            if reply.body["status"] == "READY":
                self.compare(recording_id)
        return answer != "none"

    def compare(self, recording_id: str) -> None:
        """Look whether a restored file is what was recorded."""
        recording = wiring.recording_repository().stored(recording_id)
        assert recording is not None
        whole = self.is_whole(recording.object_key)
        self.counts["restored with the same content"] += whole
        if not whole:
            self.ledger.wrong.append(f"{recording_id} was restored with another content")

    def is_whole(self, key: str) -> bool:
        """True if a file is what was uploaded, or the same with its index at the beginning."""
        etag = self.objects().get(key)
        if etag is not None and (key, etag) not in self.compared:
            body = wiring.media_store().client.get_object(Bucket=BUCKET, Key=key)["Body"]
            self.compared[key, etag] = _is_same(body.read(), content_of(key))
        return etag is not None and self.compared[key, etag]

    def hold(self, recording_id: str) -> bool:
        self.ledger.holding(recording_id)
        reply = self.call("PUT", f"/recordings/{recording_id}/hold", {"reason": "Case 4711"})
        self.ledger.held(recording_id, _answer(reply))
        self.counts["held"] += _answer(reply) == "done"
        return _answer(reply) != "none"

    def release(self, recording_id: str) -> bool:
        was_held = self.ledger.records[recording_id].held is True
        self.ledger.releasing(recording_id)
        answer = _answer(self.call("DELETE", f"/recordings/{recording_id}/hold"))
        self.ledger.released(recording_id, answer)
        self.counts["released"] += answer == "done" and was_held
        return answer != "none"

    def pass_days(self, days: int) -> None:
        """Let days pass in which nobody does anything but the sweeps and the bucket's rule."""
        for _ in range(days * 4):
            self.wait_until(Milliseconds(self.moment + 6 * 60 * MINUTE))
            self.sweep()
            self.apply_lifecycle()
        self.run()


def _is_same(content: bytes, uploaded: bytes) -> bool:
    if content == uploaded:
        return True
    moved = ["ftyp", "free", "moov", "free", "mdat"]
    own = uploaded[len(film(pictures=2)) :]
    return (
        boxes_of(content) == moved
        and own in content
        and packets_of(content) == packets_of(uploaded)
    )


def _answer(reply: Reply | None) -> str:
    if reply is None or reply.status == 503:
        return "none"
    if reply.status in {200, 204}:
        return "done"
    if reply.status == 404:
        return "absent"
    assert reply.status == 409, reply
    return {
        "recording_held": "held",
        "recording_being_deleted": "deleting",
        "recording_not_finished": "unfinished",
    }[reply.body["reason"]]


def _refusal(error: str) -> str:
    words = {"held": "held", "not found": "absent", "not finished": "unfinished"}
    return next((answer for word, answer in words.items() if word in error), "none")
