import { t, type Word } from "../words";
import type { Admission } from "../api";

const roles: Record<Admission["role"], Word> = {
  moderator: "asModerator",
  publisher: "asPublisher",
  viewer: "asViewer",
};

/** The role that the link gives, and what the room allows. */
export function Allowed({ admission: { role, permissions } }: { admission: Admission }) {
  const speaks = role !== "viewer";
  const allowed: [boolean, Word][] = [
    [permissions.canPublishScreen, "allowsScreen"],
    [permissions.canChat, "allowsChat"],
    [speaks && !permissions.canChat, "noChat"],
    [permissions.canChangeVirtualBackground, "allowsBackground"],
    [permissions.canRecord, "allowsRecording"],
  ];
  const shown = allowed.filter(([is]) => is);
  return (
    <div className="allowed">
      <p>{t(roles[role])}</p>
      {shown.length > 0 && (
        <ul aria-label={t("allows")}>
          {shown.map(([, word]) => <li key={word}>{t(word)}</li>)}
        </ul>
      )}
    </div>
  );
}
