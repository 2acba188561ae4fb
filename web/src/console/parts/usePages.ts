import { useInfiniteQuery } from "@tanstack/react-query";
import { list } from "../api";
import { keys } from "../queries";

const PAGE = 50;

/**
 * A list of the API, page by page. `poll` says after how many milliseconds all pages that are loaded are read
 * again while the tab is visible.
 */
export function usePages<Item>(path: string, poll: (items: Item[], pages: number) => number | false) {
  const { data, error, hasNextPage, isFetchingNextPage, refetch, fetchNextPage } = useInfiniteQuery({
    queryKey: keys.list(path),
    queryFn: ({ pageParam }) => list<Item>(path, PAGE, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state: { data: known } }) => known !== undefined && poll(known.pages.flatMap(({ items }) => items), known.pages.length),
  });
  return {
    items: data?.pages.flatMap(({ items }) => items) ?? null,
    error,
    hasMore: hasNextPage,
    isMore: isFetchingNextPage,
    reload: refetch,
    more: fetchNextPage,
  };
}
