#!/usr/bin/env node
import { run } from './cli/run.ts'

// Libraries leave timers behind that would keep the process for some seconds more.
process.exit(await run(process.argv.slice(2), process.env))
