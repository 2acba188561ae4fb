import { useRoomContext } from "@livekit/components-react";
import { useRef, useState, type ReactNode } from "react";
import { t } from "../words";
import { Blur, Camera, CameraOff, ChatIcon, End, Fullscreen, Grid, Leave, Mic, MicOff, More, PeopleIcon, PictureInPicture, Record, Screen, SettingsIcon, Speaker, Stop } from "../../shared/ui/icons";
import { Popup } from "../../shared/ui/Popup";
import type { Standing } from "../../shared/received";
import { canShareScreen, hasMedia } from "../support";
import { Hand, Smile } from "./icons";
import type { Panel, View } from "./layout";
import { leave } from "./leave";
import { OwnVoice } from "./OwnVoice";
import type { Hands } from "./useHands";
import type { Say } from "./useNotices";
import { useFold } from "./useFold";
import { useFullscreen } from "./useFullscreen";
import { canFullscreen, canPictureInPicture, toggleFullscreen, togglePictureInPicture } from "./useMeetingWindow";
import type { OwnMedia } from "./useOwnMedia";
import { useRecording } from "./useRecording";

interface Props {
  roomName: string;
  /** Undefined for those who are not moderators. */
  apiToken: string | undefined;
  standing: Standing;
  media: OwnMedia;
  panel: Panel;
  onPanel: (panel: Panel) => void;
  view: View;
  onView: (view: View) => void;
  hasChat: boolean;
  unread: number;
  /** How many wait to be admitted. */
  waiting: number;
  onEnd: () => void;
  hands: Hands;
  isReacting: boolean;
  onReact: () => void;
  announce: Say;
  warn: Say;
}

interface Entry {
  key: string;
  label: string;
  icon: ReactNode;
  onClick: () => void;
  /** The place in the order of importance: the highest ones move into More first. */
  rank: number;
  look?: "off" | "leave" | "recording" | "";
  pressed?: boolean;
  busy?: boolean;
  badge?: number;
}

