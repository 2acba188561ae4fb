import { useConnectionState, useRoomContext } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { t } from "../words";
import { moderation as moderationOf, type Admission } from "../api";
import type { Choice } from "../prejoin/choice";
import { BackgroundPanel } from "./BackgroundPanel";
import { Boundary } from "../../shared/ui/Boundary";
import { Mark } from "../../shared/ui/icons";
import { titleOf } from "../link";
import { Broken } from "./Broken";
import { ChatPanel } from "./ChatPanel";
import { Controls } from "./Controls";
import { DeviceTroubles } from "./DeviceTroubles";
import { EndMeeting } from "./EndMeeting";
import type { Panel } from "./layout";
import { leave } from "./leave";
import { Notices } from "./Notices";
import { PeoplePanel } from "./PeoplePanel";
import { ReactionChoice, Reactions } from "./Reactions";
import { WeakConnection } from "./Quality";
import { RecordingConsent } from "./RecordingConsent";
import { RecordingMark } from "./RecordingMark";
import { SecondTab } from "./SecondTab";
import { SettingsPanel } from "./SettingsPanel";
import { SharingBar } from "./SharingBar";
import { Side } from "./Side";
import { Stage } from "./Stage";
import { useBackground } from "./useBackground";
import { useEnd } from "./useEnd";
import { useEvents } from "./useEvents";
import { RaisedHands, useHands } from "./useHands";
import { useLayout } from "./useLayout";
import { useLobby } from "./useLobby";
import { useMeetingKeys } from "./useMeetingKeys";
import { useLeaveGuard, usePictureWhenHidden, useScreenOn, useTitle } from "./useMeetingWindow";
import { useMessages } from "./useMessages";
import { useModerate } from "./useModerate";
import { useNotices } from "./useNotices";
import { useOwnMedia } from "./useOwnMedia";
import { useReactions } from "./useReactions";
import { useStanding } from "./useStanding";
import { useUnseenVideo } from "./useUnseenVideo";

const ConnectionPanel = lazy(() => import("./ConnectionPanel"));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog"));

interface Props {
  roomName: string;
  admission: Admission;
  choice: Choice;
  isSecond: boolean;
  onMoveHere: () => void;
}

/** The meeting for a connected participant. */
export function Inside({ roomName, admission, choice, isSecond, onMoveHere }: Props) {
  const room = useRoomContext();
  const state = useConnectionState();
  const { notices, announce, warn } = useNotices();
  const [panel, setPanel] = useState<Panel>(null);
  const layout = useLayout();
  const { apiToken } = admission;
  const standing = useStanding(admission, announce);
  const { role, permissions } = standing;
  const isModerator = role === "moderator";
  const moderation = useMemo(() => (isModerator ? moderationOf(roomName, apiToken) : null), [isModerator, roomName, apiToken]);
  const moderate = useModerate(moderation, announce, warn);
  const lobby = useLobby(moderation, panel === "people", warn);
  const [isEnding, setEnding] = useState(false);
  const endsAt = useEnd();
  const media = useOwnMedia(roomName, choice, standing, announce, warn);
  const background = useBackground(permissions.canChangeVirtualBackground, warn);
  const chat = useMessages(panel === "chat", announce);
  const reactions = useReactions();
  const [isReacting, setReacting] = useState(false);
  const hands = useHands(roomName, apiToken, announce, warn);
  useEvents(announce);
  useUnseenVideo();
  useLeaveGuard(state !== ConnectionState.Disconnected && state !== ConnectionState.Connecting);
  useScreenOn();
  usePictureWhenHidden();
  useTitle(chat.unread + lobby.waiting.length);
  const toggle = useCallback((one: Panel) => setPanel((shown) => (shown === one ? null : one)), []);
  const close = useCallback(() => setPanel(null), []);
  const hasChat = permissions.canChat || chat.messages.length > 0;
  const speaks = role !== "viewer";
  const [showsKeys, setShowsKeys] = useState(false);
  const shortcuts = useMeetingKeys({ media, speaks, hasChat, onChat: () => toggle("chat"),
    onHand: () => hands.set(!hands.isUp), onHelp: () => setShowsKeys(true) });

  if (state === ConnectionState.Connecting || (state === ConnectionState.Disconnected && !room.name)) {
    return (
      <main className="boot" aria-busy="true">
        <h1 className="visually-hidden">{t("joining")}</h1>
        <div className="spinner" />
      </main>
    );
  }
  return (
    <RaisedHands value={hands.raised}>
      <header className="bar">
        <h1><Mark />{titleOf(roomName)}</h1>
        <RecordingMark announce={announce} />
      </header>
      <SharingBar media={media} />
      <div className={panel ? "space with-panel" : "space"}>
        <Boundary fallback={(again) => <main className="stage empty"><Broken onAgain={again} /></main>}>
          <Stage layout={layout} />
        </Boundary>
        {panel && (
          <Boundary key={panel} fallback={(again) => <Side title={t(panel)} onClose={close}><Broken onAgain={again} /></Side>}>
            {panel === "background" && <BackgroundPanel own={background} onClose={close} />}
            {panel === "settings" && (
              <SettingsPanel speaks={speaks} onPanel={setPanel} onShortcuts={() => setShowsKeys(true)} onClose={close} warn={warn} />
            )}
            {panel === "connection" && <Suspense fallback={null}><ConnectionPanel onClose={close} /></Suspense>}
            {panel === "chat" && (
              <ChatPanel chat={chat} canWrite={permissions.canChat} onClose={close} warn={warn} />
            )}
            {panel === "people" && (
              <PeoplePanel moderation={moderation} moderate={moderate} lobby={lobby} layout={layout} raised={hands.raised} onClose={close} />
            )}
          </Boundary>
        )}
      </div>
      <Reactions shown={reactions.shown} />
      {isReacting && permissions.canChat && <ReactionChoice onSend={reactions.send} onClose={() => setReacting(false)} />}
      <Boundary fallback={(again) => <nav className="controls"><Broken onAgain={again} onLeave={() => leave(room)} /></nav>}>
        <Controls roomName={roomName} apiToken={isModerator ? apiToken : undefined} standing={standing} media={media} panel={panel} onPanel={toggle}
          view={layout.view} onView={layout.setView} hasChat={hasChat} unread={chat.unread} waiting={lobby.waiting.length} onEnd={() => setEnding(true)} announce={announce} warn={warn}
          hands={hands} isReacting={isReacting} onReact={() => setReacting((is) => !is)} />
      </Boundary>
      <Boundary fallback={() => null}>
        <Notices notices={notices} endsAt={endsAt} lobby={panel === "people" ? null : lobby} onPeople={() => setPanel("people")}>
          <DeviceTroubles media={media} onDevices={() => setPanel("settings")} />
          {isSecond && <SecondTab onMove={onMoveHere} />}
          <WeakConnection onDetails={() => setPanel("connection")} />
        </Notices>
      </Boundary>
      {showsKeys && (
        <Boundary fallback={() => null} onFail={() => { setShowsKeys(false); warn(t("broken")); }}>
          <Suspense fallback={null}><ShortcutsDialog shortcuts={shortcuts} onClose={() => setShowsKeys(false)} /></Suspense>
        </Boundary>
      )}
      {speaks && <RecordingConsent roomName={roomName} />}
      {isEnding && moderation && <EndMeeting moderate={moderate} onClose={() => setEnding(false)} />}
    </RaisedHands>
  );
}
