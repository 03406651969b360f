/** Asks again and again, for ten seconds at most, until the answer is yes. */
export async function until(what: string, question: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!question()) {
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
