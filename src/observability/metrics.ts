/** What is measured when it is asked for; a counter only rises. */
export type Gauge = { name: string; help: string; type?: 'gauge' | 'counter'; read: () => number | Promise<number> }

/** Of the process: bytes, as a Prometheus client names them. */
export const processGauges: Gauge[] = [
  { name: 'process_resident_memory_bytes', help: 'Memory of the process.', read: () => process.memoryUsage.rss() },
  { name: 'nodejs_heap_size_used_bytes', help: 'Used heap of the process.', read: () => process.memoryUsage().heapUsed },
  { name: 'nodejs_active_resources', help: 'Sockets, timers and the like that are open.', read: () => process.getActiveResourcesInfo().length },
]

/** Gauges in the text format of Prometheus, version 0.0.4. One that cannot be read is NaN: the others are told all the same. */
export async function renderGauges(gauges: readonly Gauge[]): Promise<string> {
  const parts = gauges.map(async ({ name, help, type = 'gauge', read }) => {
    const value = await Promise.resolve()
      .then(read)
      .catch(() => NaN)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`
  })
  return (await Promise.all(parts)).join('')
}
