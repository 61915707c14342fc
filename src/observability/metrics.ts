/** What is measured when it is asked for. */
export type Gauge = { name: string; help: string; read: () => number }

/** Of the process: bytes, as a Prometheus client names them. */
export const processGauges: Gauge[] = [
  { name: 'process_resident_memory_bytes', help: 'Memory of the process.', read: () => process.memoryUsage.rss() },
  { name: 'nodejs_heap_size_used_bytes', help: 'Used heap of the process.', read: () => process.memoryUsage().heapUsed },
  { name: 'nodejs_active_resources', help: 'Sockets, timers and the like that are open.', read: () => process.getActiveResourcesInfo().length },
]

/** Gauges in the text format of Prometheus, version 0.0.4. */
export function renderGauges(gauges: readonly Gauge[]): string {
  return gauges.map(({ name, help, read }) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${read()}\n`).join('')
}
