/** How evenly something is shared. Pure. */

/**
 * Jain's fairness index (Jain, Chiu, Hawe, DEC-TR-301, 1984): (Σx)² / (n Σx²). 1 if all shares are equal, 1/n if one of n
 * has everything, k/n if k of them share it equally. Null if there is nothing to share.
 */
export function jainIndex(shares: readonly number[]): number | null {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share ** 2, 0)
  return squares === 0 ? null : sum ** 2 / (shares.length * squares)
}
