/** A run as one self-contained HTML page. Pure but for reading the chart specifications beside it. */
import type { Run } from '../harness/result/store.ts'

export async function renderReport(run: Run): Promise<string> {
  return `<!doctype html><title>${run.manifest.run}</title>`
}
