import type { Room } from "../../shared/types";
import { updateRoom } from "../api";
import { Switch } from "../parts/Field";
import { sentence } from "../sentences";
import { t } from "../words";
import { Lobby, NO_LOBBY, type LobbySettings } from "./Lobby";
import { useSaved } from "./useSaved";

interface Settings {
  status: "open" | "closed";
  lobby: LobbySettings;
}

/** Whether somebody new may join, and who has to wait. */
export function Admission({ room }: { room: Room }) {
  const { wanted, problem, change } = useSaved<Settings>((settings) => updateRoom(room.roomName, settings));
  return (
    <section className="card section" aria-labelledby="admission">
      <h2 id="admission">{t("admission")}</h2>
      <Switch
        label={t("closed")}
        text={t("closedText")}
        checked={(wanted.status ?? room.status) === "closed"}
        onChange={(isClosed) => change({ status: isClosed ? "closed" : "open" })}
      />
      <Lobby lobby={wanted.lobby ?? { ...NO_LOBBY, ...room.lobby }} onChange={(lobby) => change({ lobby })} />
      {problem !== null && <p className="mistake" role="alert">{sentence(problem)}</p>}
    </section>
  );
}
