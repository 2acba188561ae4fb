// What the browser measures of each track, once in a while.

import { LocalTrack, RemoteTrack, type Room, type TrackPublication } from "livekit-client";

export interface Figure {
  key: string;
  identity: string;
  source: string;
  isLocal: boolean;
  /** Kilobits a second. */
  bitrate: number | null;
  /** Part of the packets that were lost since the last time, 0 to 1. */
  loss: number | null;
  /** Pictures only. */
  width: number;
  height: number;
  fps: number | null;
}

interface Counted {
  at: number;
  bytes: number;
  packets: number;
  lost: number;
}

export type Before = Map<string, Counted>;

type Stats = RTCInboundRtpStreamStats & RTCOutboundRtpStreamStats & { fractionLost?: number };

/** Measure all tracks. The differences are to `before`, which is brought up to date. */
export async function measure(room: Room, before: Before): Promise<Figure[]> {
  const people = [room.localParticipant, ...room.remoteParticipants.values()];
  const publications = people.flatMap((person) => [...person.trackPublications.values()].map((each) => ({ person, each })));
  const found = await Promise.all(publications.map(async ({ person, each }) => {
    const report = await reportOf(each);
    return report && figureOf(report, person.identity, person === room.localParticipant, each, before);
  }));
  return found.filter((each) => each !== undefined);
}

function reportOf({ track }: TrackPublication): Promise<RTCStatsReport | undefined> | undefined {
  return track instanceof LocalTrack || track instanceof RemoteTrack ? track.getRTCStatsReport() : undefined;
}

function figureOf(report: RTCStatsReport, identity: string, isLocal: boolean, publication: TrackPublication, before: Before): Figure {
  const all = [...report.values()] as Stats[];
  const streams = all.filter(({ type }) => type === (isLocal ? "outbound-rtp" : "inbound-rtp"));
  const sum = (value: (each: Stats) => number | undefined) => streams.reduce((total, each) => total + (value(each) ?? 0), 0);
  const now: Counted = {
    at: performance.now(),
    bytes: sum((each) => (isLocal ? each.bytesSent : each.bytesReceived)),
    packets: sum((each) => (isLocal ? each.packetsSent : each.packetsReceived)),
    lost: isLocal ? 0 : sum((each) => each.packetsLost),
  };
  const key = publication.trackSid;
  const last = before.get(key);
  before.set(key, now);
  const lost = last ? now.lost - last.lost : 0;
  const packets = last ? now.packets - last.packets : 0;
  const largest = streams.reduce<Stats | undefined>((most, each) => ((each.frameWidth ?? 0) > (most?.frameWidth ?? 0) ? each : most), undefined);
  // The other side reports how much of what is sent from here was lost.
  const told = all.filter(({ type }) => type === "remote-inbound-rtp").map((each) => each.fractionLost ?? 0);
  return {
    key,
    identity,
    source: publication.source,
    isLocal,
    bitrate: last ? ((now.bytes - last.bytes) * 8) / (now.at - last.at) : null,
    loss: isLocal ? (told.length ? Math.max(...told) : null) : packets + lost > 0 ? Math.max(lost, 0) / (packets + lost) : null,
    width: largest?.frameWidth ?? 0,
    height: largest?.frameHeight ?? 0,
    fps: largest?.framesPerSecond ?? null,
  };
}
