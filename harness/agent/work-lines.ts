/**
 * How the lines begin that a process of the agent (`work.ts`) prints for it. Other lines may come from the engine's tracing.
 * In a file of its own, because that process imports it before each of its stacks, and nothing else of the agent.
 */
export const readyLine = 'ready'
export const resultPrefix = 'result '
export const listeningLine = 'listening'
/** Printed before the process ends with a failure. */
export const divergencesPrefix = 'divergences '
