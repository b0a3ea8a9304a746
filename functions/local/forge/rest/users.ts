// Accounts and their public keys, and whose token one is. https://docs.github.com/rest/users
import type { Hono } from 'hono'
import { type ForgeContext, ForgeRefusal } from '../context.ts'
import { userJson } from '../payloads.ts'
import { type Call, paginate, type RestEnv } from './api.ts'

/** Any case of letters. */
const accountOf = (forge: ForgeContext, c: Call) => {
  const login = (c.req.param('login') ?? '').toLowerCase()
  const found = forge.accounts.all.find((account) => account.login.toLowerCase() === login)
  if (!found) throw new ForgeRefusal(404, 'Not Found')
  return found
}

export const addUsers = (api: Hono<RestEnv>, forge: ForgeContext): void => {
  api.get('/user', (c) => {
    const account = c.get('account')
    if (account === null) throw new ForgeRefusal(401, 'Requires authentication')
    return c.json(userJson(forge, account))
  })
  api.get('/users/:login', (c) => c.json(userJson(forge, accountOf(forge, c))))
  api.get('/users/:login/keys', (c) =>
    c.json(
      paginate(
        c,
        accountOf(forge, c).keys.map((key, index) => ({ id: index + 1, key })),
      ),
    ),
  )
  // Keys that an account only signs with: none here has any that are not in the other list.
  api.get('/users/:login/ssh_signing_keys', (c) => {
    accountOf(forge, c)
    return c.json(paginate(c, []))
  })
}
