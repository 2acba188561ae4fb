import type { Recording } from "../../shared/types";
import { usePages } from "../parts/usePages";
import { useReadOn } from "../parts/useReadOn";
import { POLL } from "../queries";
import { t } from "../words";
import { isPast, isSearched, searched, type Searched } from "./search";
import { isMoving } from "./status";

/** The recordings of a list that match, and a note of how far they have been searched. */
export function useSearched(path: string, search: Searched) {
  const { items: loaded, ...pages } = usePages<Recording>(path, (items) => items.some(isMoving) && POLL);
  const isAll = isPast(loaded ?? [], search);
  const isReading = useReadOn({ items: loaded, ...pages }, isSearched(search) && !isAll);
  const hasMore = pages.hasMore && !isAll;
  const isPartly = isReading || (isSearched(search) && hasMore);
  const note = isPartly && loaded && (
    <p className="hint filter-hint" role="status">{t(isReading ? "readingOn" : "searchedSome", { count: loaded.length })}</p>
  );
  return { ...pages, items: loaded && searched(loaded, search), hasMore, note };
}
