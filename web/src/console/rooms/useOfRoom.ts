import { useQuery, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { isNotFound } from "../../shared/http";
import { keys, queryClient } from "../queries";

interface Options<Data> {
  key: QueryKey;
  read: () => Promise<Data>;
  /** Milliseconds between two reads while the tab is visible. */
  poll: (data: Data | undefined) => number;
  enabled?: boolean;
}

/** Something about a room that changes by itself. Once the room is gone, its page learns it. */
export function useOfRoom<Data>(room: string, { key, read, poll, enabled = true }: Options<Data>) {
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: read,
    enabled,
    refetchInterval: ({ state }) => poll(state.data),
  });
  const isGone = isNotFound(error);
  useEffect(() => {
    if (isGone) void queryClient.invalidateQueries({ queryKey: keys.room(room) });
  }, [isGone, room]);
  return { data, error, refetch };
}
