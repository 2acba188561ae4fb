const AT_ONCE = 4;

/** Do something about each item, a few at a time. Return those with which it worked. */
export async function doneWith<Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<Item[]> {
  const done: Item[] = [];
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await act(item);
        done.push(item);
      } catch (error) {
        console.warn(error); // how many failed is told at the end
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done;
}
