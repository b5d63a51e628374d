/** How an experiment is measured again, alone. Pure. */
import type { Manifest } from '../harness/result/manifest.ts'

export function commandFor(id: string, { profile, seed }: Pick<Manifest, 'profile' | 'seed'>): string {
  return `make reproduce EXPERIMENT=${id} PROFILE=${profile} SEED=${seed}`
}
