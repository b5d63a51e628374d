/** `demo`: a small HTTP server on the replicated stack, to be reached from an unmodified Linux host. */
import { once } from 'node:events'
import { Command } from 'commander'
import { withCleanUp } from '../with-clean-up.ts'

export function demoCommand(signal: AbortSignal): Command {
  return new Command('demo')
    .description('serve a page from the replicated stack to a Linux host')
    .option('--check', 'check transfers and echo requests, then end')
    .action(({ check = false }: { check?: boolean }) => withCleanUp(() => demonstrate(check, signal)))
}

async function demonstrate(check: boolean, signal: AbortSignal): Promise<void> {
  const { startDemo } = await import('../../demo/demo.ts')
  const { checkDemo, fullLoad } = await import('../../demo/check-demo.ts')
  const print = (line: string) => process.stdout.write(`${line}\n`)
  const demo = await startDemo(print)
  try {
    if (check) {
      await checkDemo(demo, fullLoad, print)
      return
    }
    print(`\nServing ${demo.url}/ to the Linux host. In another terminal:\n`)
    for (const command of demo.commands) print(`  ${command}`)
    print('\nCtrl-C ends it.')
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await demo.testbed.destroy()
  }
}
