// Choices that this browser keeps from one meeting to the next. It may refuse: then they last as long as the page.

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`meet.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}

/** What was kept, if it still has the right shape; any script of this origin may have written it. */
export function kept<Value>(key: string, isRight: (value: unknown) => value is Value): Value | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`meet.${key}`) ?? "null");
    return isRight(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
