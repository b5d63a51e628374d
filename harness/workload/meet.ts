/** How the application on our stack gets its connections. */
import type { Connection, Stack } from '../../stack/index.ts'
import type { StackContext } from './stack-side.ts'

/**
 * Handshakes under way at the same time. One at a time, a thousand connections would wait a thousand times for the
 * application's thread. All at once, their answers would overflow the thousand frames that a TAP queues.
 */
const openingAtOnce = 64

/** Waits for `count` connections; calls `listens` once the port is open. */
export async function accept(
  { stack, listens }: Pick<StackContext, 'stack' | 'listens'>,
  port: number,
  count: number,
): Promise<Connection[]> {
  const listener = await stack.listen(port, { backlog: count })
  listens()
  const connections: Connection[] = []
  while (connections.length < count) {
    const next = await listener.accept()
    if (next === null) throw new Error('the stack stopped listening')
    connections.push(next)
  }
  listener.close()
  return connections
}

export async function connect(
  stack: Stack,
  to: { readonly address: string; readonly port: number },
  count: number,
): Promise<Connection[]> {
  const connections: Connection[] = []
  while (connections.length < count) {
    const next = Math.min(openingAtOnce, count - connections.length)
    connections.push(...(await Promise.all(Array.from({ length: next }, () => stack.connect(to)))))
  }
  return connections
}
