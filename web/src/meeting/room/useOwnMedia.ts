import { useConnectionState, useLocalParticipant, useRoomContext } from "@livekit/components-react";
import { ConnectionState, RoomEvent, Track, TrackEvent, type Participant, type TrackPublication, type VideoCaptureOptions } from "livekit-client";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { t, type Word } from "../words";
import type { Standing } from "../../shared/received";
import { recallBackground } from "../background/backgrounds";
import { isDenied, listDevices, onAllowed, onDevices, troubleOf, type Capture, type Trouble } from "../devices";
import { keepInside, recallInside, type Inside } from "../link";
import { keepOn as keepForNextTime } from "../settings";
import type { Say } from "./useNotices";

export type OwnMedia = ReturnType<typeof useOwnMedia>;
type Kind = Capture | "screen";
/** Why a device that was wanted is off: it is told until the participant has done something about it. */
export type Troubles = Partial<Record<Capture, Trouble | "gone" | "back">>;

const kinds: Partial<Record<Track.Source, Kind>> = {
  [Track.Source.Camera]: "camera",
  [Track.Source.Microphone]: "microphone",
  [Track.Source.ScreenShare]: "screen",
};
const stopped: Record<Kind, Word> = { camera: "cameraStopped", microphone: "mutedByModerator", screen: "shareStopped" };

