import { defineConfig } from 'vitest/config'

/**
 * Four kinds of test beside their source, told apart by their names:
 * unit (`x.test.ts`), sim (virtual time), race (real workers), net (containers).
 */
const kinds = ['sim', 'race', 'net']

/** What a program prints is compared as plain text, also where colours are asked for. Node warns if only one is set. */
const env = { NO_COLOR: '1', FORCE_COLOR: '0' }

/** A soak draws some forty times as much in each test. */
const soakTimes = process.env.SOAK === undefined ? 1 : 40

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          // Some start processes, which share the cores with the simulations.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: ['node_modules/**', 'reports/runs/**', ...kinds.map((kind) => `**/*.${kind}.test.ts`)],
        },
      },
      { test: { name: 'sim', env, include: ['stack/**/*.sim.test.ts'], testTimeout: soakTimes * 120_000 } },
      {
        test: {
          name: 'race',
          env,
          include: ['stack/**/*.race.test.ts'],
          testTimeout: soakTimes * 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'net',
          env,
          include: ['{stack,harness}/**/*.net.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
