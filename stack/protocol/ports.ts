/** Port numbers, of TCP and of UDP. */

/** RFC 6056 section 3.2: the dynamic ports, of which one is drawn where the application names none. */
export const firstDynamicPort = 32768
export const dynamicPortMask = 0x7fff

export function isPort(port: number): boolean {
  return port > 0 && port <= 0xffff
}
