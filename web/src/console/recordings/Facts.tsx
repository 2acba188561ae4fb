import type { ReactNode } from "react";
import type { Recording } from "../../shared/types";
import { size, when } from "../../shared/format";
import { paths } from "../route";
import { t, type Word } from "../words";
import { Length, StatusMark } from "./StatusMark";

/** What a recording's page says about it first; `children` are facts too. */
export function Facts({ recording, children }: { recording: Recording; children?: ReactNode }) {
  const { roomName, startedAt, size: bytes } = recording;
  return (
    <dl className="facts">
      <Fact word="status"><StatusMark recording={recording} /></Fact>
      <Fact word="startedAt">{startedAt === undefined ? "–" : when(startedAt)}</Fact>
      <Fact word="length"><Length recording={recording} /></Fact>
      <Fact word="size">{bytes === undefined ? "–" : size(bytes)}</Fact>
      {children}
      <Fact word="room"><a href={paths.recordings("", roomName)}>{t("allOfRoom")}</a></Fact>
    </dl>
  );
}

export function Fact({ word, children }: { word: Word; children: ReactNode }) {
  return <div><dt>{t(word)}</dt><dd>{children}</dd></div>;
}
