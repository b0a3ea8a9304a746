// Parameters of the template site: the site itself; its name is the resource's.
import type * as z from 'zod'
import { Site } from '../place.ts'

export const SiteParameters = Site.omit({ name: true })
export type SiteParameters = z.infer<typeof SiteParameters>
