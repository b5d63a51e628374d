/** A rule that the types cannot express, broken at a place in the definition of an experiment. */
export interface Complaint {
  readonly path: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}
