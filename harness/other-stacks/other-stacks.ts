/**
 * Every stack that is measured beside ours, by the value of the factor `strategy` that stands for it. A new one is a folder
 * beside this file and a line here; then the compiler asks how it looks in reports. Pure.
 */
import { gvisor } from './gvisor/gvisor.ts'
import { linux } from './linux.ts'
import type { OtherStack } from './other-stack.ts'
import { pasta } from './pasta/pasta.ts'
import { slirp4netns } from './slirp4netns/slirp4netns.ts'

const declared = { linux, gvisor, pasta, slirp4netns } as const satisfies Record<string, OtherStack>

export type OtherStackName = keyof typeof declared

export const otherStackNames = Object.keys(declared) as readonly OtherStackName[]

export function otherStack(name: OtherStackName): OtherStack {
  return declared[name]
}
