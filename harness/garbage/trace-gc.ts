/** Reads what `--trace-gc` prints: one line a collection, with the isolate (one a thread) and its age. */

const line = /^\[\d+:(0x[0-9a-f]+)\]\s+(\d+) ms: /

export interface Collections {
  /** Collections of all isolates but the first, younger and older than the given age. */
  readonly earlier: number
  readonly later: number
}

/** The isolate of the first line belongs to the main thread. */
export function collectionsOf(lines: readonly string[], ageMillis: number): Collections {
  const found = lines.flatMap((text) => {
    const match = line.exec(text)
    return match === null ? [] : [{ isolate: match[1], millis: Number(match[2]) }]
  })
  const threads = found.filter(({ isolate }) => isolate !== found[0]?.isolate)
  const later = threads.filter(({ millis }) => millis >= ageMillis).length
  return { earlier: threads.length - later, later }
}
