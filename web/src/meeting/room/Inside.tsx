import { useConnectionState, useRoomContext } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";
import { useCallback, useMemo, useState } from "react";
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
import { EndMeeting } from "./EndMeeting";
import type { Panel } from "./layout";
import { Notices } from "./Notices";
import { PeoplePanel } from "./PeoplePanel";
import { ReactionChoice, Reactions } from "./Reactions";
import { RecordingMark } from "./RecordingMark";
import { SharingBar } from "./SharingBar";
import { Side } from "./Side";
import { Stage } from "./Stage";
import { useBackground } from "./useBackground";
import { useEnd } from "./useEnd";
import { useEvents } from "./useEvents";
import { RaisedHands, useHands } from "./useHands";
import { useLayout } from "./useLayout";
import { useLobby } from "./useLobby";
import { useMessages } from "./useMessages";
import { useModerate } from "./useModerate";
import { useNotices } from "./useNotices";
import { useOwnMedia } from "./useOwnMedia";
import { useReactions } from "./useReactions";
import { useStanding } from "./useStanding";

interface Props {
  roomName: string;
  admission: Admission;
  choice: Choice;
}

/** The meeting for a connected participant. */
export function Inside({ roomName, admission, choice }: Props) {
  const room = useRoomContext();
  const state = useConnectionState();
  const { notices, announce, warn } = useNotices();
  const [panel, setPanel] = useState<Panel>(null);
  const layout = useLayout();
  const { apiToken } = admission;
  const standing = useStanding(admission, announce);
  const { role, permissions } = standing;
  const isModerator = role === "moderator" && apiToken !== undefined;
  const moderation = useMemo(() => (isModerator ? moderationOf(roomName, apiToken) : null), [isModerator, roomName, apiToken]);
  const moderate = useModerate(moderation, announce, warn);
  const lobby = useLobby(moderation, panel === "people", warn);
  const [isEnding, setEnding] = useState(false);
  const endsAt = useEnd();
  const media = useOwnMedia(choice, standing, warn);
  const background = useBackground(permissions.canChangeVirtualBackground, warn);
  const chat = useMessages(panel === "chat", announce);
  const reactions = useReactions();
  const [isReacting, setReacting] = useState(false);
  const hands = useHands(permissions.canChat, announce);
  useEvents(announce);
  const toggle = useCallback((one: Panel) => setPanel((shown) => (shown === one ? null : one)), []);
  const close = useCallback(() => setPanel(null), []);
  const hasChat = permissions.canChat || chat.messages.length > 0;

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
            {panel === "chat" && (
              <ChatPanel chat={chat} canWrite={permissions.canChat} onClose={close} warn={warn} />
            )}
            {panel === "people" && (
              <PeoplePanel moderation={moderation} moderate={moderate} lobby={lobby} layout={layout} hands={hands} onClose={close} />
            )}
          </Boundary>
        )}
      </div>
      <Reactions shown={reactions.shown} />
      {isReacting && permissions.canChat && <ReactionChoice onSend={reactions.send} onClose={() => setReacting(false)} />}
      <Controls roomName={roomName} apiToken={isModerator ? apiToken : undefined} standing={standing} media={media} panel={panel} onPanel={toggle}
        view={layout.view} onView={layout.setView} hasChat={hasChat} unread={chat.unread} waiting={lobby.waiting.length} onEnd={() => setEnding(true)} warn={warn}
        hands={hands} isReacting={isReacting} onReact={() => setReacting((is) => !is)} />
      <Boundary fallback={() => null}>
        <Notices notices={notices} endsAt={endsAt} lobby={panel === "people" ? null : lobby} onPeople={() => setPanel("people")} />
      </Boundary>
      {isEnding && moderation && <EndMeeting moderate={moderate} onClose={() => setEnding(false)} />}
    </RaisedHands>
  );
}
