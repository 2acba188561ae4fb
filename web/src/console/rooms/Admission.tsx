import type { Room } from "../../shared/types";
import { updateRoom } from "../api";
import { Switch } from "../parts/Field";
import { sentence } from "../sentences";
import { t, type Word } from "../words";
import { useSaved } from "./useSaved";

type WaitingRole = "publisher" | "viewer";

interface Settings {
  status: "open" | "closed";
  lobby: { enabled: boolean; roles: WaitingRole[]; openWithoutModerator: boolean };
}

const WAITING: { role: WaitingRole; label: Word }[] = [
  { role: "publisher", label: "publishersWait" },
  { role: "viewer", label: "viewersWait" },
];

/** Whether somebody new may join, and who has to wait. */
export function Admission({ room }: { room: Room }) {
  const { wanted, problem, change } = useSaved<Settings>((settings) => updateRoom(room.roomName, settings));
  const lobby = wanted.lobby ?? { enabled: false, roles: ["publisher", "viewer"], openWithoutModerator: false, ...room.lobby };
  const setLobby = (changes: Partial<Settings["lobby"]>) => change({ lobby: { ...lobby, ...changes } });
  return (
    <section className="card section" aria-labelledby="admission">
      <h2 id="admission">{t("admission")}</h2>
      <Switch
        label={t("closed")}
        text={t("closedText")}
        checked={(wanted.status ?? room.status) === "closed"}
        onChange={(isClosed) => change({ status: isClosed ? "closed" : "open" })}
      />
      <Switch label={t("lobby")} text={t("lobbyText")} checked={lobby.enabled} onChange={(enabled) => setLobby({ enabled })} />
      {lobby.enabled && (
        <>
          {WAITING.map(({ role, label }) => {
            const others = lobby.roles.filter((each) => each !== role);
            const isOnly = others.length === 0;
            return (
              <Switch
                key={role}
                label={t(label)}
                text={isOnly ? t("someoneWaits") : t("waitText")}
                checked={lobby.roles.includes(role)}
                disabled={isOnly}
                onChange={(waits) => setLobby({ roles: waits ? [...others, role] : others })}
              />
            );
          })}
          <Switch
            label={t("openAlone")}
            text={t("openAloneText")}
            checked={lobby.openWithoutModerator}
            onChange={(openWithoutModerator) => setLobby({ openWithoutModerator })}
          />
        </>
      )}
      {problem !== null && <p className="mistake" role="alert">{sentence(problem)}</p>}
    </section>
  );
}
