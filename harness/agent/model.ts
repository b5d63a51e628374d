/**
 * Runs the performance model's own system once and prints what it measured as one JSON line.
 *
 *     node model.ts '<ModelSpec as JSON>'
 */
import { runModel } from '../../stack/index.ts'
import { type ModelMeasurement, modelSpecSchema } from './transfer-spec.ts'

const result = await runModel(modelSpecSchema.parse(JSON.parse(process.argv[2] ?? '')))
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
const measurement: ModelMeasurement = {
  ...result,
  cpuMicros: userCPUTime + systemCPUTime,
  maxResidentBytes: maxRSS * 1024,
}
process.stdout.write(`${JSON.stringify(measurement)}\n`)
