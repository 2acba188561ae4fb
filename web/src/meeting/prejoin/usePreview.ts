import { useEffect, useState } from "react";
import type { Word } from "../words";
import { hasMedia } from "../support";

export type Kind = "camera" | "microphone";

export interface Preview {
  stream: MediaStream | null;
  problem: Word | null;
  devices: MediaDeviceInfo[];
}

const problems: Record<string, Word> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

function constraints(kind: Kind, id: string | undefined): MediaStreamConstraints {
  const device = id ? { deviceId: { exact: id } } : {};
  return kind === "camera"
    ? { video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...device } }
    : { audio: { echoCancellation: true, noiseSuppression: true, ...device } };
}

/** Open one camera or microphone while it is wanted, and list the available devices. */
export function usePreview(kind: Kind, wanted: boolean, id: string | undefined): Preview {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<Word | null>(null);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);

  useEffect(() => {
    if (!wanted) return;
    if (!hasMedia) return setProblem("refused");
    let ended = false;
    let held: MediaStream | null = null;
    const release = () => held?.getTracks().forEach((track) => track.stop());
    navigator.mediaDevices.getUserMedia(constraints(kind, id)).then(
      (got) => {
        held = got;
        if (ended) return release();
        setProblem(null);
        setStream(got);
        void list(kind).then(setDevices);
      },
      (error: unknown) => {
        if (!ended) setProblem(problems[(error as Error).name] ?? "deviceFailed");
      },
    );
    return () => {
      ended = true;
      release();
      setStream(null);
    };
  }, [kind, wanted, id]);

  useEffect(() => {
    if (!hasMedia) return;
    const relist = () => void list(kind).then(setDevices);
    navigator.mediaDevices.addEventListener("devicechange", relist);
    return () => navigator.mediaDevices.removeEventListener("devicechange", relist);
  }, [kind]);

  return { stream, problem: wanted ? problem : null, devices };
}

async function list(kind: Kind): Promise<MediaDeviceInfo[]> {
  const wanted = kind === "camera" ? "videoinput" : "audioinput";
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((device) => device.kind === wanted && device.deviceId !== "");
}
