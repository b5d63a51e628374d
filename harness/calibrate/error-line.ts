/** The line that says why a program ended: the first that begins with the name of an error, else the last. Pure. */
export function errorLine(printed: string): string {
  const lines = printed.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
