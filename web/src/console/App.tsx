import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { LoginAgain, LoginPage } from "./Login";
import { queryClient } from "./queries";
import { findSession, keepSession, useSession } from "./session";
import { Shell } from "./Shell";
import { Notice } from "./parts/Notice";
import { Toasts } from "./parts/toasts";
import { t } from "./words";

export function App() {
  const session = useSession();
  useEffect(() => {
    void findSession();
    return keepSession();
  }, []);

  switch (session.is) {
    case "unknown":
      return <main className="boot"><h1 className="visually-hidden">{t("console")}</h1><span className="late spinner" /></main>;
    case "unreachable":
      return (
        <main className="card-page">
          <Notice title={t("unreachable")} text={t("offline")} isMain>
            <button className="primary" onClick={() => void findSession()}>{t("tryAgain")}</button>
          </Notice>
        </main>
      );
    case "out":
      return <LoginPage />;
    default:
      return (
        <QueryClientProvider client={queryClient}>
          <Shell username={session.username} />
          {session.is === "ended" && <LoginAgain username={session.username} />}
          <Toasts />
        </QueryClientProvider>
      );
  }
}
