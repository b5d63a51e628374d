/**
 * How V8 compiles the threads of a stack. The way of a segment leads through many short functions, as the RFCs cut it. By
 * default V8 stops putting callees in place when a function has grown to about 900 bytes of bytecode, and calls of one line
 * then stay calls. With room for more a request takes less time (`protocol/machine.bench.ts`).
 */
import { setFlagsFromString } from 'node:v8'

/** Bytecode bytes that may be put in place in one function. */
const inlinedBytes = 4000

/** For the whole process, and for what is compiled from now on: to be called before threads start. */
export function tuneCompiler(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${inlinedBytes}`)
}
