import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Recording, ShareLink } from "../../shared/types";
import { number } from "../../shared/i18n";
import { isNotFound } from "../../shared/http";
import { when } from "../../shared/format";
import { Plus } from "../icons";
import { Confirm } from "../parts/Confirm";
import { Listing } from "../parts/Listing";
import { useDone } from "../parts/useDone";
import { useNow } from "../parts/useNow";
import { keys, queryClient } from "../queries";
import { t, type Word } from "../words";
import { deleteShareLink, getShareLinks } from "./api";
import { NewShareLink } from "./NewShareLink";

const POLL = 15_000;

type State = "valid" | "usedUp" | "expired";
const WORDS: Record<State, Word> = { valid: "linkValid", usedUp: "linkUsedUp", expired: "linkExpired" };

function stateOf({ expiresAt, maxViews, views }: ShareLink, now: number): State {
  if (expiresAt <= now) return "expired";
  return maxViews !== undefined && views >= maxViews ? "usedUp" : "valid";
}

/** The links by which people without an account watch a recording. */
export function ShareLinks({ recording }: { recording: Recording }) {
  const { id } = recording;
  const { data: links, error, refetch } = useQuery({
    queryKey: keys.shareLinks(id),
    queryFn: () => getShareLinks(id),
    refetchInterval: POLL, // while the page is visible
  });
  const isGone = isNotFound(error);
  useEffect(() => {
    if (isGone) void queryClient.invalidateQueries({ queryKey: keys.recording(id) });
  }, [isGone, id]);
  const heading = useRef<HTMLHeadingElement>(null);
  const { done } = useDone(keys.shareLinks(id), heading);
  const [isSharing, setSharing] = useState(false);
  const [deleting, setDeleting] = useState<ShareLink | null>(null);
  const close = () => setDeleting(null);
  return (
    <section aria-labelledby="share-links">
      <div className="list-head">
        <h2 id="share-links" ref={heading} tabIndex={-1} className="list-title">{t("shareLinks")}</h2>
        <button className="small" onClick={() => setSharing(true)}><Plus />{t("share")}</button>
      </div>
      <Listing
        items={links ?? null}
        error={error}
        hasMore={false}
        isMore={false}
        reload={refetch}
        more={refetch}
        empty={<p className="list-card quiet">{t("noShareLinks")}</p>}
      >
        {(items) => (
          <table className="list share-links">
            <thead>
              <tr>
                <th scope="col">{t("shareMade")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col">{t("views")}</th>
                <th scope="col">{t("lastView")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => <Row key={each.linkId} link={each} onDelete={() => setDeleting(each)} />)}
            </tbody>
          </table>
        )}
      </Listing>
      {isSharing && <NewShareLink recording={recording} onMade={() => void refetch()} onClose={() => setSharing(false)} />}
      {deleting && (
        <Confirm
          title={t("deleteShareAsk")}
          text={t("deleteShareText", { time: when(deleting.creationDate) })}
          action={t("delete")}
          act={async () => {
            await deleteShareLink(id, deleting.linkId);
            close();
            void done(t("shareDeleted"));
          }}
          onClose={close}
        >
          {deleting.download && <p className="soft">{t("deleteShareDownload")}</p>}
        </Confirm>
      )}
    </section>
  );
}

function Row({ link, onDelete }: { link: ShareLink; onDelete: () => void }) {
  const { creationDate, expiresAt, maxViews, views, lastViewedAt, download } = link;
  const state = stateOf(link, useNow());
  const time = when(creationDate);
  return (
    <tr>
      <th scope="row">
        <span className="person">{time}</span>
        {download && <span className="row-note">{t("withDownload")}</span>}
      </th>
      <td>
        <span className={`status status-${state === "valid" ? "ready" : "over"}`}>{t(WORDS[state])}</span>
        {state !== "expired" && <span className="row-note">{t("until", { time: when(expiresAt) })}</span>}
      </td>
      <td className="soft" data-label={t("views")}>{maxViews === undefined ? number(views) : t("joinsOf", { joins: views, most: maxViews })}</td>
      <td className="soft" data-label={t("lastView")}>{lastViewedAt === undefined ? t("never") : when(lastViewedAt)}</td>
      <td className="row-actions">
        <button className="small plain danger" aria-label={t("deleteShareNamed", { time })} onClick={onDelete}>{t("delete")}</button>
      </td>
    </tr>
  );
}
