/** No cache at all. */
export async function open({ load }) {
  return { read: load, close: async () => undefined };
}
