/** What the windows of a sender measure. Pure. */
import type { Measuring } from '../measuring.ts'
import type { MeanWindows } from './mean-windows.ts'

export interface WindowFacts {
  /** That the receiver took within the measured time. */
  readonly bytes: number
  readonly measuredMicros: number
  readonly windows: MeanWindows
  /** By the sender, before the measurement, too. */
  readonly retransmits: number | null
}

export const windowMeasures: Measuring<WindowFacts> = {
  goodputMbps: ({ bytes, measuredMicros }) => (8 * bytes) / measuredMicros,
  congestionWindowBytes: ({ windows }) => windows.congestionWindow,
  flightBytes: ({ windows }) => windows.flight,
  receiveWindowBytes: ({ windows }) => windows.receiveWindow,
  retransmits: ({ retransmits }) => retransmits,
}
