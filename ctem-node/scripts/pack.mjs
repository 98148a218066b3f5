// Packs what is published, into a folder: `npm run packages -- FOLDER`. The engine of each platform is a package of its own, of which npm installs the
// one that fits, and `ctem` has none in it. What is packed is `ctem` and the engine in `native/`, which `npm run build` made for this machine: run
// on every platform, all of it is there.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The platforms that there are packages for, as npm tells them apart. */
const PLATFORMS = [
  { os: 'linux', cpu: 'x64', libc: 'glibc' },
  { os: 'linux', cpu: 'x64', libc: 'musl' },
  { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  { os: 'linux', cpu: 'arm64', libc: 'musl' },
  { os: 'darwin', cpu: 'x64' },
  { os: 'darwin', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
]
const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT', 'NOTICE']

/** By this name `index.js` looks for it. */
const named = ({ os, cpu, libc }) => ['ctem', os, cpu, ...(libc ? [libc] : [])].join('-')

const here = fileURLToPath(new URL('..', import.meta.url))
const out = resolve(process.argv[2] ?? 'packed')
const { scripts, devDependencies, ...manifest } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const { glibcVersionRuntime } = process.report.getReport().header
const libc = process.platform === 'linux' ? { libc: glibcVersionRuntime ? 'glibc' : 'musl' } : {}
const own = { os: process.platform, cpu: process.arch, ...libc }
if (!PLATFORMS.some(each => named(each) === named(own))) throw new Error(`${named(own)} is no platform that is published`)
const engine = `${process.platform}-${process.arch}.node`
const folder = mkdtempSync(join(tmpdir(), 'ctem-pack-'))

function packed(name, package_, files, readme) {
  const whole = join(folder, name)
  mkdirSync(whole)
  if (readme) writeFileSync(join(whole, 'README.md'), readme)
  for (const [from, to] of files) cpSync(join(here, from), join(whole, to), { recursive: true })
  writeFileSync(join(whole, 'package.json'), `${JSON.stringify(package_, null, 2)}\n`)
  const ended = spawnSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], {
    cwd: whole,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (ended.status !== 0) throw new Error(`npm packs no ${name}`)
  console.log(join(out, ended.stdout.trim()))
}

try {
  mkdirSync(out, { recursive: true })
  const { version, license, repository, homepage, bugs, engines } = manifest
  const described = { version, license, repository, homepage, bugs, engines }
  const readme = `# ${named(own)}\n\nThe engine of [ctem](https://www.npmjs.com/package/ctem) for one platform. Install \`ctem\`, which brings it.\n`
  const description = `The engine of ctem for ${Object.values(own).join(' ')}.`
  const one = { name: named(own), description, ...described, os: [own.os], cpu: [own.cpu], main: 'ctem.node', files: ['ctem.node', ...LICENCES] }
  if (own.libc) one.libc = [own.libc]
  packed(named(own), one, [[`native/${engine}`, 'ctem.node'], ...LICENCES.map(file => [file, file])], readme)
  const optionalDependencies = Object.fromEntries(PLATFORMS.map(each => [named(each), version]))
  const whole = { ...manifest, files: manifest.files.filter(file => file !== 'native/'), optionalDependencies }
  const kept = readdirSync(here).filter(file => [...LICENCES, 'README.md', 'answers.d.ts', 'ctem.js', 'index.js', 'index.d.ts'].includes(file))
  packed('ctem', whole, kept.map(file => [file, file]))
} finally {
  rmSync(folder, { recursive: true })
}
