import { Switch } from "../parts/Field";
import { t, type Word } from "../words";

type WaitingRole = "publisher" | "viewer";

export interface LobbySettings {
  enabled: boolean;
  roles: WaitingRole[];
  openWithoutModerator: boolean;
}

export const NO_LOBBY: LobbySettings = { enabled: false, roles: ["publisher", "viewer"], openWithoutModerator: false };

const WAITING: { role: WaitingRole; label: Word }[] = [
  { role: "publisher", label: "publishersWait" },
  { role: "viewer", label: "viewersWait" },
];

/** Whether there is a lobby, and who has to wait in it. */
export function Lobby({ lobby, onChange }: { lobby: LobbySettings; onChange: (lobby: LobbySettings) => void }) {
  return (
    <>
      <Switch label={t("lobby")} text={t("lobbyText")} checked={lobby.enabled} onChange={(enabled) => onChange({ ...lobby, enabled })} />
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
                onChange={(waits) => onChange({ ...lobby, roles: waits ? [...others, role] : others })}
              />
            );
          })}
          <Switch
            label={t("openAlone")}
            text={t("openAloneText")}
            checked={lobby.openWithoutModerator}
            onChange={(openWithoutModerator) => onChange({ ...lobby, openWithoutModerator })}
          />
        </>
      )}
    </>
  );
}
