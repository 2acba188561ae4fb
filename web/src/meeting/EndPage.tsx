import { useEffect, useRef } from "react";
import { t } from "./words";
import { Mark } from "../shared/ui/icons";
import { tellings, type Ending } from "./endings";

/** Says why there is no meeting, and what to do next. */
export function EndPage({ ending, time = "", onAgain }: { ending: Ending; time?: string; onAgain: () => void }) {
  const { title, text, again } = tellings[ending];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [ending]); // screen readers read it out
  return (
    <main className="card-page" data-ending={ending}>
      <div className="card end-card">
        <Mark />
        <h1 ref={heading} tabIndex={-1}>{t(title)}</h1>
        <p>{t(text, { time })}</p>
        {again && (
          <button type="button" className="primary" onClick={onAgain}>{t(again)}</button>
        )}
      </div>
    </main>
  );
}
