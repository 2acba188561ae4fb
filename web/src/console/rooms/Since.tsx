import { fully, span } from "../../shared/format";
import { useNow } from "../parts/useNow";

/** The time since something happened. */
export function Since({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()} title={fully(at)}>{span(useNow() - at)}</time>;
}
