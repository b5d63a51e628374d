/** For tests: a veth pair in this thread's network namespace, and what arrives there. */
import { execFileSync } from 'node:child_process'
import type { Device } from '../device.ts'
import { superFrameBytes } from '../kernel/tap.ts'

/** Makes `<name>` and `<name>p`, and waits until both ends carry frames. */
export function makeVeth(name: string): void {
  const far = `${name}p`
  execFileSync('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', far])
  for (const end of [name, far]) execFileSync('ip', ['link', 'set', end, 'addrgenmode', 'none', 'up'])
}

/** Length of the next frame, with its virtio-net header; 0 if none comes. */
export function nextFrame(device: Device, at = 0): number {
  for (let attempt = 0; attempt < 200; attempt++) {
    const length = device.read(at, superFrameBytes + 12)
    if (length > 0) return length
    device.wait(1000)
  }
  return 0
}
