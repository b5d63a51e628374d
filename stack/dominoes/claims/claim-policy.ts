/**
 * Who performs an action: the seam between the replica loop and the ways to share work out. The default is the
 * claim board (first come, first served); static ownership or one claim for a whole request fit here too.
 */
export interface ClaimPolicy {
  /**
   * Whether this replica performs the action. Asked exactly once per action and replica, in the order of the
   * numbers; over all replicas exactly one answer is true.
   *
   * `number` counts the domain's actions, `index` is the channel index of the request that emitted it; both wrap.
   */
  claim(number: number, index: number): boolean
}
