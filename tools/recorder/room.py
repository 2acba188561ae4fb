"""Follows a LiveKit room: its participants and what they publish."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from livekit import rtc

from tools.recorder.encoder import Stage
from tools.recorder.layout import arrange
from tools.recorder.picture import MAX_TILES, Tile
from tools.recorder.sources import CHANNELS, SAMPLE_RATE, AudioSource, Still, VideoSource

_SCREENS = (rtc.TrackSource.SOURCE_SCREENSHARE, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)


@dataclass(slots=True)
class _Published:
    """A track that we receive."""

    publication: Any
    participant: Any
    source: VideoSource | AudioSource
    reading: asyncio.Task[None]

    @property
    def is_screen(self) -> bool:
        return self.publication.source in _SCREENS


class Room:
    """A room seen by a recorder; `stage` is replaced, never modified, so any thread may read it."""

    def __init__(self, *, video: bool, audio: bool, layout: str = "grid") -> None:
        self._video, self._audio = video, audio
        self._has_large_tiles = layout in {"speaker", "single-speaker"}
        self._room = rtc.Room()
        self._tracks: dict[str, _Published] = {}
        self._arrivals: dict[str, int] = {}
        self._speaking: frozenset[str] = frozenset()
        self.stage = Stage()
        self.media = asyncio.Event()
        self.on_closed: Callable[[], None] = lambda: None

    async def join(self, url: str, token: str) -> None:
        """Join, and receive everything that is published; raises rtc.ConnectError."""
        self._room.on("track_subscribed", self._add)
        self._room.on("track_unsubscribed", self._remove)
        self._room.on("track_muted", self._muted)
        self._room.on("track_unmuted", self._muted)
        self._room.on("participant_name_changed", lambda *_: self._set_stage())
        self._room.on("active_speakers_changed", self._speakers)
        self._room.on("disconnected", lambda *_: self.on_closed())
        await self._room.connect(url, token, rtc.RoomOptions(auto_subscribe=True))

    async def leave(self) -> None:
        """Leave, and receive nothing further."""
        await self._room.disconnect()
        for track in self._tracks.values():
            track.reading.cancel()

    @property
    def awaits_pictures(self) -> bool:
        """True if a camera is on whose picture has not arrived yet."""
        return any(
            isinstance(track.source, VideoSource)
            and not track.source.muted
            and not track.source.latest
            for track in self._tracks.values()
        )

    def ask_for_fitting_sizes(self, width: int, height: int) -> None:
        """Make simulcasting publishers send no more than their tile shows."""
        shown = self.stage.tiles[:MAX_TILES]
        screens = sum(tile.is_screen for tile in shown)
        boxes = (
            [] if self._has_large_tiles else arrange(screens, len(shown) - screens, width, height)
        )
        quality = rtc.VideoQuality.VIDEO_QUALITY_HIGH
        if boxes and boxes[-1].height <= 180:
            quality = rtc.VideoQuality.VIDEO_QUALITY_LOW
        elif boxes and boxes[-1].height <= 360:
            quality = rtc.VideoQuality.VIDEO_QUALITY_MEDIUM
        for track in self._tracks.values():
            is_camera = isinstance(track.source, VideoSource) and not track.is_screen
            if is_camera and track.publication.simulcasted:
                track.publication.set_video_quality(quality)

    def _add(self, track: Any, publication: Any, participant: Any) -> None:
        source: VideoSource | AudioSource
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            if not self._video:
                return
            source = VideoSource(muted=publication.muted)
            reading = asyncio.create_task(self._watch(track, source))
        else:
            source = AudioSource()
            reading = asyncio.create_task(self._listen(track, source))
        self._arrivals.setdefault(participant.identity, len(self._arrivals))
        self._tracks[publication.sid] = _Published(publication, participant, source, reading)
        self._set_stage()

    def _remove(self, _track: Any, publication: Any, _participant: Any) -> None:
        gone = self._tracks.pop(publication.sid, None)
        if gone:
            # Otherwise the iterator over its frames would never end.
            gone.reading.cancel()
            self._set_stage()

    def _muted(self, _participant: Any, publication: Any) -> None:
        track = self._tracks.get(publication.sid)
        if track and isinstance(track.source, VideoSource):
            track.source.muted = publication.muted
            track.source.latest = None

    def _speakers(self, speakers: list[Any]) -> None:
        self._speaking = frozenset(speaker.identity for speaker in speakers)
        self._set_stage()

    async def _watch(self, track: Any, source: VideoSource) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.I420, capacity=1)
        try:
            async for event in stream:
                frame = event.frame
                rotation: Any = event.rotation  # an enum: 0 to 3, quarters of a turn
                source.latest = Still(frame.data, frame.width, frame.height, rotation)
                self.media.set()
        finally:
            await stream.aclose()

    async def _listen(self, track: Any, source: AudioSource) -> None:
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=CHANNELS)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).reshape(-1, CHANNELS)
                source.push(samples)
                self.media.set()
        finally:
            await stream.aclose()

    def _set_stage(self) -> None:
        tracks = sorted(
            self._tracks.values(), key=lambda track: self._arrivals[track.participant.identity]
        )
        seen = {
            track.participant.identity
            for track in tracks
            if isinstance(track.source, VideoSource) and not track.is_screen
        }
        tiles: list[Tile] = []
        for track in tracks:
            identity = track.participant.identity
            name = track.participant.name or identity
            if isinstance(track.source, VideoSource):
                shown = f"{name} (screen)" if track.is_screen else name
                tiles.append(Tile(shown, identity, track.source, track.is_screen))
            elif identity not in seen and not track.is_screen:
                seen.add(identity)
                tiles.append(Tile(name, identity, None))
        sounds = tuple(
            track.source
            for track in tracks
            if isinstance(track.source, AudioSource) and self._audio
        )
        self.stage = Stage(tuple(tiles), self._speaking, sounds)
