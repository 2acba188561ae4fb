import { lazy, Suspense } from "react";
import { LanguageChoice } from "../shared/ui/LanguageChoice";
import { Mark } from "./icons";
import { Notice } from "./parts/Notice";
import { toast } from "./parts/toasts";
import { RecordingPage } from "./recordings/RecordingPage";
import { RecordingsPage } from "./recordings/RecordingsPage";
import { NewRoomPage } from "./rooms/NewRoomPage";
import { RoomPage } from "./rooms/RoomPage";
import { RoomsPage } from "./rooms/RoomsPage";
import { paths, useRoute, type Route } from "./route";
import { sentence } from "./sentences";
import { logOut } from "./session";
import { choose, t } from "./words";

const EventsPages = lazy(() => import("./events/EventsPages"));
const ReferencePage = lazy(() => import("./reference/ReferencePage"));

const sections = [
  { word: "rooms", path: paths.rooms, pages: ["rooms", "newRoom", "room"] },
  { word: "recordings", path: paths.recordings(), pages: ["recordings", "recording"] },
  { word: "events", path: paths.events(), pages: ["events", "webhooks", "newWebhook", "webhook"] },
  { word: "reference", path: paths.reference, pages: ["reference"] },
] as const;

export function Shell({ username }: { username: string }) {
  const route = useRoute();
  return (
    <div className="shell">
      <header className="bar">
        <a className="brand" href={paths.rooms} aria-label={t("console")}><Mark /><span aria-hidden="true">Meet</span></a>
        <nav aria-label={t("sections")}>
          {sections.map(({ word, path, pages }) => (
            <a
              key={word}
              href={path}
              aria-current={(pages as readonly string[]).includes(route.page) ? "page" : undefined}
            >
              {t(word)}
            </a>
          ))}
        </nav>
        <span className="who" title={t("loggedInAs", { name: username })}>{username}</span>
        <LanguageChoice t={t} choose={choose} />
        <button className="small" onClick={() => void logOut().catch((error: unknown) => toast(sentence(error)))}>
          {t("logOut")}
        </button>
      </header>
      <main className="page">
        <Page route={route} />
      </main>
    </div>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "rooms":
      return <RoomsPage status={route.status} search={route.search} sort={route.sort} />;
    case "newRoom":
      return <NewRoomPage />;
    case "room":
      return <RoomPage key={route.name} name={route.name} />;
    case "recordings":
      return <RecordingsPage filter={route} />;
    case "recording":
      return <RecordingPage key={route.id} id={route.id} />;
    case "events":
    case "webhooks":
    case "newWebhook":
    case "webhook":
      return <Suspense fallback={<span className="late spinner" />}><EventsPages route={route} /></Suspense>;
    case "reference":
      return <Suspense fallback={<span className="late spinner" />}><ReferencePage /></Suspense>;
    default:
      return (
        <Notice title={t("noPage")} text={t("noPageText")} isMain>
          <a className="button" href={paths.rooms}>{t("toRooms")}</a>
        </Notice>
      );
  }
}
