import type { QueryKey } from "@tanstack/react-query";
import type { RefObject } from "react";
import { queryClient } from "../queries";
import { sentence } from "../sentences";
import { focusOnceLost } from "./focus";
import { toast } from "./toasts";

/** What follows an action on an item of a list: the list is read again, and if the button that was pressed
 * is gone with its item, the list's heading has the focus. */
export function useDone(queryKey: QueryKey, heading: RefObject<HTMLElement | null>) {
  const done = async (said: string) => {
    toast(said);
    await queryClient.invalidateQueries({ queryKey });
    focusOnceLost(() => heading.current);
  };
  /** Do it without a question; tell whether it worked. */
  const act = async (work: () => Promise<unknown>, said: string) => {
    try {
      await work();
    } catch (error) {
      return done(sentence(error)); // the list may be old
    }
    return done(said);
  };
  return { done, act: (work: () => Promise<unknown>, said: string) => void act(work, said) };
}
