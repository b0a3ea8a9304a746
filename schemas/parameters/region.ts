// Parameters of the template region: the region itself; its name is the resource's.
import type * as z from 'zod'
import { Region } from '../place.ts'

export const RegionParameters = Region.omit({ name: true })
export type RegionParameters = z.infer<typeof RegionParameters>
