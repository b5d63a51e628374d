import { describe, expect, it } from 'vitest'
import { HarnessError } from '../error.ts'
import { confirmTcp } from './confirm-tcp.ts'
import type { DeployedNode } from './node.ts'
import type { TcpSettings } from './tcp-settings.ts'
import { testDeployments } from './testing/deployments.ts'

const { deploy } = testDeployments()

/** A connection between the hosts of a topology, as `ss` shows it at both ends while it is open. */
const opened = `
import socket, subprocess, sys
connection = socket.create_connection(("10.77.0.2", 22))
connection.recv(1)
print(subprocess.run(["ss", "-tinH"], capture_output=True, text=True).stdout)
`
const accepted = `
import socket, subprocess, sys
listener = socket.create_server(("", 22))
print("ready", flush=True)
connection, _ = listener.accept()
print(subprocess.run(["ss", "-tinH", "state", "established"], capture_output=True, text=True).stdout, flush=True)
connection.send(b"x")
sys.stdin.read()
`

async function seenAtBothEnds(opener: DeployedNode, acceptor: DeployedNode): Promise<string[]> {
  const listening = await acceptor.spawn(['python3', '-c', accepted])
  const lines = listening.lines()[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  const { stdout } = await opener.exec(['python3', '-c', opened])
  const words: string[] = []
  for (let line = await lines.next(); line.value !== ''; line = await lines.next()) words.push(line.value)
  await listening.kill('KILL')
  return [stdout, words.join('\n')]
}

describe('TCP of the Linux hosts of a topology', () => {
  it.each(['cubic', 'reno', 'bbr'] as const)(
    'is governed by %s, whichever end opens the connection',
    async (congestionControl) => {
      const { node } = await deploy('veth', { tcp: { congestionControl, recovery: 'current' } })
      const [first, second] = [node('stack'), node('peer')]
      for (const host of [first, second]) expect(await confirmTcp(host)).toEqual({ congestionControl })
      const seen = await seenAtBothEnds(first, second)
      expect(seen.map((text) => /\s(cubic|reno|bbr)\s/.exec(text)?.[1])).toEqual([
        congestionControl,
        congestionControl,
      ])
    },
  )

  it('detects losses as in 2011 where it is asked to, and nowhere else', async () => {
    const old = await deploy('veth', { tcp: { congestionControl: 'reno', recovery: '2011' } })
    expect(await confirmTcp(old.node('peer'))).toEqual({
      congestionControl: 'reno',
      'net.ipv4.tcp_recovery': '0',
      'net.ipv4.tcp_early_retrans': '0',
      'net.ipv4.tcp_reordering': '3',
      'net.ipv4.tcp_max_reordering': '127',
    })
    await old.destroy()
    const { node } = await deploy('veth')
    const { stdout } = await node('peer').exec(['cat', '/proc/sys/net/ipv4/tcp_recovery'])
    expect(stdout.trim()).not.toBe('0')
  })

  it('is refused if the kernel lacks it, and the error says what to do', async () => {
    const tcp = { congestionControl: 'vegetables', recovery: 'current' } as unknown as TcpSettings
    const { node } = await deploy('veth', { tcp })
    const refused = confirmTcp(node('peer'))
    await expect(refused).rejects.toBeInstanceOf(HarnessError)
    await expect(refused).rejects.toThrow(
      /peer should send with congestionControl "vegetables", but has none/,
    )
    await expect(refused).rejects.toThrow(/modprobe tcp_vegetables/)
  })
})
