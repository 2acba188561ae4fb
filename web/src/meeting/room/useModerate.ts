import { useMemo } from "react";
import { t, type Word } from "../words";
import { reasonOf, type AnyReason } from "../../shared/http";
import type { Role } from "../../shared/types";
import { isForbidden, type Moderation, type Source } from "../api";
import type { Say } from "./useNotices";

/** What is wanted is so already. A mere "not_found" says only that the request named no operation. */
const DONE = new Set<AnyReason>(["participant_not_found", "no_meeting", "has_this_role"]);

export type Moderate = ReturnType<typeof useModerate>;

/** What moderators do about others; a failure is told in words. */
export function useModerate(moderation: Moderation | null, announce: Say, warn: Say) {
  return useMemo(() => {
    const attempt = async (what: (moderation: Moderation) => Promise<unknown>, failed: Word, done?: Word): Promise<boolean> => {
      if (!moderation) return false;
      try {
        await what(moderation);
        if (done) announce(t(done));
        return true;
      } catch (error) {
        if (isForbidden(error)) warn(t("notAllowed"));
        else if (DONE.has(reasonOf(error))) return true;
        else warn(t(failed));
        return false;
      }
    };
    return {
      setRole: (identity: string, role: Role) => attempt((it) => it.setRole(identity, role), "actionFailed"),
      lowerHand: (identity: string) => attempt((it) => it.lowerHand(identity), "actionFailed"),
      stop: (identity: string, source: Source) => attempt((it) => it.stop(identity, source), "actionFailed"),
      muteAll: () => attempt((it) => it.muteAll(), "actionFailed", "mutedAll"),
      remove: (identity: string, ban: boolean) => attempt((it) => it.remove(identity, ban), "actionFailed"),
      lock: (locked: boolean) => attempt((it) => it.lock(locked), "actionFailed", locked ? "lockedNow" : "unlockedNow"),
      end: () => attempt((it) => it.end(), "actionFailed"),
    };
  }, [moderation, announce, warn]);
}
