import { configure, inside, type LinkKind, processOf, without } from './link.ts'

/**
 * The shortest wire: the TAP that the stack made is moved into the peer's network namespace, where it is the peer's
 * network card. The stack keeps its descriptor, so every frame it writes enters the peer's receive path at once.
 */
export const tapMove: LinkKind = {
  device: 'tap',
  deploy: () => [],
  connectTap(link, processes, owner, interfaceName) {
    const stack = processOf(processes, owner)
    const peer = processOf(processes, link.second)
    return [
      without(peer, link.second.interfaceName),
      inside(stack, `ip link set dev ${interfaceName} netns ${peer} name ${link.second.interfaceName}`),
      ...configure(peer, link, link.second, true),
    ]
  },
}
