import { useCallback, useEffect, useState } from "react";
import { listDevices, onAllowed, onDevices, troubleOf, type Capture, type Trouble } from "../devices";
import { hasMedia } from "../support";

export interface Preview {
  stream: MediaStream | null;
  problem: Trouble | null;
  devices: MediaDeviceInfo[];
  /** True while the device starts, or the browser asks for permission. */
  opening: boolean;
  /** The device in use. */
  id: string | undefined;
  retry: () => void;
}

function constraints(kind: Capture, id: string | undefined): MediaStreamConstraints {
  const device = id ? { deviceId: { exact: id } } : {};
  return kind === "camera"
    ? { video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...device } }
    : { audio: { echoCancellation: true, noiseSuppression: true, ...device } };
}

/** The chosen device; if it is gone, another one. */
async function open(kind: Capture, id: string | undefined): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints(kind, id));
  } catch (error) {
    if (id === undefined || troubleOf(error) !== "missing") throw error;
    return navigator.mediaDevices.getUserMedia(constraints(kind, undefined));
  }
}

/** Open one camera or microphone while it is wanted, and list the available devices. */
export function usePreview(kind: Capture, wanted: boolean, id: string | undefined): Preview {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<Trouble | null>(null);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((before) => before + 1), []);

  useEffect(() => {
    if (!wanted) return;
    if (!hasMedia) return setProblem("refused");
    const ended = new AbortController();
    let held: MediaStream | null = null;
    const release = () => held?.getTracks().forEach((track) => track.stop());
    open(kind, id).then(
      (got) => {
        held = got;
        if (ended.signal.aborted) return release();
        got.getTracks()[0]?.addEventListener("ended", retry, { signal: ended.signal }); // it was pulled out
        setProblem(null);
        setStream(got);
        void listDevices(kind).then(setDevices);
      },
      (error: unknown) => {
        if (!ended.signal.aborted) setProblem(troubleOf(error));
      },
    );
    return () => {
      ended.abort();
      release();
      setStream(null);
    };
  }, [kind, wanted, id, attempt, retry]);

  useEffect(() => onDevices(() => {
    void listDevices(kind).then(setDevices);
    if (problem === "missing") retry();
  }), [kind, problem, retry]);
  useEffect(() => (problem === "refused" ? onAllowed(kind, retry) : undefined), [kind, problem, retry]);

  return {
    stream,
    problem: wanted ? problem : null,
    devices,
    opening: wanted && !stream && !problem,
    id: stream?.getTracks()[0]?.getSettings().deviceId,
    retry,
  };
}
