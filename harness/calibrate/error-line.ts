/** Of what a program printed before it ended, the line that says why: the error's own, without its stack. Pure. */
export function errorLine(printed: string): string {
  const lines = printed.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
