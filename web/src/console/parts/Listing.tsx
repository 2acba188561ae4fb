import type { ReactNode } from "react";
import { sentence } from "../sentences";
import { t } from "../words";

interface Props<Item> {
  items: Item[] | null;
  error: unknown;
  hasMore: boolean;
  isMore: boolean;
  reload: () => Promise<unknown>;
  more: () => Promise<unknown>;
  empty: ReactNode;
  children: (items: Item[]) => ReactNode;
}

/** A list in each of its states: loading, failed, empty, and shown, with a button for more. */
export function Listing<Item>({ items, error, hasMore, isMore, reload, more, empty, children }: Props<Item>) {
  const problem = error !== null && (
    <div className="mistake banner" role="alert">
      <p>{sentence(error)}</p>
      <button className="small" onClick={() => void reload()}>{t("tryAgain")}</button>
    </div>
  );
  if (items === null) {
    return problem || <div className="late skeleton" role="status" aria-label={t("loading")}><i /><i /><i /><i /></div>;
  }
  return (
    <>
      {problem}
      {items.length === 0 ? empty : <div className="list-card">{children(items)}</div>}
      {hasMore && (
        <div className="more">
          <button disabled={isMore} onClick={() => void more()}>{t("showMore")}</button>
          <span className="soft">{t("shown", { count: items.length })}</span>
        </div>
      )}
    </>
  );
}
