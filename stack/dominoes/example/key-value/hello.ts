/**
 * The shortest program on the store: `node stack/dominoes/example/key-value/hello.ts`. The replicas are
 * threads of their own; this thread is the client.
 */
import { KeyValueClient } from './client.ts'
import { Status } from './messages.ts'
import { RunningService } from './running-service.ts'

const running = new RunningService({ replicas: 2, clients: 1, entryCount: 256, window: 64 })
const store = new KeyValueClient(running.service, 0)

await store.put('greeting', new TextEncoder().encode('hello, replicas'))
const { value, version } = await store.get('greeting')
console.log(`${new TextDecoder().decode(value)} (version ${version})`)

const gone = store.expired('greeting')
await store.expire('greeting', 10)
await gone
const { status } = await store.get('greeting')
console.log(status === Status.missing ? 'no such key any more' : 'still there')

await store.close()
const { digestsCompared, divergences } = await running.stop()
console.log(`${digestsCompared} digests compared, ${divergences} divergences`)
