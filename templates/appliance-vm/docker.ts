// Docker from Ubuntu's packages. Its published ports go around the machine's firewall, so they are bound to the
// machine itself, and nginx, which does not go around it, stands in front.
import { textFile, type WriteFile } from '../parts/cloud-init.ts'

export const DOCKER = ['docker.io', 'docker-compose-v2']
const HERE = '127.0.0.1'

/** `ip` is for the default network, the option for all others (Docker docs, "dockerd": default-network-opts). */
export const dockerStaysInside = (): WriteFile => {
  const settings = {
    ip: HERE,
    'default-network-opts': { bridge: { 'com.docker.network.bridge.host_binding_ipv4': HERE } },
    'log-driver': 'local',
  }
  return textFile('/etc/docker/daemon.json', `${JSON.stringify(settings, null, 2)}\n`)
}
