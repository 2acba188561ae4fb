import { useRoomContext } from "@livekit/components-react";
import { useState, type ReactNode } from "react";
import { t } from "../words";
import { Blur, Camera, CameraOff, ChatIcon, Grid, Leave, Mic, MicOff, More, PeopleIcon, Screen, Speaker } from "../../shared/ui/icons";
import type { Admission } from "../api";
import { canShareScreen, hasMedia } from "../support";
import type { Panel, View } from "./layout";
import { RecordButton } from "./RecordButton";
import type { Say } from "./useNotices";
import type { OwnMedia } from "./useOwnMedia";

interface Props {
  roomName: string;
  admission: Admission;
  media: OwnMedia;
  panel: Panel;
  onPanel: (panel: Panel) => void;
  view: View;
  onView: (view: View) => void;
  hasChat: boolean;
  unread: number;
  warn: Say;
}

/** The row of buttons under the meeting. */
export function Controls({ roomName, admission, media, panel, onPanel, view, onView, hasChat, unread, warn }: Props) {
  const room = useRoomContext();
  const { role, permissions } = admission;
  const [more, setMore] = useState(false); // for a narrow screen, which does not fit all buttons
  const speaks = role !== "viewer" && hasMedia;
  return (
    <nav className="controls" aria-label={t("controls")}>
      {speaks && (
        <>
          <Control off={!media.microphone} busy={media.pending === "microphone"} label={t(media.microphone ? "microphoneOff" : "microphoneOn")}
            icon={media.microphone ? <Mic /> : <MicOff />} onClick={() => void media.set("microphone", !media.microphone)} />
          <Control off={!media.camera} busy={media.pending === "camera"} label={t(media.camera ? "cameraOff" : "cameraOn")}
            icon={media.camera ? <Camera /> : <CameraOff />} onClick={() => void media.set("camera", !media.camera)} />
        </>
      )}
      <div className={more ? "more-controls shown" : "more-controls"} onClick={() => setMore(false)}>
        {speaks && permissions.canPublishScreen && canShareScreen && (
          <Control busy={media.pending === "screen"} pressed={media.screen} label={t(media.screen ? "stopSharing" : "shareScreen")}
            icon={<Screen />} onClick={() => void media.set("screen", !media.screen)} />
        )}
        {speaks && permissions.canChangeVirtualBackground && (
          <Control pressed={panel === "background"} label={t("background")} icon={<Blur />} onClick={() => onPanel("background")} />
        )}
        {permissions.canRecord && admission.apiToken && <RecordButton roomName={roomName} apiToken={admission.apiToken} warn={warn} />}
        <Control label={t(view === "grid" ? "speakerView" : "gridView")} icon={view === "grid" ? <Speaker /> : <Grid />}
          onClick={() => onView(view === "grid" ? "speaker" : "grid")} />
      </div>
      {hasChat && (
        <Control pressed={panel === "chat"} label={t("chat")} badge={unread} icon={<ChatIcon />} onClick={() => onPanel("chat")} />
      )}
      <Control pressed={panel === "people"} label={t("people")} icon={<PeopleIcon />} onClick={() => onPanel("people")} />
      <button type="button" className={more ? "control more-button pressed" : "control more-button"} aria-expanded={more} onClick={() => setMore(!more)}>
        <More />
        <span>{t("moreControls")}</span>
      </button>
      <Control leave label={t("leave")} icon={<Leave />} onClick={() => void room.disconnect()} />
    </nav>
  );
}

interface ControlProps {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  off?: boolean;
  pressed?: boolean;
  busy?: boolean;
  leave?: boolean;
  badge?: number;
}

function Control({ label, icon, onClick, off, pressed, busy, leave, badge }: ControlProps) {
  const look = ["control", off && "off", pressed && "pressed", leave && "leave"].filter(Boolean).join(" ");
  return (
    <button type="button" className={look} aria-pressed={pressed} disabled={busy} onClick={onClick}>
      {icon}
      <span>{label}</span>
      {badge ? <b className="badge">{badge}</b> : null}
    </button>
  );
}