/** The row of buttons under the meeting. The less important ones are in More where they do not fit. */
export function Controls({ roomName, apiToken, standing, media, panel, onPanel, view, onView, hasChat, unread, waiting, onEnd, hands, isReacting, onReact, announce, warn }: Props) {
  const room = useRoomContext();
  const row = useRef<HTMLDivElement>(null);
  const moreButton = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { role, permissions } = standing;
  const isFull = useFullscreen();
  const recording = useRecording(roomName, apiToken ?? "", warn);
  const speaks = role !== "viewer" && hasMedia;

  const offered: (Entry | false)[] = [
    speaks && {
      key: "microphone", rank: 1, look: media.microphone ? "" : "off", busy: media.pending === "microphone",
      label: t(media.microphone ? "microphoneOff" : "microphoneOn"), icon: <>{media.microphone ? <Mic /> : <MicOff />}<OwnVoice muted={!media.microphone} announce={announce} /></>,
      onClick: () => void media.set("microphone", !media.microphone),
    },
    speaks && {
      key: "camera", rank: 2, look: media.camera ? "" : "off", busy: media.pending === "camera",
      label: t(media.camera ? "cameraOff" : "cameraOn"), icon: media.camera ? <Camera /> : <CameraOff />,
      onClick: () => void media.set("camera", !media.camera),
    },
    speaks && permissions.canPublishScreen && canShareScreen && {
      key: "screen", rank: 5, pressed: media.screen, busy: media.pending === "screen",
      label: t(media.screen ? "stopSharing" : "shareScreen"), icon: <Screen />,
      onClick: () => void media.set("screen", !media.screen),
    },
    speaks && permissions.canChangeVirtualBackground && {
      key: "background", rank: 7, pressed: panel === "background", label: t("background"), icon: <Blur />,
      onClick: () => onPanel("background"),
    },
    permissions.canRecord && apiToken !== undefined && {
      key: "record", rank: 6, look: recording.active ? "recording" : "", busy: recording.pending,
      label: t(recording.label), icon: recording.active ? <Stop /> : <Record />,
      onClick: () => void recording.toggle(),
    },
    {
      key: "view", rank: 9, label: t(view === "grid" ? "speakerView" : "gridView"), icon: view === "grid" ? <Speaker /> : <Grid />,
      onClick: () => onView(view === "grid" ? "speaker" : "grid"),
    },
    hasChat && {
      key: "chat", rank: 3, pressed: panel === "chat", badge: unread, label: t("chat"), icon: <ChatIcon />,
      onClick: () => onPanel("chat"),
    },
    {
      key: "hand", rank: 5, pressed: hands.isUp, label: t(hands.isUp ? "lowerHand" : "raiseHand"), icon: <Hand />, onClick: () => hands.set(!hands.isUp),
    },
    permissions.canChat && {
      key: "react", rank: 8, pressed: isReacting, label: t("react"), icon: <Smile />, onClick: onReact,
    },
    {
      key: "people", rank: 4, pressed: panel === "people", badge: waiting, label: t("people"), icon: <PeopleIcon />,
      onClick: () => onPanel("people"),
    },
    { key: "settings", rank: 11, pressed: panel === "settings", label: t("settings"), icon: <SettingsIcon />, onClick: () => onPanel("settings") },
    canFullscreen && {
      key: "fullscreen", rank: 12, label: t(isFull ? "leaveFullscreen" : "fullscreen"), icon: <Fullscreen />,
      onClick: () => void toggleFullscreen().catch(() => warn(t("actionFailed"))),
    },
    canPictureInPicture && {
      key: "picture", rank: 13, label: t("pictureInPicture"), icon: <PictureInPicture />,
      onClick: () => void togglePictureInPicture().catch(() => warn(t("actionFailed"))),
    },
    apiToken !== undefined && { key: "end", rank: 10, label: t("endForAll"), icon: <End />, onClick: onEnd },
    { key: "leave", rank: 0, look: "leave", label: t("leave"), icon: <Leave />, onClick: () => leave(room) },
  ];
  const entries = offered.filter((each) => each !== false);
  const fitting = useFold(row);
  const isFolded = fitting < entries.length;
  const kept = [...entries].sort((one, other) => one.rank - other.rank).slice(0, isFolded ? Math.max(fitting - 1, 2) : undefined);
  const shown = entries.filter((each) => kept.includes(each));
  const folded = entries.filter((each) => !kept.includes(each));
  const news = folded.reduce((sum, each) => sum + (each.badge ?? 0), 0);
  const look = folded.some((each) => each.look === "recording") ? "recording" : "";

  return (
    <nav className="controls" aria-label={t("controls")}>
      <div className="control-row" ref={row}>
        {shown.slice(0, -1).map(({ key, ...entry }) => <Control key={key} {...entry} />)}
        {isFolded && (
          <button ref={moreButton} type="button" className={`control ${isOpen ? "pressed" : ""} ${look}`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <More />
            <span>{t("moreControls")}</span>
            {news > 0 && <b className="badge">{news}</b>}
          </button>
        )}
        {shown.slice(-1).map(({ key, ...entry }) => <Control key={key} {...entry} />)}
      </div>
      {isFolded && isOpen && (
        <Popup role="group" label={t("moreControls")} opener={moreButton} onClose={() => setOpen(false)}>
          {folded.map(({ key, onClick, ...entry }) => (
            <Control key={key} {...entry} onClick={() => {
              moreButton.current?.focus(); // a panel that opens returns it there
              setOpen(false);
              onClick();
            }} />
          ))}
        </Popup>
      )}
    </nav>
  );
}

/** One that is busy ignores clicks and is not `disabled`, which would lose it the focus. */
function Control({ label, icon, onClick, look, pressed, busy, badge }: Omit<Entry, "key" | "rank"> & { rank?: number }) {
  return (
    <button type="button" className={["control", look, pressed && "pressed"].filter(Boolean).join(" ")} aria-pressed={pressed} aria-disabled={busy || undefined} onClick={() => busy || onClick()}>
      {icon}
      <span>{label}</span>
      {badge ? <b className="badge">{badge}</b> : null}
    </button>
  );
}
