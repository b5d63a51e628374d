/**
 * gVisor's netstack: the TCP/IP stack of a sandbox, in Go. The programs in its container are ours (`driver/`), since an
 * application has to be linked with it; they have the names, options and results of the Linux programs. Pure.
 */
import type { OtherStack } from '../other-stack.ts'

export const gvisor: OtherStack = {
  role: 'stack',
  container: { image: 'gvisor', capabilities: [], devices: [] },
  programHost: () => ['netstack-host'],
  description:
    'gVisor’s netstack is a TCP/IP stack in Go, here in the version that Debian packages (golang-gvisor-gvisor-dev), compiled by the Go beside it. It opens the TAP that our stack opens, with the same MTU, and its program connects, sends, and receives and compares as ours does, over the interface for Go’s net (gonet). One goroutine reads frames, the others run as Go places them. With offloads off, its own endpoint for descriptors (fdbased) reads and writes single segments. With offloads on, frames have virtio-net headers and up to 64 KB both ways; its own endpoint has them for sockets only, so one of ours does the same reads and writes on the TAP. As in gVisor’s sandbox: selective acknowledgments are on and the receive buffer moderates itself. Buffers may grow to what ours have: 8 MiB sending (with offloads 32 MiB), and 1 MiB receiving (with offloads 8 MiB), since a larger window overflows the queue of a TAP. Loss detection by RACK is off, which makes it faster here: in this version it sends again what was not lost, and takes more processor time. Go’s scheduler and garbage collector are as they come.',
}
