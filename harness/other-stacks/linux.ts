/** The kernel's own stack: the reference of every experiment, and the measure of the machine. Every host has it. Pure. */
import type { OtherStack } from './other-stack.ts'

export const linux: OtherStack = { role: 'linux' }
