/** Runs `work` for each value, at most `count` at a time. */
export async function atMost<Value>(count: number, values: readonly Value[], work: (value: Value) => Promise<void>): Promise<void> {
  const waiting = values.values();
  const worker = async (): Promise<void> => {
    for (const value of waiting) await work(value);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
