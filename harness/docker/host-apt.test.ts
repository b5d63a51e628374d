import { describe, expect, it } from 'vitest'
import { parseSettings, parseSources } from './host-apt.ts'

describe("this machine's package sources", () => {
  it('are those of Debian for the release of the image', () => {
    const targets = [
      'Debian|http://mirror.example/debian/|bookworm|main',
      'Debian|http://mirror.example/debian/|bookworm|main',
      'Debian|http://mirror.example/debian-security/|bookworm-security|main',
      'Debian|http://mirror.example/debian/|bookworm|contrib',
      'Debian|http://mirror.example/debian/|trixie|main',
      'Other|http://other.example/|bookworm|main',
      '',
    ].join('\n')
    expect(parseSources(targets)).toEqual([
      'deb http://mirror.example/debian/ bookworm main',
      'deb http://mirror.example/debian-security/ bookworm-security main',
    ])
  })

  it('are none without apt', () => {
    expect(parseSources('')).toEqual([])
  })
})

describe("this machine's apt settings", () => {
  it('are kept where they tell how to reach an archive', () => {
    const dump = [
      'APT::Architecture "amd64";',
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::https::Verify-Peer "";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::cdrom::mount "/media/cdrom/";',
    ].join('\n')
    expect(parseSettings(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::Check-Valid-Until "false";',
    ])
  })
})
