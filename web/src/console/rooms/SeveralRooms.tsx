import { useState } from "react";
import type { Room } from "../../shared/types";
import { isNotFound } from "../../shared/http";
import { endRoom, updateRoom } from "../api";
import { Confirm } from "../parts/Confirm";
import { doneWith } from "../parts/several";
import { toast } from "../parts/toasts";
import { dropFrom, putInto } from "../queries";
import { t, type Word } from "../words";

type Act = "close" | "reopen" | "end";

const WORDS: Record<Act, { button: Word; ask: Word; text: Word; done: Word }> = {
  close: { button: "closeMany", ask: "closeManyAsk", text: "closeManyText", done: "roomsClosed" },
  reopen: { button: "reopenMany", ask: "reopenManyAsk", text: "reopenManyText", done: "roomsReopened" },
  end: { button: "endMany", ask: "endManyAsk", text: "endRoomText", done: "roomsEnded" },
};

interface Props {
  path: string;
  rooms: Room[];
  onDone: (done: Room[]) => void;
}

/** Closes, reopens or ends the selected rooms, once that is confirmed. */
export function SeveralRooms({ path, rooms, onDone }: Props) {
  const [asked, setAsked] = useState<{ act: Act; rooms: Room[] } | null>(null);
  const closed = rooms.filter(({ status }) => status === "closed");
  const others = rooms.filter(({ status }) => status !== "closed");

  const one: Record<Act, (room: Room) => Promise<unknown>> = {
    close: ({ roomName }) => setStatus(roomName, "closed"),
    reopen: ({ roomName }) => setStatus(roomName, "open"),
    end: async ({ roomName }) => {
      try {
        await endRoom(roomName);
      } catch (error) {
        if (!isNotFound(error)) throw error; // it has ended already
      }
    },
  };
  const setStatus = async (name: string, status: "open" | "closed") => {
    const room = await updateRoom(name, { status });
    await putInto<Room>(path, room, (each) => each.roomName === name);
  };

  const act = async ({ act: name, rooms: chosen }: { act: Act; rooms: Room[] }) => {
    const done = await doneWith(chosen, one[name]);
    const gone = new Set(done.map(({ roomName }) => roomName));
    if (name === "end") await dropFrom<Room>(path, ({ roomName }) => gone.has(roomName));
    toast(done.length === chosen.length
      ? t(WORDS[name].done, { count: done.length })
      : t("roomsFailed", { count: chosen.length - done.length, all: chosen.length }));
    setAsked(null);
    onDone(done);
  };

  const button = (name: Act, some: Room[]) => some.length > 0 && (
    <button className={name === "end" ? "small danger" : "small"} onClick={() => setAsked({ act: name, rooms: some })}>
      {t(WORDS[name].button, { count: some.length })}
    </button>
  );
  return (
    <>
      {button("close", others)}
      {button("reopen", closed)}
      {button("end", rooms)}
      {asked && (
        <Confirm
          title={t(WORDS[asked.act].ask, { count: asked.rooms.length })}
          text={t(WORDS[asked.act].text)}
          action={t(WORDS[asked.act].button, { count: asked.rooms.length })}
          act={() => act(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
