import type { Route } from "../route";
import { NewWebhookPage } from "../webhooks/NewWebhookPage";
import { WebhookPage } from "../webhooks/WebhookPage";
import { WebhooksPage } from "../webhooks/WebhooksPage";
import { LogPage } from "./LogPage";

type EventsRoute = Extract<Route, { page: "events" | "webhook" }> | { page: "webhooks" | "newWebhook" };

/** The pages about events and webhooks, which are loaded together when one is opened. */
export default function EventsPages({ route }: { route: EventsRoute }) {
  switch (route.page) {
    case "events":
      return <LogPage types={route.types} room={route.room} />;
    case "webhooks":
      return <WebhooksPage />;
    case "newWebhook":
      return <NewWebhookPage />;
    case "webhook":
      return <WebhookPage key={route.id} id={route.id} />;
  }
}
