import { defineConfig } from 'prisma/config'

// `prisma generate` looks for a schema engine that it does not use, and downloads one where it finds none: any existing
// file keeps it from asking. Migrations run through the engine's WebAssembly build (src/db/migrate.ts).
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({ schema: 'prisma/schema.prisma' })
