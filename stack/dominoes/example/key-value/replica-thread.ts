/** A worker thread that runs one replica of the service until the channel is closed. */
import { workerData } from 'node:worker_threads'
import { createIdle, runReplica } from '../../index.ts'
import { nowMicros } from './clock.ts'
import { openServiceReplica, type ReplicaTask } from './open-service.ts'

const { service, id, idle } = workerData as ReplicaTask
const { replica } = openServiceReplica(service, id, nowMicros)
runReplica(replica, createIdle(idle, replica))
