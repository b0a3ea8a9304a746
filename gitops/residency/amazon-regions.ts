// Jurisdictions of the regions of Amazon's cloud, by their names: nothing of ours runs there, but stores for backups and
// logs do. A region outside every jurisdiction that Phoenix knows is not here. As of 2026-11.
// Source: docs.aws.amazon.com/general/latest/gr/rande.html
import type { Jurisdiction } from '../../schemas/ids.ts'

export const amazonRegions: Partial<Record<Jurisdiction, readonly string[]>> = {
  eu: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  us: ['us-east-1', 'us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-west-1', 'us-west-2'],
  ch: ['eu-central-2'],
  uk: ['eu-west-2'],
  ae: ['me-central-1'],
  sg: ['ap-southeast-1'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
  ca: ['ca-central-1', 'ca-west-1'],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  br: ['sa-east-1'],
  hk: ['ap-east-1'],
  id: ['ap-southeast-3'],
  il: ['il-central-1'],
  in: ['ap-south-1', 'ap-south-2'],
  kr: ['ap-northeast-2'],
  mx: ['mx-central-1'],
  my: ['ap-southeast-5'],
  nz: ['ap-southeast-6'],
  za: ['af-south-1'],
}
