import { useLocalParticipant, useRoomContext } from "@livekit/components-react";
import { RoomEvent, Track, TrackEvent, type LocalAudioTrack, type LocalVideoTrack } from "livekit-client";
import { useEffect, useState } from "react";
import { canChooseLoudspeaker, listDevices, listed, onDevices } from "../devices";
import { isOn, keepDevice, keepOn, type Device } from "../settings";
import { hasMedia } from "../support";
import { dropCopies } from "../volume";
import { t } from "../words";
import type { Say } from "./useNotices";

export type Devices = ReturnType<typeof useDevices>;
type Lists = Record<Device, MediaDeviceInfo[]>;

/** The devices there are, and a change of the one in use. */
export function useDevices(warn: Say) {
  const room = useRoomContext();
  const { cameraTrack, microphoneTrack } = useLocalParticipant();
  const [lists, setLists] = useState<Lists>({ camera: [], microphone: [], loudspeaker: [] });
  const [reducesNoise, setReducesNoise] = useState(() => isOn("noiseSuppression"));
  const camera = cameraTrack?.track as LocalVideoTrack | undefined;
  const microphone = microphoneTrack?.track as LocalAudioTrack | undefined;

  useEffect(() => {
    if (!hasMedia) return;
    const read = () => void all().then(setLists); // a new list, also if only the one in use is another
    read();
    room.on(RoomEvent.ActiveDeviceChanged, read).on(RoomEvent.LocalTrackPublished, read);
    const end = onDevices(read);
    return () => {
      room.off(RoomEvent.ActiveDeviceChanged, read).off(RoomEvent.LocalTrackPublished, read);
      end();
    };
  }, [room]);

  const attempt = async (what: Promise<unknown> | undefined) => {
    try {
      await what;
      return true;
    } catch {
      warn(t("deviceRefused"));
      return false;
    }
  };
  const choose = async (kind: Device, id: string) => {
    if (await attempt(room.switchActiveDevice(listed[kind], id))) keepDevice(kind, id);
  };
  /** Change between the cameras in front and behind; where the browser does not know which is which, to the next one. */
  const flip = async () => {
    if (!camera) return;
    const { facingMode, deviceId } = camera.mediaStreamTrack.getSettings();
    if (facingMode) {
      const other = facingMode === "user" ? "environment" : "user";
      await attempt(camera.restartTrack({ ...room.options.videoCaptureDefaults, deviceId: undefined, facingMode: other }));
    } else {
      const at = lists.camera.findIndex((each) => each.deviceId === (room.getActiveDevice("videoinput") ?? deviceId));
      const next = lists.camera[(at + 1) % lists.camera.length];
      if (next) await choose("camera", next.deviceId);
    }
  };
  const reduceNoise = async (on: boolean) => {
    setReducesNoise(on);
    keepOn("noiseSuppression", on);
    const options = { ...room.options.audioCaptureDefaults, noiseSuppression: on };
    room.options.audioCaptureDefaults = options;
    dropCopies();
    await attempt(microphone?.restartTrack(options));
  };
  return { lists, inUse: (kind: Device) => room.getActiveDevice(listed[kind]), choose, flip, reducesNoise, reduceNoise };
}

async function all(): Promise<Lists> {
  const [camera, microphone, loudspeaker] = await Promise.all([
    listDevices("camera"), listDevices("microphone"), canChooseLoudspeaker ? listDevices("loudspeaker") : [],
  ]);
  return { camera, microphone, loudspeaker };
}

/** The participant's own microphone, also while it is muted; undefined if there is none. */
export function useOwnMicrophone(): MediaStreamTrack | undefined {
  const { localParticipant, microphoneTrack } = useLocalParticipant();
  const track = microphoneTrack?.track;
  const [media, setMedia] = useState<MediaStreamTrack>();
  useEffect(() => {
    const read = () => setMedia(track?.mediaStreamTrack);
    read();
    track?.on(TrackEvent.Restarted, read);
    return () => void track?.off(TrackEvent.Restarted, read);
  }, [track]);
  return localParticipant.getTrackPublication(Track.Source.Microphone) ? media : undefined;
}
