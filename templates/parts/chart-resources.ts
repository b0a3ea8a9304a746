// What a container of a chart asks for: memory requested is memory allowed; CPU is a share, without a ceiling.

export interface ChartRoom {
  requests: { cpu: string; memory: string }
  limits: { memory: string }
}

export const roomFor = (cpu: string, memory: string): ChartRoom => ({
  requests: { cpu, memory },
  limits: { memory },
})
