// The API's operations about who is in a room, and who may be.

import { reasonOf } from "../../shared/http";
import type { Ban, Invitation, Participant, Role, Room, WaitingParticipant } from "../../shared/types";
import { call, json } from "../api";

export type Source = "audioActive" | "videoActive" | "screenShareActive";
export type Decision = "admit" | "deny";

/** An invitation to make; what is null has no limit. */
export interface Draft {
  participantName: string;
  role: Role;
  expiresAt: number | null;
  maxJoins: number | null;
  skipLobby: boolean;
}

const part = encodeURIComponent;
const room = (name: string) => `/rooms/${part(name)}`;
const meeting = (name: string) => `/meetings/${part(name)}`;
const participant = (name: string, identity: string) => `${meeting(name)}/participants/${part(identity)}`;

/** The participants in the order in which they joined; none if no meeting is going on. */
export async function getPeople(name: string): Promise<Participant[]> {
  try {
    return (await json<{ participants: Participant[] }>("GET", `${meeting(name)}/participants`)).participants;
  } catch (error) {
    if (reasonOf(error) === "no_meeting") return [];
    throw error;
  }
}

/** How many people are in the meeting; none if no meeting is going on. */
export async function countPeople(name: string): Promise<number> {
  try {
    return (await json<{ participantCount: number }>("GET", meeting(name))).participantCount;
  } catch (error) {
    if (reasonOf(error) === "no_meeting") return 0;
    throw error;
  }
}

export const endMeeting = (name: string) => call("DELETE", meeting(name));
export const mute = (name: string, identity: string, source: Source) =>
  call("PUT", `${participant(name, identity)}/media`, { [source]: false });
export const muteAll = (name: string) => call("PUT", `${meeting(name)}/participants/media`, { audioActive: false });
export const setRole = (name: string, identity: string, role: Role) =>
  call("PUT", `${participant(name, identity)}/role`, { role });
export const remove = (name: string, identity: string, isBanned: boolean) =>
  call("DELETE", `${participant(name, identity)}${isBanned ? "?ban=true" : ""}`);

/** Those about whom nothing was decided yet, who wait longest first. */
export const getWaiting = async (name: string) =>
  (await json<{ waiting: WaitingParticipant[] }>("GET", `${meeting(name)}/waiting`)).waiting.filter(({ decision }) => !decision);
export const decide = (name: string, id: string, decision: Decision) =>
  call("PUT", `${meeting(name)}/waiting/${part(id)}`, { decision });
export const admitAll = (name: string) => call("PUT", `${meeting(name)}/waiting`, { decision: "admit" });

export const rotateLink = (name: string, role: Role, disconnects: boolean) =>
  json<Room>("POST", `${room(name)}/links/${role}/rotate${disconnects ? "?disconnect=true" : ""}`);

type Invitations = { invitations: Invitation[] };
export const getInvitations = async (name: string) =>
  (await json<Invitations>("GET", `${room(name)}/invitations`)).invitations;
export const invite = async (name: string, draft: Draft) =>
  (await json<Invitations>("POST", `${room(name)}/invitations`, { invitations: [draft] })).invitations[0]!;
export const revoke = (name: string, id: string) => call("DELETE", `${room(name)}/invitations/${part(id)}`);

export const getBans = async (name: string) => (await json<{ bans: Ban[] }>("GET", `${room(name)}/bans`)).bans;
export const liftBan = (name: string, id: string) => call("DELETE", `${room(name)}/bans/${part(id)}`);
