// PSS-RESTRICTED: the Pod Security Standard "restricted", with all of "baseline", on pods as they are written.
// Source: Kubernetes documentation, "Pod Security Standards". What a pod leaves out and a container says counts, as there.
import { at, type Container, type Fields, fieldsOf, type Hit, listOf, type Pods } from './walk.ts'

const VOLUMES = new Set([
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim'],
  ...['projected', 'secret'],
])
const SYSCTLS = new Set([
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time'],
  ...['net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
  ...['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
])
const SELINUX_TYPES = new Set([
  ...['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'],
])
const PROFILES = new Set<unknown>(['RuntimeDefault', 'Localhost'])
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'

type Fault = [pointer: string, message: string]

export const podSecurity = (pods: Pods): Hit[] =>
  [...podFaults(pods), ...pods.containers.flatMap((one) => containerFaults(one, pods.spec))].map(
    ([pointer, message]) => ({ rule: 'PSS-RESTRICTED', pointer, message }),
  )

const podFaults = ({ pointer, spec, metadata, metadataPointer }: Pods): Fault[] => [
  ...['hostNetwork', 'hostPID', 'hostIPC']
    .filter((field) => spec[field] === true)
    .map((field): Fault => [`${pointer}/${field}`, `The pod uses ${field}.`]),
  ...listOf(spec.volumes).flatMap((volume, index) =>
    Object.keys(volume)
      .filter((type) => type !== 'name' && !VOLUMES.has(type))
      .map((): Fault => [`${pointer}/volumes/${index}`, 'A volume is of a type that is refused.']),
  ),
  ...listOf(at(spec.securityContext, 'sysctls'))
    .map(({ name }, index) => ({ name, index }))
    .filter(({ name }) => !SYSCTLS.has(`${name}`))
    .map(
      ({ index }): Fault => [
        `${pointer}/securityContext/sysctls/${index}`,
        'A sysctl is not one of the safe ones.',
      ],
    ),
  ...Object.entries(fieldsOf(metadata.annotations))
    .filter(([name, value]) => name.startsWith(APPARMOR) && !allowedAppArmor(value))
    .map((): Fault => [`${metadataPointer}/annotations`, 'AppArmor is switched off.']),
  ...contextFaults(fieldsOf(spec.securityContext), `${pointer}/securityContext`),
]

const allowedAppArmor = (value: unknown): boolean =>
  /^(?:runtime\/default|localhost\/)/.test(`${value}`)

/** What pod and container may say alike. */
const contextFaults = (context: Fields, pointer: string): Fault[] => {
  const linux = fieldsOf(context.seLinuxOptions)
  const armor = at(context.appArmorProfile, 'type')
  const foreign =
    (linux.type !== undefined && linux.type !== '' && !SELINUX_TYPES.has(`${linux.type}`)) ||
    Boolean(linux.user) ||
    Boolean(linux.role)
  return [
    ...(foreign ? [[`${pointer}/seLinuxOptions`, 'SELinux is opened.'] as Fault] : []),
    ...(armor !== undefined && !PROFILES.has(armor)
      ? [[`${pointer}/appArmorProfile`, 'AppArmor is switched off.'] as Fault]
      : []),
    ...(at(context.windowsOptions, 'hostProcess') === true
      ? [[`${pointer}/windowsOptions/hostProcess`, 'It is a process of the host.'] as Fault]
      : []),
    ...(context.runAsUser === 0 ? [[`${pointer}/runAsUser`, 'It runs as root.'] as Fault] : []),
  ]
}

const containerFaults = ({ pointer, fields }: Container, pod: Fields): Fault[] => {
  const context = fieldsOf(fields.securityContext)
  const inherited = fieldsOf(pod.securityContext)
  const own = `${pointer}/securityContext`
  const capabilities = fieldsOf(context.capabilities)
  const dropped = new Set(Array.isArray(capabilities.drop) ? capabilities.drop : [])
  const added = Array.isArray(capabilities.add) ? capabilities.add : []
  const seccomp = at(context.seccompProfile, 'type') ?? at(inherited.seccompProfile, 'type')
  const faults: [boolean, string, string][] = [
    [context.privileged === true, `${own}/privileged`, 'A container is privileged.'],
    [
      context.allowPrivilegeEscalation !== false,
      `${own}/allowPrivilegeEscalation`,
      'A container may gain privileges.',
    ],
    [
      (context.runAsNonRoot ?? inherited.runAsNonRoot) !== true,
      `${own}/runAsNonRoot`,
      'A container may run as root.',
    ],
    [
      !PROFILES.has(seccomp),
      `${own}/seccompProfile`,
      'A container has no seccomp profile, or none that counts.',
    ],
    [!dropped.has('ALL'), `${own}/capabilities/drop`, 'A container keeps capabilities.'],
    [
      added.some((name) => name !== 'NET_BIND_SERVICE'),
      `${own}/capabilities/add`,
      'A container adds capabilities.',
    ],
    [
      (context.procMount ?? 'Default') !== 'Default',
      `${own}/procMount`,
      'A container sees more of /proc than it needs.',
    ],
    [
      listOf(fields.ports).some(({ hostPort = 0 }) => hostPort !== 0),
      `${pointer}/ports`,
      'A container takes a port of the host.',
    ],
    [looksElsewhere(fields), pointer, 'A probe or hook names a host of its own.'],
  ]
  return [
    ...contextFaults(context, own),
    ...faults.flatMap(([broken, where, message]): Fault[] => (broken ? [[where, message]] : [])),
  ]
}

/** A probe or hook that names a host makes the node itself ask there. */
const looksElsewhere = (fields: Fields): boolean =>
  [
    ...[fields.livenessProbe, fields.readinessProbe, fields.startupProbe],
    ...[at(fields.lifecycle, 'postStart'), at(fields.lifecycle, 'preStop')],
  ].some((look) => Boolean(at(look, 'httpGet', 'host')) || Boolean(at(look, 'tcpSocket', 'host')))
