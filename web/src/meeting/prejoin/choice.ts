import { deviceOf, isOn } from "../settings";

/** The choices of the pre-join screen. */
export interface Choice {
  name: string;
  camera: boolean;
  microphone: boolean;
  cameraId: string | undefined;
  microphoneId: string | undefined;
}

/** The choices that were made before, also those made inside the meeting. */
export function lastChoice(name: string): Choice {
  return { name, camera: isOn("camera"), microphone: isOn("microphone"), cameraId: deviceOf("camera"), microphoneId: deviceOf("microphone") };
}
