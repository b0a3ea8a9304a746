// Planted bugs of `live`: where it is moved, and what it is moved past.
import { bug, inTenant, type Planted } from './planted-bug.ts'

export const LIVE_BUGS: Planted[] = [
  bug(
    'live',
    'it is moved without being written down first',
    { from: 'merged' },
    inTenant('promotion.ts', 'intend(context, sha)\n  const moved', 'const moved'),
  ),
  bug(
    'live',
    'a move whose answer was lost is not known as our own',
    { from: 'merged' },
    inTenant(
      'promotion.ts',
      'if (mergeSha !== null && behind?.forward) {',
      'if (mergeSha === null && behind?.forward) {',
    ),
  ),
  bug(
    'live',
    'it takes whatever is on main',
    { from: 'an unauthorised merge' },
    inTenant(
      'explained.ts',
      'if (!explains(files, written, byHand(context))) return false',
      'if (explains) return true',
    ),
    inTenant('promotion.ts', ': NOBODYS', ': null'),
  ),
  bug(
    'live',
    'whoever else has moved it is not noticed',
    { from: 'merged after another' },
    inTenant('promotion.ts', '(await isStranger(context, live))', '!isStranger'),
  ),
  bug(
    'live',
    'what was undone on main by hand holds up what was merged before that',
    { from: 'an unauthorised merge' },
    inTenant(
      'promotion.ts',
      'if (objection !== null && !mayPass) continue',
      'if (objection !== null) continue',
    ),
  ),
  bug(
    'live',
    'a merge that had to wait is taken for applied though its content is gone from main',
    {
      by: {
        test: 'edge-workers/actors/tenant/undone-by-hand.test.ts',
        named: 'is never taken for applied',
      },
    },
    inTenant(
      'promotion.ts',
      'for (const { id } of passed) giveUpTakenOut(context, id)',
      'void giveUpTakenOut',
    ),
  ),
  bug(
    'live',
    'a merge past the gate stands for ever once somebody has reverted it on the forge',
    { from: 'an unauthorised merge' },
    inTenant('drift/forge.ts', 'await passUndone(context)', 'void passUndone'),
  ),
  bug(
    'live',
    'what it went past is not known as undone where the answer of the move was lost',
    {
      by: {
        test: 'edge-workers/actors/tenant/undone-late.test.ts',
        named: 'leaves no merge past the gate behind',
      },
    },
    inTenant(
      'promotion.ts',
      'if (!(await differenceOf(context, mergeSha, live))?.forward) continue',
      'if (live !== mergeSha) continue',
    ),
  ),
  bug(
    'live',
    'two merges on main wait for each other’s room',
    {
      by: {
        test: 'edge-workers/actors/tenant/room.test.ts',
        named: 'the first on main is undone where the second has the room',
      },
    },
    inTenant(
      'promotion.ts',
      'if (room !== null && (await isRoomBehind(context, behind))) {',
      'if (room !== null && behind.length < 0) {',
    ),
  ),
]
