import { defineConfig } from 'vitest/config'

const postgresql = process.env['TEST_DATABASE_URL']

/** The same suite on each database: on the embedded one always, on PostgreSQL too where TEST_DATABASE_URL names a server. */
const project = (name: string, databaseUrl: string) => ({
  // As Node resolves it: vitest would load the package's other build beside it, and no error would be an instance of the other's.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name,
    include: ['test/**/*.test.ts'],
    provide: { databaseUrl },
    setupFiles: 'test/helpers/leaks.ts',
    isolate: false, // a worker imports the sources once, and not for each file
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})

export default defineConfig({
  test: {
    projects: [project('embedded', ''), ...(postgresql ? [project('postgresql', postgresql)] : [])],
    globalSetup: 'test/helpers/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
  },
})
