import { expect, it } from 'vitest'
import { isDebianLikeRelease } from './apt.ts'

it.each([
  ['ID=debian\nVERSION_ID="12"', true],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian', true],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
  ['ID=fedora', false],
  ['ID="rhel"\nID_LIKE="fedora"\nVARIANT_ID=debian', false],
  ['', false],
])('%j is Debian-like: %s', (release, expected) => {
  expect(isDebianLikeRelease(release)).toBe(expected)
})
