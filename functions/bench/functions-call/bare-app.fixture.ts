// The least a function can do to answer what ping answers: no hook, no signature, no question who asks.
import { app } from '@azure/functions'

app.http('ping', {
  methods: ['POST'],
  handler: async () => ({
    jsonBody: { tenant: 'ten_eu_aaaaaaaaaaaaaaaa', operation: 'op-1' },
  }),
})
