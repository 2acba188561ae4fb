import { useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { timeOfDay } from "../../shared/regional";
import { t } from "../words";
import { LONGEST_MESSAGE } from "../../shared/received";
import { Send } from "../../shared/ui/icons";
import { linked } from "./links";
import { Side } from "./Side";
import type { Messages } from "./useMessages";
import type { Say } from "./useNotices";
import { useReading } from "./useReading";

interface Props {
  chat: Messages;
  canWrite: boolean;
  onClose: () => void;
  warn: Say;
}

export function ChatPanel({ chat, canWrite, onClose, warn }: Props) {
  const [text, setText] = useState(chat.draft.current);
  const list = useRef<HTMLOListElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const newest = chat.messages.at(-1);
  const { hasNews, toEnd, onScroll } = useReading(list, newest);

  useLayoutEffect(() => {
    const end = field.current?.value.length ?? 0;
    field.current?.setSelectionRange(end, end); // a draft goes on where it ended
  }, []);

  // What could not be sent is in the draft again, also if the panel was closed meanwhile.
  useLayoutEffect(() => setText(chat.draft.current), [chat.draft, chat.returned]);

  const write = (next: string) => {
    setText(next);
    chat.draft.current = next;
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const clean = text.trim();
    if (!clean) return;
    write("");
    field.current?.focus(); // the button cannot keep it
    try {
      await chat.send(clean);
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
    <Side title={t("chat")} onClose={onClose} focus={canWrite ? field : undefined}>
      {newest === undefined && <p className="hint">{t("noMessages")}</p>}
      <ol className="messages" ref={list} tabIndex={0} aria-label={t("chat")} aria-live="polite" onScroll={onScroll}>
        {chat.toldBy !== "" && <li className="hint">{t("earlierMessages", { name: chat.toldBy })}</li>}
        {chat.messages.map((each) => (
          <li key={each.id} className={each.mine ? "mine" : undefined}>
            <p className="from"><b><bdi>{each.from}</bdi></b> <time dateTime={new Date(each.at).toISOString()}>{timeOfDay(each.at)}</time></p>
            <p className="text" dir="auto">{linked(each.text)}</p>
          </li>
        ))}
      </ol>
      {hasNews && <button type="button" className="small primary news" onClick={toEnd}>{t("newMessages")}</button>}
      {canWrite ? (
        <form className="write" onSubmit={submit}>
          <textarea ref={field} rows={1} dir="auto" aria-label={t("message")} placeholder={t("writeMessage")} value={text} maxLength={LONGEST_MESSAGE}
            onChange={(event) => write(event.target.value)} onKeyDown={onKey} />
          <button type="submit" className="round filled" aria-label={t("send")} disabled={!text.trim()}><Send /></button>
        </form>
      ) : (
        <p className="hint">{t("readOnlyChat")}</p>
      )}
    </Side>
  );
}
