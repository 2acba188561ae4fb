// Short sounds, made here, so no file is loaded.

import { canChooseLoudspeaker } from "./devices";
import { deviceOf } from "./settings";

const tunes = {
  test: [523, 659, 784],
  joined: [523, 784],
  hand: [784, 784],
} satisfies Record<string, number[]>;

const NOTE = 0.18; // seconds
const VOLUME = 0.12;
const PATIENCE = 1000; // milliseconds

/** Before the first click or key, browsers leave a request for sound without an answer. */
const refusal = () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no sound before a click")), PATIENCE));

/** Play a tune on the chosen loudspeaker. Rejects if the browser plays no sound now. */
export async function chime(tune: keyof typeof tunes): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio(); // unlike a context, an element can be sent to a loudspeaker in every browser that has several
  element.srcObject = out.stream;
  try {
    const loudspeaker = deviceOf("loudspeaker");
    if (canChooseLoudspeaker && loudspeaker) await element.setSinkId(loudspeaker).catch(() => {}); // it may be gone
    await Promise.race([Promise.all([context.resume(), element.play()]), refusal()]);
    await new Promise((ended) => {
      tunes[tune].forEach((pitch, index, { length }) => {
        const start = context.currentTime + index * NOTE;
        const oscillator = new OscillatorNode(context, { frequency: pitch });
        const volume = new GainNode(context, { gain: 0 });
        volume.gain.setValueAtTime(VOLUME, start).exponentialRampToValueAtTime(0.001, start + NOTE * 1.5);
        oscillator.connect(volume).connect(out);
        oscillator.start(start);
        oscillator.stop(start + NOTE * 1.5);
        if (index === length - 1) oscillator.onended = ended;
      });
    });
  } finally {
    element.srcObject = null;
    void context.close();
  }
}
