import { useInfiniteQuery } from "@tanstack/react-query";
import { list } from "../api";
import { keys, POLL } from "../queries";

const PAGE = 50;

/** A list of the API, page by page. It is polled while an item is changing and the tab is visible. */
export function usePages<Item>(path: string, isChanging: (item: Item) => boolean = () => false) {
  const { data, error, hasNextPage, isFetchingNextPage, refetch, fetchNextPage } = useInfiniteQuery({
    queryKey: keys.list(path),
    queryFn: ({ pageParam }) => list<Item>(path, PAGE, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isChanging)) ? POLL : false),
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
