import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig, settings } from '../src/config.ts'

describe('a setting', () => {
  it('has its default where the environment is silent, or empty', () => {
    const defaults = {
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: undefined,
      databasePoolSize: 10,
      dataDir: resolve('data'),
      logLevel: 'info',
      allowPrivateNetworks: false,
      feedIntervalMinutes: 30,
      hostSpacingMs: 1000,
      feedConcurrency: 64,
      maxSockets: 10_000,
      subscriptionsPerSocket: 100,
      connectionInitMs: 3000,
      keepAliveMs: 12_000,
      maxMessageKib: 1024,
      unreadKib: 1024,
      replayPage: 500,
      streamRing: 4096,
      streamRetentionDays: 30,
      readKeyRetentionDays: 7,
      publicUrl: undefined,
      summaryApiUrl: undefined,
      summaryApiKey: undefined,
      summaryModel: undefined,
      summaryDailyBudget: 500,
    }
    expect(parseConfig({})).toEqual(defaults)
    expect(parseConfig(Object.fromEntries(Object.values(settings).map(({ variable }) => [variable, ' '])))).toEqual(defaults)
  })

  it.each([
    ['HOST', '::1', { host: '::1' }],
    ['HOST', 'localhost', { host: 'localhost' }],
    ['PORT', '0', { port: 0 }],
    ['PORT', ' 65535 ', { port: 65_535 }],
    ['DATABASE_URL', 'postgres://me@db/news', { databaseUrl: 'postgres://me@db/news' }],
    ['DATABASE_URL', 'postgresql://me:secret@db:5433/news?sslmode=require', { databaseUrl: 'postgresql://me:secret@db:5433/news?sslmode=require' }],
    ['DATABASE_POOL_SIZE', '2', { databasePoolSize: 2 }],
    ['DATA_DIR', '/var/lib/newswire', { dataDir: '/var/lib/newswire' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['ALLOW_PRIVATE_NETWORKS', 'true', { allowPrivateNetworks: true }],
    ['FEED_INTERVAL_MINUTES', '1440', { feedIntervalMinutes: 1440 }],
    ['FEED_CONCURRENCY', '1', { feedConcurrency: 1 }],
    ['MAX_SOCKETS', '100000', { maxSockets: 100_000 }],
    ['UNREAD_KIB', '64', { unreadKib: 64 }],
    ['STREAM_RETENTION', '1', { streamRetentionDays: 1 }],
    ['READ_KEY_RETENTION', '1', { readKeyRetentionDays: 1 }],
    ['PUBLIC_URL', 'https://news.example.com/', { publicUrl: 'https://news.example.com' }],
    ['PUBLIC_URL', 'http://example.com:8080/news/', { publicUrl: 'http://example.com:8080/news' }],
    ['SUMMARY_API_URL', 'http://127.0.0.1:11434/v1/', { summaryApiUrl: 'http://127.0.0.1:11434/v1' }],
    ['SUMMARY_DAILY_BUDGET', '0', { summaryDailyBudget: 0 }],
  ])('%s=%s is taken', (variable, value, expected) => {
    expect(parseConfig({ [variable]: value })).toMatchObject(expected)
  })

  it.each([
    ['HOST', '0.0.0.0'],
    ['HOST', '192.168.1.2'],
    ['HOST', 'example.com'],
    ['HOST', '127.0.0.2'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', '1e3'],
    ['PORT', 'http'],
    ['PORT', '99999999999999999999'],
    ['DATABASE_POOL_SIZE', '1'],
    ['DATABASE_POOL_SIZE', '101'],
    ['LOG_LEVEL', 'INFO'],
    ['LOG_LEVEL', 'verbose'],
    ['ALLOW_PRIVATE_NETWORKS', 'yes'],
    ['ALLOW_PRIVATE_NETWORKS', '1'],
    ['FEED_INTERVAL_MINUTES', '0'],
    ['FEED_INTERVAL_MINUTES', '1441'],
    ['FEED_CONCURRENCY', '0'],
    ['FEED_CONCURRENCY', '257'],
    ['MAX_SOCKETS', '0'],
    ['MAX_SOCKETS', '100001'],
    ['PUBLIC_URL', 'news.example.com'],
    ['PUBLIC_URL', '/news'],
    ['PUBLIC_URL', 'ftp://example.com/'],
    ['PUBLIC_URL', 'https://me@example.com/'],
    ['PUBLIC_URL', 'https://example.com/?'],
    ['PUBLIC_URL', 'https://example.com/#a'],
  ])('%s=%s is refused, and both are named', (variable, value) => {
    expect(() => parseConfig({ [variable]: value })).toThrow(ConfigError)
    expect(() => parseConfig({ [variable]: value })).toThrow(`${variable}=${value}: must be `)
  })

  it.each(['mysql://me:secret@db/news', 'me:secret@db', 'postgres://me:secret@[', 'secret'])('DATABASE_URL is refused without being shown (%#)', (value) => {
    const refused = () => parseConfig({ DATABASE_URL: value })
    expect(refused).toThrow('DATABASE_URL=…: must be a postgresql:// URL')
    try {
      refused()
    } catch (error) {
      expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toContain('secret')
    }
  })
})

it('is in the table of the README, each with type, unit, default, limit and meaning', async () => {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const rows = Object.values(settings).map(
    ({ variable, type, unit, default: value, limit, meaning }) =>
      `| ${[`\`${variable}\``, type, unit, value === '' ? '' : `\`${value}\``, limit, meaning].map(cell).join(' | ')} |`,
  )
  const table = ['| Variable | Type | Unit | Default | Limit | Meaning |', ...rows]
  // Prettier pads the cells of a table.
  const lines = (await readFile(new URL('../README.md', import.meta.url), 'utf8').catch(() => '')).split('\n').map((line) => line.replace(/ +/g, ' ').trim())
  const missing = table.filter((row) => !lines.includes(row.replace(/ +/g, ' ')))
  expect(missing, `README.md needs this table:\n${[table[0], '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n')}\n`).toEqual([])
  const named = lines.filter((line) => /^\| `[A-Z_]+` \|/.test(line))
  expect(named, 'a row of the README that is no setting').toHaveLength(rows.length)
})
