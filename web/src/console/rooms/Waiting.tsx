import { useRef, useState } from "react";
import type { Room, WaitingParticipant } from "../../shared/types";
import { Confirm } from "../parts/Confirm";
import { useDone } from "../parts/useDone";
import { keys, POLL } from "../queries";
import { sentence } from "../sentences";
import { t } from "../words";
import { admitAll, decide, getWaiting } from "./api";
import { Since } from "./Since";
import { useOfRoom } from "./useOfRoom";

/** Those who wait to be admitted. Shows nothing while nobody waits. */
export function Waiting({ room: { roomName: room, lobby } }: { room: Room }) {
  const { data: waiting = [], error, refetch } = useOfRoom(room, {
    key: keys.waiting(room),
    read: () => getWaiting(room),
    poll: () => POLL,
    enabled: lobby?.enabled ?? false,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const { done, act } = useDone(keys.waiting(room), heading);
  const [denied, setDenied] = useState<WaitingParticipant | null>(null);
  const close = () => setDenied(null);
  const title = t("peopleWait", { count: waiting.length });
  return (
    <>
      <span className="visually-hidden" role="status">{waiting.length > 0 && title}</span>
      {error !== null && (
        <div className="mistake banner" role="alert">
          <p>{t("waitingUnknown")} {sentence(error)}</p>
          <button className="small" onClick={() => void refetch()}>{t("tryAgain")}</button>
        </div>
      )}
      {waiting.length > 0 && (
        <section className="card section waiting" aria-labelledby="waiting">
          <div className="list-head">
            <h2 id="waiting" ref={heading} tabIndex={-1}>{title}</h2>
            {waiting.length > 1 && (
              <button className="small" onClick={() => act(() => admitAll(room), t("allAdmitted"))}>{t("admitAll")}</button>
            )}
          </div>
          <ul className="links">
            {waiting.map((each) => {
              const { id, participantName: name, role, since } = each;
              return (
                <li key={id}>
                  <div className="link-text">
                    <h3 className="person">{name}</h3>
                    <p className="hint">{t(role)} · <Since at={since} /></p>
                  </div>
                  <span className="buttons">
                    <button className="small primary" aria-label={t("admitNamed", { name })} onClick={() => act(() => decide(room, id, "admit"), t("admitted", { name }))}>{t("admit")}</button>
                    <button className="small danger" aria-label={t("denyNamed", { name })} onClick={() => setDenied(each)}>{t("deny")}</button>
                  </span>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {denied && (
        <Confirm
          title={t("denyAsk", { name: denied.participantName })}
          text={t("denyText")}
          action={t("deny")}
          act={async () => {
            await decide(room, denied.id, "deny");
            close();
            void done(t("denied", { name: denied.participantName }));
          }}
          onClose={close}
        />
      )}
    </>
  );
}
