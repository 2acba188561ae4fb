import { useEffect, useRef } from "react";
import { choose, t } from "./words";
import { Mark } from "../shared/ui/icons";
import { LanguageChoice } from "../shared/ui/LanguageChoice";
import { tellings, textOf, type Ending } from "./endings";

/** Says why there is no meeting, and what to do next. */
export function EndPage({ ending, startsAt, onAgain }: { ending: Ending; startsAt: number | undefined; onAgain: () => void }) {
  const { title, again } = tellings[ending];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [ending]); // screen readers read it out
  return (
    <main className="card-page" data-ending={ending}>
      <div className="card end-card">
        <Mark />
        <h1 ref={heading} tabIndex={-1}>{t(title)}</h1>
        <p>{textOf(ending, startsAt)}</p>
        {again && (
          <button type="button" className="primary" onClick={onAgain}>{t(again)}</button>
        )}
        <LanguageChoice t={t} choose={choose} />
      </div>
    </main>
  );
}
