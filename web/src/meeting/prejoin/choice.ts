/** What somebody chose at the door. */
export interface Choice {
  name: string;
  camera: boolean;
  microphone: boolean;
  cameraId: string | undefined;
  microphoneId: string | undefined;
}
