// The first and smallest script of a page, in which it stands. It loads the others, and retries while the
// server is busy (429, 5xx). In Firefox, as in the standard, an import that failed once never succeeds, so
// the files are fetched into the browser's cache first and imported from there.

const TRIES = 6;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

const isBusy = (status: number) => status === 429 || status >= 500;
const wait = (attempt: number) => Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT) * (0.5 + Math.random() / 2);

async function fetched(url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(url);
      await answer.arrayBuffer(); // the file is in the cache only after this
      if (answer.ok) return;
      if (!isBusy(answer.status)) throw new RangeError(`${url}: ${answer.status}`);
    } catch (error) {
      if (attempt === TRIES || error instanceof RangeError) throw error;
    }
    if (attempt === TRIES) throw new RangeError(`${url} is not there`);
    await new Promise((goOn) => setTimeout(goOn, wait(attempt)));
  }
}

const filesAreThere = (urls: string[]): Promise<unknown> => Promise.all(urls.map(fetched));

// vite.config.ts makes every later import() call this first.
Object.assign(globalThis, { filesAreThere });

const { main = "", files = "" } = document.querySelector<HTMLScriptElement>("script[data-main]")!.dataset;
try {
  await filesAreThere(files.split(" "));
  await import(/* @vite-ignore */ main);
} catch (error) {
  console.error(error);
  document.querySelector(".boot")?.classList.add("failed");
}

export {};
