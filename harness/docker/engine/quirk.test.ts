import { describe, expect, it } from 'vitest'
import { newQuirks, optionsOf } from './quirk.ts'

const warning = 'time="2026-01-01T00:00:00Z" level=warning msg='
const logs = {
  noIptables: `${warning}"failed to find iptables" error="exec: \\"iptables\\": executable file not found in $PATH"
failed to start daemon: Error initializing network controller: error obtaining controller instance: failed to create NAT chain DOCKER: Iptables not found`,
  noNetAdmin: `failed to start daemon: Error initializing network controller: error obtaining controller instance: failed to create NAT chain DOCKER: iptables failed: iptables -t nat -N DOCKER: iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)`,
  noOverlay: `time="2026-01-01T00:00:00Z" level=error msg="failed to mount overlay: operation not permitted" storage-driver=overlay
failed to start daemon: error initializing graphdriver: driver not supported`,
  onlyWarnings: `${warning}"Your kernel does not support cgroup blkio weight"`,
  unknown: 'failed to start daemon: the moon is in the wrong phase',
}

const idsIn = (log: string, known: string[] = []) => newQuirks(log, new Set(known)).map((quirk) => quirk.id)

describe('quirks of a machine', () => {
  it('sees in the log that packet filtering is missing or forbidden', () => {
    expect(idsIn(logs.noIptables)).toContain('no-firewall')
    expect(idsIn(logs.noNetAdmin)).toContain('no-firewall')
  })

  it('sees in the log that overlay file systems are missing', () => {
    expect(idsIn(logs.noOverlay)).toEqual(['no-overlay'])
  })

  it('finds none in warnings of another kind, nor in a failure it does not know', () => {
    expect(idsIn(logs.onlyWarnings)).toEqual([])
    expect(idsIn(logs.unknown)).toEqual([])
  })

  it('reports a quirk once, so that starting again ends', () => {
    expect(idsIn(logs.noOverlay, ['no-overlay'])).toEqual([])
  })

  it('joins the options of several quirks without repeating any', () => {
    const options = optionsOf(newQuirks(`${logs.noIptables}\n${logs.noOverlay}`, new Set()))
    expect(options).toEqual([
      '--iptables=false',
      '--ip6tables=false',
      '--bridge=none',
      '--storage-driver=vfs',
    ])
  })
})
