/** A message of the chat. */
export interface Message {
  /** Ascending; below 1 for those of before one joined. */
  id: number;
  /** The same on every page; empty where the message had none. */
  key: string;
  identity: string;
  from: string;
  mine: boolean;
  at: number;
  text: string;
}
