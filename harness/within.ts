/**
 * The result of work that has a time limit. Rejects with what `late` makes if there is none after `limitMillis`; the work
 * itself goes on, and what becomes of it later is ignored.
 */
export async function within<T>(limitMillis: number, work: Promise<T>, late: () => Error): Promise<T> {
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => expired.reject(late()), limitMillis)
  try {
    return await Promise.race([work, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}
