/**
 * What the harness has to know of a stack that is not ours, to put it in the place of ours: what its node needs, and how
 * programs get to use it. A program of a workload that stands for our end of an exchange (`standIn`) runs there unchanged,
 * or by another program of the same name, options and results. Pure.
 */

/** Where its node is. */
export interface Place {
  /** Dotted, without prefix. */
  readonly address: string
  readonly prefixBits: number
  /** Of the Linux interface at the node, if it has one. */
  readonly interfaceName: string
}

export interface OtherStack {
  /**
   * What its node is to the topology: `linux` if the kernel sends and receives on the link, `stack` if the other stack opens
   * the device of the link by itself.
   */
  readonly role: 'linux' | 'stack'
  /** What the container of its node has beyond that of every node of its role; absent for the kernel's own stack. */
  readonly container?: {
    /** Folder beside this file with the Dockerfile of its image, which is built when a cell first needs it. */
    readonly image: string
    readonly capabilities: readonly string[]
    readonly devices: readonly string[]
  }
  /**
   * The command of the process that runs programs so that their connections go through the stack. It serves the requests that
   * `peers/host.py` does, which is the `usual` command. Absent where that is right.
   */
  programHost?(place: Place, usual: readonly string[]): readonly string[]
  /** For readers of a report: what it is, how it is set, and why that is fair. Absent for the kernel's own stack. */
  readonly description?: string
}
