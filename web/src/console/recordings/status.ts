import type { Recording, Status } from "../../shared/types";
import type { Word } from "../words";

export const STATUS: Record<Status, Word> = {
  STARTING: "statusStarting",
  STARTED: "statusStarted",
  STOPPING: "statusStopping",
  STOPPED: "statusStopped",
  READY: "statusReady",
  FAILED: "statusFailed",
};

/** The filters of the list. */
export const FILTERS: { word: Word; status: string }[] = [
  { word: "filterAll", status: "" },
  { word: "filterMoving", status: "STARTING,STARTED,STOPPING,STOPPED" },
  { word: "filterReady", status: "READY" },
  { word: "filterFailed", status: "FAILED" },
];

export const isMoving = ({ status, duration }: Recording) =>
  status === "READY" ? duration === undefined : status !== "FAILED";

export const canDelete = ({ status, hold }: Recording) => (status === "READY" || status === "FAILED") && hold === undefined;

export const canStop = ({ status }: Recording) => status === "STARTING" || status === "STARTED";
