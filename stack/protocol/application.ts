/** Passes a request of the application to its protocol: UDP or TCP. */
import { isDatagramRequest } from './requests.ts'
import type { Core } from './state/core.ts'
import { applyConnectionRequest } from './tcp/application.ts'
import { applyDatagramRequest } from './udp/application.ts'

export function applyApplicationRequest(core: Core, kind: number): void {
  if (isDatagramRequest(kind)) applyDatagramRequest(core, kind)
  else applyConnectionRequest(core, kind)
}
