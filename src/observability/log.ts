import { destination, pino, type Logger } from 'pino'
import type { Config } from '../config.ts'

/** JSON lines on standard error: standard output is for what a person or a program asked for. */
export function createLogger(level: Config['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['*.headers', '*.authorization'] }, destination({ fd: 2, sync: true }))
}
