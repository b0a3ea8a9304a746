// What the units take from the host: each folder that a container is given is there, made by the unit itself or put there by hand.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8')
const valuesOf = (unit: string, name: string): string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.+)$`, 'gm'))].map(([, value]) => value ?? '')

it('mounts no folder that nothing makes: podman starts no container whose source is missing', () => {
  const runbook = read('../RUNBOOK.md')
  const containers = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.container'))
  expect(containers).not.toEqual([])
  for (const unit of containers.map(read)) {
    const made = valuesOf(unit, 'StateDirectory').map((name) => `/var/lib/${name}`)
    for (const volume of valuesOf(unit, 'Volume')) {
      const [source = ''] = volume.split(':')
      expect(made.includes(source) || runbook.includes(`\`${source}\``), source).toBe(true)
    }
  }
})
