import { useSyncExternalStore, type ReactNode } from "react";
import { language, watchLanguage } from "../i18n";

/** A page that is drawn again, and keeps its state, when another language is chosen. */
export function InLanguage({ page }: { page: () => ReactNode }) {
  useSyncExternalStore(watchLanguage, language);
  return page();
}
