import { useLocalParticipant, useRoomContext } from "@livekit/components-react";
import { RoomEvent, Track, TrackEvent, type Participant, type TrackPublication, type VideoCaptureOptions } from "livekit-client";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { t, type Word } from "../words";
import type { Standing } from "../../shared/received";
import { recallBackground } from "../background/backgrounds";
import type { Choice } from "../prejoin/choice";
import type { Say } from "./useNotices";

export type OwnMedia = ReturnType<typeof useOwnMedia>;
type Kind = "camera" | "microphone" | "screen";

const kinds: Partial<Record<Track.Source, Kind>> = {
  [Track.Source.Camera]: "camera",
  [Track.Source.Microphone]: "microphone",
  [Track.Source.ScreenShare]: "screen",
};
const stopped: Record<Kind, Word> = { camera: "cameraStopped", microphone: "mutedByModerator", screen: "shareStopped" };

/** The participant's own camera, microphone and shared screen. */
export function useOwnMedia(choice: Choice, { role, permissions }: Standing, warn: Say) {
  const room = useRoomContext();
  const { isCameraEnabled, isMicrophoneEnabled, isScreenShareEnabled, localParticipant } = useLocalParticipant();
  const [pending, setPending] = useState<Kind | null>(null);
  const own = useRef<Kind | null>(null); // what the participant is switching
  const started = useRef(false);
  const last = useRef({ camera: choice.camera, microphone: choice.microphone }); // for a rejoin

  // Set the background before the camera is on: nobody must see the real one.
  const options = async (): Promise<VideoCaptureOptions | undefined> => {
    const background = recallBackground(permissions.canChangeVirtualBackground);
    if (background === "none" || localParticipant.getTrackPublication(Track.Source.Camera)) return undefined;
    return { processor: await (await import("../background/processor")).processorFor(background) };
  };

  const set = async (kind: Kind, on: boolean) => {
    setPending(kind);
    own.current = kind;
    try {
      if (kind === "camera") await localParticipant.setCameraEnabled(on, on ? await options() : undefined);
      else if (kind === "microphone") await localParticipant.setMicrophoneEnabled(on);
      else await localParticipant.setScreenShareEnabled(on, { audio: true, selfBrowserSurface: "exclude" });
    } catch (error) {
      const cancelled = kind === "screen" && (error as Error).name === "NotAllowedError";
      const device = t(kind === "camera" ? "deviceCamera" : "deviceMicrophone");
      if (!cancelled) warn(kind === "screen" ? t("shareFailed") : t("mediaFailed", { device }));
    } finally {
      own.current = null;
      setPending(null);
    }
  };

  // Muting by a moderator comes from the server; LiveKit also mutes a track whose device is gone.
  const gone = useRef(new Set<Track.Source>());
  const onMuted = useEffectEvent((publication: TrackPublication, participant: Participant) => {
    const kind = kinds[publication.source];
    if (!participant.isLocal || !kind || kind === own.current || gone.current.delete(publication.source)) return;
    warn(t(stopped[kind]));
    if (kind === "screen") void localParticipant.setScreenShareEnabled(false);
  });
  useEffect(() => {
    const muted = (publication: TrackPublication, participant: Participant) => onMuted(publication, participant);
    const published = ({ source, track }: TrackPublication) => track?.on(TrackEvent.Ended, () => gone.current.add(source));
    room.on(RoomEvent.TrackMuted, muted).on(RoomEvent.LocalTrackPublished, published);
    return () => void room.off(RoomEvent.TrackMuted, muted).off(RoomEvent.LocalTrackPublished, published);
  }, [room]);

  // LiveKit ends the tracks of a viewer; this also turns the devices off.
  useEffect(() => {
    if (role !== "viewer") return;
    for (const { track } of localParticipant.trackPublications.values()) {
      if (track) void localParticipant.unpublishTrack(track, true).catch(() => track.stop());
    }
  }, [role, localParticipant]);

  const begin = useEffectEvent(async () => {
    if (started.current || role === "viewer") return;
    started.current = true;
    const { camera, microphone } = last.current;
    if (microphone) await set("microphone", true);
    if (camera) await set("camera", true);
  });
  useEffect(() => {
    const start = () => void begin();
    const stop = () => {
      started.current = false;
    };
    if (room.state === "connected") start();
    room.on(RoomEvent.Connected, start).on(RoomEvent.Disconnected, stop);
    return () => void room.off(RoomEvent.Connected, start).off(RoomEvent.Disconnected, stop);
  }, [room]);
  useEffect(() => {
    if (room.state === "connected" && started.current && !pending) {
      last.current = { camera: isCameraEnabled, microphone: isMicrophoneEnabled };
    }
  }, [room, isCameraEnabled, isMicrophoneEnabled, pending]);

  return { camera: isCameraEnabled, microphone: isMicrophoneEnabled, screen: isScreenShareEnabled, pending, set };
}
