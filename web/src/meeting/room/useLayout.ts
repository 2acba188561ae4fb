import { useCallback, useState } from "react";
import { browser } from "../../shared/storage";
import type { View } from "./layout";
import { useShares } from "./tiles";

interface Look {
  view: View;
  /** The key of the tile that stays large. */
  pinned: string | null;
}

export interface Layout extends Look {
  hidesSelf: boolean;
  setView: (view: View) => void;
  /** Make a tile large, or let it go if it is the pinned one. */
  pin: (key: string) => void;
  setHidesSelf: (hides: boolean) => void;
}

const keep = (view: View) => browser.put("view", view);
const kept = (): View => (browser.get("view") === "speaker" ? "speaker" : "grid");

/**
 * How the stage looks. The newest shared screen is shown large; what one chooses while it is shared holds
 * until its end, and then the look of before is back.
 */
export function useLayout(): Layout {
  const [chosen, setChosen] = useState<Look>(() => ({ view: kept(), pinned: null }));
  const [aside, setAside] = useState<(Look & { share: string }) | null>(null);
  const [hidesSelf, setHides] = useState(() => browser.get("hidesSelf") === "yes");
  const shares = useShares();
  if (aside && !shares.includes(aside.share)) setAside(null); // the same participant may share again
  const share = shares.at(-1);
  const { view, pinned }: Look =
    share === undefined ? chosen : aside?.share === share ? aside : { view: "speaker", pinned: share };

  const choose = (next: Look) => {
    if (share !== undefined) return setAside({ share, ...next });
    setChosen(next);
    keep(next.view);
  };
  const setHidesSelf = useCallback((hides: boolean) => {
    setHides(hides);
    browser.put("hidesSelf", hides ? "yes" : "no");
  }, []);
  return {
    view, pinned, hidesSelf, setHidesSelf,
    setView: (next) => choose({ view: next, pinned: null }),
    pin: (key) => choose(view === "speaker" && pinned === key ? { view: "grid", pinned: null } : { view: "speaker", pinned: key }),
  };
}
