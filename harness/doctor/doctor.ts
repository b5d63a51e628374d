import picocolors from 'picocolors'
import type { CheckState, DoctorReport } from './check.ts'
import { dockerChecks } from './docker.ts'
import { machineChecks } from './machine.ts'
import { packageChecks } from './packages.ts'
import { wiringChecks } from './wiring.ts'

/** Looks at this machine without changing it: nothing is installed, started or built. Takes about a second. */
export async function runDoctor(): Promise<DoctorReport> {
  const [machine, packages, docker] = await Promise.all([machineChecks(), packageChecks(), dockerChecks()])
  const checks = [...machine, ...packages, ...docker.checks, ...(await wiringChecks(docker.usable))]
  return { checks, ready: checks.every((each) => each.state !== 'missing') }
}

const marks: Readonly<Record<CheckState, string>> = { ok: '✓', limited: '!', missing: '✗' }

/** The report as lines for a terminal; a check that is not `ok` comes with its meaning and remedy. */
export function formatDoctor(
  report: DoctorReport,
  colors: ReturnType<typeof picocolors.createColors> = picocolors,
): string {
  const paint = { ok: colors.green, limited: colors.yellow, missing: colors.red }
  const width = Math.max(...report.checks.map((each) => each.title.length))
  const lines = report.checks.flatMap((each) => {
    const head = `${paint[each.state](marks[each.state])} ${each.title.padEnd(width)}  ${each.finding}`
    if (each.state === 'ok') return [head]
    const indent = ' '.repeat(width + 4)
    return [
      head,
      `${indent}${colors.dim(each.meaning)}`,
      ...(each.remedy ? [`${indent}→ ${each.remedy}`] : []),
    ]
  })
  const end = report.ready
    ? 'This machine can run the experiments.'
    : 'This machine cannot run the experiments yet: mend what is marked ✗.'
  return [...lines, '', end].join('\n')
}
