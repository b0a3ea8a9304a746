// GET /v1/templates/{system} has what planning the system reports, in the shape of findings.
import { expect, it } from 'vitest'
import { findSystem } from '../../templates/index.ts'
import { describeSystem, SystemDetail } from '../catalog-system.ts'
import { judgeContradictions } from './contradictions.ts'

it.each(['loc_az_hci', 'sankofa', 'smom-dbis-138', 'dbis_core', 'the_order'])(
  'has them of %s',
  (name) => {
    const system = findSystem(name)
    if (!system) throw new Error(`no ${name}`)
    const { contradictions } = SystemDetail.parse(describeSystem(system))
    expect(contradictions.length).toBeGreaterThan(10)
    expect(contradictions).toEqual(judgeContradictions(name))
  },
)
