/** What was saved under `key`, or `fallback` when there is nothing, it is broken, or storage is not allowed. */
export function load<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** Saves `value`; where storage is full or not allowed the app goes on without it. */
export function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the data stays for as long as the page is open.
  }
}
