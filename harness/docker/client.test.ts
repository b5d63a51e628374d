import { homedir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { engineSockets } from './client.ts'

describe('the sockets where an engine may listen', () => {
  it('are the usual ones, best first', () => {
    expect(engineSockets({ XDG_RUNTIME_DIR: '/run/user/1000', DOCKER_CONFIG: '/nowhere' })).toEqual([
      '/var/run/docker.sock',
      '/run/user/1000/docker.sock',
      `${homedir()}/.docker/run/docker.sock`,
    ])
  })

  it('are the one that DOCKER_HOST names', () => {
    expect(engineSockets({ DOCKER_HOST: 'unix:///run/other.sock' })).toEqual(['/run/other.sock'])
  })
})
