// Template redis: Redis with replicas on volumes, and sentinels that choose a new primary. The password is only named.
import { RedisParameters } from '../schemas/parameters/redis.ts'
import type { Template } from '../schemas/template.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'
import { redisGates, redisPods, redisReplication, redisSentinel } from './parts/redis.ts'

const NAME = 'redis'

export const redis: Template<RedisParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Redis',
  description:
    'Redis with replicas that keep their data on volumes, and sentinels that choose a new primary. ' +
    'Needs the Redis operator of OT-CONTAINER-KIT (v1beta2) on the cluster.',
  kind: NAME,
  parameters: RedisParameters,
  examples: [
    {
      title: 'Two instances and three sentinels',
      name: 'cache',
      parameters: {
        instances: 2,
        cores: 2,
        memory: { value: 8, unit: 'GiB' },
        storage: { value: 50, unit: 'GB' },
        passwordSecret: 'cache-auth',
      },
    },
  ],
  renders: ['RedisReplication', 'RedisSentinel', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(redisPods(name, parameters)),
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          redisReplication(scope, parameters),
          redisSentinel(scope, parameters),
          ...redisGates(scope, parameters),
        ],
      },
    ]
  },
}