/** The participant's own camera, microphone and shared screen. */
export function useOwnMedia(roomName: string, choice: Inside, { role, permissions }: Standing, announce: Say, warn: Say) {
  const room = useRoomContext();
  const { isCameraEnabled, isMicrophoneEnabled, isScreenShareEnabled, localParticipant } = useLocalParticipant();
  const state = useConnectionState();
  const [pending, setPending] = useState<Kind | null>(null);
  const [troubles, setTroubles] = useState<Troubles>({});
  const trouble = useCallback((kind: Capture, what: Troubles[Capture]) => setTroubles((before) => ({ ...before, [kind]: what })), []);
  const own = useRef<Kind | null>(null); // what the participant is switching
  const phase = useRef<"apart" | "starting" | "inside">("apart");
  const talks = useRef(false); // unmuted for a moment only
  const [kept, setKept] = useState(() => recallInside(roomName) ?? choice); // for a rejoin, a reload, and a page that is shown again
  const keep = (now: Partial<Inside>) => {
    const before = recallInside(roomName);
    if (!before) return; // the meeting was left meanwhile
    setKept({ ...before, ...now });
    keepInside(roomName, { ...before, ...now });
  };
  const keepOn = (kind: Capture, on: boolean) => {
    keepForNextTime(kind, on);
    keep({ [kind]: on });
  };

  // Set the background before the camera is on: nobody must see the real one.
  const options = async (): Promise<VideoCaptureOptions | undefined> => {
    const background = recallBackground(permissions.canChangeVirtualBackground);
    if (background === "none" || localParticipant.getTrackPublication(Track.Source.Camera)) return undefined;
    return { processor: await (await import("../background/processor")).processorFor(background) };
  };

  /** `lasts`: false for a moment only, which is not how the participant wants to be after a reload. */
  const set = async (kind: Kind, on: boolean, lasts = true) => {
    const isAway = room.state === ConnectionState.Disconnected;
    if (kind === "microphone") talks.current = on && !lasts && !isAway;
    if (isAway) {
      if (lasts && kind !== "screen") keepOn(kind, on); // from the next connection on
      return;
    }
    setPending(kind);
    own.current = kind;
    try {
      if (kind === "camera") await localParticipant.setCameraEnabled(on, on ? await options() : undefined);
      else if (kind === "microphone") await localParticipant.setMicrophoneEnabled(on);
      else await localParticipant.setScreenShareEnabled(on, { audio: true, selfBrowserSurface: "exclude" });
      if (kind === "screen") return;
      if (lasts) keepOn(kind, on);
      trouble(kind, undefined);
    } catch (error) {
      if (kind !== "screen") trouble(kind, troubleOf(error));
      else if ((error as Error).name !== "NotAllowedError") warn(t("shareFailed"));
    } finally {
      own.current = null;
      setPending(null);
    }
  };

  // Muting by a moderator comes from the server; LiveKit also mutes a track whose device is gone.
  const gone = useRef(new Set<Track.Source>());
  const onMuted = useEffectEvent((publication: TrackPublication, participant: Participant) => {
    const kind = kinds[publication.source];
    if (!participant.isLocal || !kind) return;
    if (kind === "screen") {
      // Whatever else ends a screen unpublishes it, so this was a moderator, even just after it began.
      warn(t(stopped[kind]));
      void localParticipant.setScreenShareEnabled(false);
      return;
    }
    if (kind === own.current) return;
    if (gone.current.delete(publication.source)) {
      void isDenied(kind).then((denied) => trouble(kind, denied ? "refused" : "gone"));
      return;
    }
    warn(t(stopped[kind]));
    keepOn(kind, false);
  });
  const onReplaced = useEffectEvent(({ source, track }: TrackPublication) => {
    if (!track || !gone.current.delete(source)) return;
    announce(t("deviceReplaced", { device: deviceWord(source), name: track.mediaStreamTrack.label }));
  });
  useEffect(() => {
    const muted = (publication: TrackPublication, participant: Participant) => onMuted(publication, participant);
    const published = (publication: TrackPublication) => {
      const { source, track } = publication;
      track?.on(TrackEvent.Ended, () => track.isMuted || gone.current.add(source));
      track?.on(TrackEvent.Restarted, () => onReplaced(publication));
    };
    room.on(RoomEvent.TrackMuted, muted).on(RoomEvent.LocalTrackPublished, published);
    return () => void room.off(RoomEvent.TrackMuted, muted).off(RoomEvent.LocalTrackPublished, published);
  }, [room]);

  // Nobody goes live by plugging something in or by a permission: the page says that they can now.
  useEffect(() => {
    const ends = (["camera", "microphone"] as const).map((kind) => {
      const what = troubles[kind];
      if (what === "refused") return onAllowed(kind, () => trouble(kind, "back"));
      if (what !== "gone" && what !== "missing") return () => {};
      return onDevices(() => void listDevices(kind).then((found) => found.length > 0 && trouble(kind, "back")));
    });
    return () => ends.forEach((end) => end());
  }, [troubles, trouble]);

  // LiveKit ends the tracks of a viewer; this also turns the devices off.
  useEffect(() => {
    if (role !== "viewer") return;
    for (const { track } of localParticipant.trackPublications.values()) {
      if (track) void localParticipant.unpublishTrack(track, true).catch(() => track.stop());
    }
  }, [role, localParticipant]);

  const note = useEffectEvent(() => {
    if (phase.current !== "inside" || room.state !== "connected" || pending) return;
    keep({ camera: localParticipant.isCameraEnabled, microphone: localParticipant.isMicrophoneEnabled && !talks.current });
  });
  const begin = useEffectEvent(async () => {
    if (phase.current !== "apart") return;
    phase.current = "starting";
    // A page that is shown again finds everything as it was left.
    if (role !== "viewer" && localParticipant.trackPublications.size === 0) {
      if (kept.microphone) await set("microphone", true);
      if (kept.camera) await set("camera", true);
    }
    if (phase.current !== "starting") return; // it was left meanwhile
    phase.current = "inside";
    note();
  });
  useEffect(() => {
    const start = () => void begin();
    const stop = () => {
      phase.current = "apart";
    };
    if (room.state === "connected") start();
    room.on(RoomEvent.Connected, start).on(RoomEvent.Disconnected, stop);
    return () => {
      stop();
      room.off(RoomEvent.Connected, start).off(RoomEvent.Disconnected, stop);
    };
  }, [room]);
  useEffect(() => note(), [isCameraEnabled, isMicrophoneEnabled, pending]);

  const { camera, microphone } = state === ConnectionState.Disconnected ? kept : { camera: isCameraEnabled, microphone: isMicrophoneEnabled };
  return { camera, microphone, screen: isScreenShareEnabled, pending, set, troubles, dismiss: (kind: Capture) => trouble(kind, undefined) };
}

function deviceWord(source: Track.Source): string {
  return t(source === Track.Source.Camera ? "deviceCamera" : "deviceMicrophone");
}
