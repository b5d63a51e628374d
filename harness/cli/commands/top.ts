/** `top`: shows live what the stack that runs on this machine does. */
import { Command } from 'commander'

export function topCommand(signal: AbortSignal): Command {
  return new Command('top')
    .description('show what a stack that runs here does, live')
    .option('--json', 'print one JSON object and end')
    .action(({ json = false }: { json?: boolean }) => watch(json, AbortSignal.any([signal, interrupts()])))
}

async function watch(json: boolean, signal: AbortSignal): Promise<void> {
  const { printLines, showTable, takeOnce } = await import('../../top/top.ts')
  const print = (line: string) => process.stdout.write(`${line}\n`)
  if (json) print(JSON.stringify(await takeOnce(signal), null, 2))
  else if (process.stdout.isTTY) await showTable(signal)
  else await printLines(print, signal)
}

/** An interrupt is the normal end of this command. Nothing has to be cleaned up: no message, no failure code. */
function interrupts(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(name).once(name, () => controller.abort())
  }
  return controller.signal
}
