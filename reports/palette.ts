/**
 * How each strategy and each other stack looks, everywhere: declared once. Colours are told apart with any common colour blindness (after
 * Okabe and Ito), and shapes tell the same without colour. Pages use the CSS variables, charts too: a picture follows
 * the reader's light or dark mode.
 */
import type { Strategy } from '../harness/matrix/factor.ts'

interface Look {
  readonly label: string
  readonly light: string
  readonly dark: string
  /** A Vega symbol: its name, or a path. */
  readonly shape: string
}

/** A path within −1 … 1, as Vega takes it for a symbol. */
const hourglass = 'M-.8,-.9L.8,-.9L-.8,.9L.8,.9Z'

export const looks: Readonly<Record<Strategy, Look>> = {
  sequential: { label: 'Sequential', light: '#58616d', dark: '#aeb8c4', shape: 'square' },
  replicated: { label: 'Replicated', light: '#0068a8', dark: '#5cb8ee', shape: 'circle' },
  locked: { label: 'Locked', light: '#c24f00', dark: '#ff9155', shape: 'triangle-up' },
  sharded: { label: 'Sharded', light: '#00805c', dark: '#3ecb9c', shape: 'diamond' },
  pipelined: { label: 'Pipelined', light: '#a8447f', dark: '#e79cc6', shape: 'triangle-down' },
  gvisor: { label: 'gVisor', light: '#6d4fc4', dark: '#b3a0f5', shape: 'triangle-right' },
  pasta: { label: 'pasta', light: '#b3261e', dark: '#ff8a80', shape: 'triangle-left' },
  slirp4netns: { label: 'slirp4netns', light: '#4f6b12', dark: '#a9cf58', shape: hourglass },
  linux: { label: 'Linux', light: '#946200', dark: '#efbe4b', shape: 'cross' },
}

export function colourOf(strategy: Strategy): string {
  return `var(--${strategy})`
}

/** Of a stack's threads by their number; the only thread of a sequential stack has its strategy's. */
export function threadColour(thread: number, threads: number): string {
  if (threads === 1) return colourOf('sequential')
  const others = (['replicated', 'locked', 'sharded', 'pipelined'] as const)[thread % 4]
  return colourOf(others ?? 'replicated')
}

/** Declarations of all strategies' variables for one mode. */
export function colourVariables(mode: 'light' | 'dark'): string {
  return Object.entries(looks)
    .map(([strategy, look]) => `--${strategy}: ${look[mode]};`)
    .join(' ')
}
