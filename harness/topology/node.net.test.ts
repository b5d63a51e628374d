import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { nodeProgram } from './node.ts'
import { testDeployments } from './testing/deployments.ts'

const { deploy } = testDeployments()

describe('a node', () => {
  it('runs the pinned Node from the project', async () => {
    const { node } = await deploy('tap')
    const result = await node('stack').exec([nodeProgram(), '--version'])
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^v2[6-9]\./) })
  })

  it('passes input, output, environment and exit codes through', async () => {
    const { node } = await deploy('veth')
    const lines: string[] = []
    const result = await node('peer').exec(['sh', '-c', 'cat; echo "$WORD" >&2; printf last; exit 3'], {
      input: 'first\n',
      environment: { WORD: 'second' },
      onLine: (line, output) => lines.push(`${output}: ${line}`),
    })
    expect(result).toEqual({ exitCode: 3, stdout: 'first\nlast', stderr: 'second' })
    expect(lines.sort()).toEqual(['stderr: second', 'stdout: first', 'stdout: last'])
  })

  it('takes 127 from a program that does not exist, and 137 when the container goes away', async () => {
    const { node, destroy } = await deploy('veth')
    expect(await node('peer').exec(['no-such-program'])).toMatchObject({ exitCode: 127 })
    const sleeper = await node('peer').spawn(['sleep', '100'])
    const waiting = node('peer').exec(['sh', '-c', 'echo asleep; exec sleep 100'], {
      onLine: () => destroy(),
    })
    await expect(waiting).rejects.toThrow(/^Container \w{12} has ended: "sh -c .*" was at work in it/)
    expect(await sleeper.exit).toBe(137)
  })

  it('kills a program that does not end', async () => {
    const { node } = await deploy('veth')
    await expect(node('peer').exec(['sleep', '100'], { limitSeconds: 0.2 })).rejects.toThrow(
      '"sleep 100" has not ended within 0.2 seconds',
    )
    expect(await node('peer').exec(['pgrep', 'sleep', '-c'])).toMatchObject({ stdout: '1\n' })
  })

  it('uses the processors it was given', async () => {
    const { node } = await deploy('veth', { processors: { peer: '0' } })
    expect((await node('peer').exec(['nproc'])).stdout.trim()).toBe('1')
    expect(Number((await node('stack').exec(['nproc'])).stdout)).toBe(availableParallelism())
  })

  it('accounts for the processor time of its programs alone', async () => {
    const { node } = await deploy('veth')
    const [peerBefore, stackBefore] = await Promise.all([
      node('peer').cpuUsageMicros(),
      node('stack').cpuUsageMicros(),
    ])
    await node('peer').exec(['python3', '-c', 'import time\nwhile time.process_time() < 0.3: pass'])
    expect((await node('peer').cpuUsageMicros()) - peerBefore).toBeGreaterThan(290_000)
    expect((await node('stack').cpuUsageMicros()) - stackBefore).toBeLessThan(100_000)
    expect(await node('peer').memoryBytes()).toBeGreaterThan(0)
  })
})
