import { useEffect, useState } from "react";
import { Check, Copy } from "../icons";
import { t } from "../words";
import { toast } from "./toasts";

const SHOWN = 2000;

interface Props {
  label: string;
  /** The text to copy, or a function that fetches it. */
  text: string | (() => Promise<string>);
  /** The label for screen readers. */
  name?: string;
  className?: string;
  /** Show the icon alone. */
  isIcon?: boolean;
}

/** A button that copies a text. */
export function CopyButton({ label, text, name, className = "small", isIcon = false }: Props) {
  const [state, setState] = useState<"idle" | "busy" | "done">("idle");
  const isDone = state === "done";
  useEffect(() => {
    if (!isDone) return;
    const timer = window.setTimeout(() => setState("idle"), SHOWN);
    return () => window.clearTimeout(timer);
  }, [isDone]);

  const copy = async () => {
    setState("busy");
    const found = typeof text === "string" ? Promise.resolve(text) : text();
    // A promise, since Safari allows copying only during the click.
    const blob = found.then((content) => new Blob([content], { type: "text/plain" }));
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      setState("done");
    } catch {
      setState("idle");
      toast(t("copyFailed"));
    }
  };
  return (
    <>
      <button type="button" className={className} aria-label={name} title={isIcon ? label : undefined} onClick={() => void copy()}>
        {isDone ? <Check /> : <Copy />}
        {!isIcon && (isDone ? t("copied") : label)}
      </button>
      {state !== "idle" && <span className="visually-hidden" role="status">{isDone && t("copied")}</span>}
    </>
  );
}
