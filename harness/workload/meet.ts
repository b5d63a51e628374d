/** How the application on our stack gets its connections, one after the other. */
import type { Connection, Stack } from '../../stack/index.ts'
import type { StackContext } from './stack-side.ts'

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
  while (connections.length < count) connections.push(await stack.connect(to))
  return connections
}
