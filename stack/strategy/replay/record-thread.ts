/** Entry of the thread that records a stack's channel (see `dominoes/log/recorder.ts`). */
import { workerData } from 'node:worker_threads'
import { runRecorder } from '../../dominoes/log/recorder.ts'
import { tellRunning } from '../../dominoes/memory/running-message.ts'
import { openRecorder } from './open-recorder.ts'
import type { RecordTask } from './recorder.ts'

const recorder = openRecorder(workerData as RecordTask)
tellRunning()
runRecorder(recorder)
