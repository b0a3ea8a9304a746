// The calls without a member, of presentation requests.
import type { WalletRows } from '../../wallet.ts'
import { answerRequest } from './answer.ts'
import { beginInBrowser, readPage, returnInBrowser } from './browser.ts'
import { serveRequest } from './serve.ts'
import type { PresentationWalletCalls } from './wallet-contracts.ts'

export const presentationWalletCalls: WalletRows<PresentationWalletCalls> = {
  'presentations.serve': serveRequest,
  'presentations.answer': answerRequest,
  'presentations.page': readPage,
  'presentations.begin': beginInBrowser,
  'presentations.return': returnInBrowser,
}
