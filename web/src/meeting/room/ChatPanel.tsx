import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { locale } from "../../shared/i18n";
import { t } from "../words";
import { LONGEST_MESSAGE } from "../../shared/received";
import { Send } from "../../shared/ui/icons";
import { Side } from "./Side";
import type { Messages } from "./useMessages";
import type { Say } from "./useNotices";

const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });

interface Props {
  chat: Messages;
  canWrite: boolean;
  onClose: () => void;
  warn: Say;
}

export function ChatPanel({ chat, canWrite, onClose, warn }: Props) {
  const [text, setText] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const newest = chat.messages.at(-1)?.id;
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [newest]);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const clean = text.trim();
    if (!clean || chat.sending) return;
    try {
      await chat.send(clean);
      setText("");
    } catch {
      warn(t("sendFailed"));
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void submit();
    }
  };
  return (
    <Side title={t("chat")} onClose={onClose}>
      {newest === undefined && <p className="hint">{t("noMessages")}</p>}
      <ol className="messages" ref={list} tabIndex={0} aria-label={t("chat")} aria-live="polite">
        {chat.messages.map((each) => (
          <li key={each.id} className={each.mine ? "mine" : undefined}>
            <p className="from"><b dir="auto">{each.from}</b> <time dateTime={new Date(each.at).toISOString()}>{clock.format(each.at)}</time></p>
            <p className="text" dir="auto">{each.text}</p>
          </li>
        ))}
      </ol>
      {canWrite ? (
        <form className="write" onSubmit={submit}>
          <textarea rows={1} aria-label={t("message")} placeholder={t("writeMessage")} value={text} maxLength={LONGEST_MESSAGE}
            onChange={(event) => setText(event.target.value)} onKeyDown={onKey} />
          <button type="submit" className="round filled" aria-label={t("send")} disabled={!text.trim() || chat.sending}><Send /></button>
        </form>
      ) : (
        <p className="hint">{t("readOnlyChat")}</p>
      )}
    </Side>
  );
}
