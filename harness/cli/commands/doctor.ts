/** `doctor`: says what this machine lacks, and how to get it. Changes nothing. */
import { Command } from 'commander'
import { failureCode } from '../exit.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine lacks, and how to get it')
    .action(async () => {
      const { formatDoctor, runDoctor } = await import('../../doctor/doctor.ts')
      const report = await runDoctor()
      process.stdout.write(`${formatDoctor(report)}\n`)
      if (!report.ready) process.exitCode = failureCode
    })
}
