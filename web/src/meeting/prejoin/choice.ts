/** The choices of the pre-join screen. */
export interface Choice {
  name: string;
  camera: boolean;
  microphone: boolean;
  cameraId: string | undefined;
  microphoneId: string | undefined;
}
