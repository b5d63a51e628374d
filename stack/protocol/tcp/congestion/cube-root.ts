/** Integer cube root. */

/** The largest integer whose cube is at most `value`, an integer of 0 … 2^51. */
export function cubeRoot(value: number): number {
  let root = 0
  for (let bit = 2 ** 17; bit >= 1; bit /= 2) {
    const candidate = root + bit
    if (candidate * candidate * candidate <= value) root = candidate
  }
  return root
}
