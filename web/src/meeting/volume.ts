// How loud a microphone is.

const EVERY = 80; // milliseconds

const copies = new Set<MediaStreamTrack>();

/** A copy of a track that hears while the original is muted. Nothing is sent from it. */
export function copyOf(track: MediaStreamTrack): MediaStreamTrack {
  const copy = track.clone();
  copy.enabled = true;
  copies.add(copy);
  return copy;
}

/** End the copies: browsers open a microphone with other settings only when nothing uses it. */
export function dropCopies(): void {
  for (const each of copies) each.stop();
  copies.clear();
}

/** Calls back with the loudness of a track, from 0 to 1. Returns a function that ends it. */
export function onVolume(track: MediaStreamTrack, heard: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  let shown = 0;
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    const loudest = samples.reduce((most, each) => Math.max(most, Math.abs(each - 128)), 0) / 128;
    shown = Math.max(loudest, shown * 0.7);
    heard(shown);
  }, EVERY);
  const resume = () => void context.resume(); // browsers suspend audio until the first click or key
  document.addEventListener("pointerdown", resume);
  return () => {
    clearInterval(timer);
    document.removeEventListener("pointerdown", resume);
    void context.close();
  };
}
