// The page in a real browser: rows are there, the filter works, and no name of others acts.
//
// Drives Chromium over its own pipe (the DevTools protocol), so that nothing need be installed besides the browser.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as ctem from '../ctem-node/index.js'

const known = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(Boolean)
const chromium = known.find(name => spawnSync(name, ['--version']).status === 0)
const skip = chromium ? false : 'no Chromium here: install one, or name it in the environment variable CHROMIUM'

/** The page of `examples/browser`, with the engine in it. */
const example = process.env.CTEM_BROWSER_PAGE ?? fileURLToPath(new URL('../target/browser/plan.html', import.meta.url))
const without = skip || (existsSync(example) ? false : `no ${example} here: examples/browser/README.md says how it is made`)

const HOSTILE = [
  '<script>globalThis.owned = true</script>',
  '</style><img src=x onerror="globalThis.owned = true">',
  '</script><svg onload="globalThis.owned = true">',
  '\u202egnp.exe',
  '" onmouseover="globalThis.owned = true',
  'x'.repeat(10_000),
]

/** A browser that is driven over a pipe. */
class Browser {
  #process
  #waiting = new Map()
  #loaded = () => {}
  #last = 0

  constructor(command, folder) {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${folder}/profile`]
    this.#process = spawn(command, [...flags, '--window-size=1280,900', 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    let text = ''
    this.#process.stdio[4].setEncoding('utf8').on('data', part => {
      const messages = (text + part).split('\0')
      text = messages.pop()
      messages.map(message => JSON.parse(message)).forEach(message => this.#take(message))
    })
  }

  #take({ id, method, result, error }) {
    if (method === 'Page.loadEventFired') this.#loaded()
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(new Error(error.message))
    else waiting?.resolve(result)
  }

  #send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  async open(address) {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true })
    const send = (method, params) => this.#send(method, params, sessionId)
    await send('Page.enable')
    const loaded = new Promise(resolve => (this.#loaded = resolve))
    await send('Page.navigate', { url: address })
    await loaded
    const page = async expression => {
      const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true })
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    }
    const width = value =>
      send('Emulation.setDeviceMetricsOverride', { width: value, height: 800, deviceScaleFactor: 1, mobile: false })
    const scheme = value => send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
    return { page, scheme, width }
  }

  async close() {
    const ended = new Promise(resolve => this.#process.once('exit', resolve))
    await this.#send('Browser.close').catch(() => this.#process.kill())
    await ended
  }
}

let browser
let folder

before(() => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'ctem-page-'))
  browser = new Browser(chromium, folder)
})

after(async () => {
  await browser?.close()
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('every exposure is a row, and opens to its picture and its terms', { skip }, async () => {
  const { assessment, page } = await shown(company())
  assert.equal(await page('document.getElementById("count").textContent'), `${assessment.length} of ${assessment.length} shown`)
  await page('scrollTo(0, document.body.scrollHeight)')
  const last = '[...document.querySelectorAll("details.exposure summary .faint")].at(-1)?.textContent'
  await until(page, `${last} === "${assessment.length}"`)
  await page('scrollTo(0, 0)')
  await until(page, 'document.querySelector("details.exposure summary .faint")?.textContent === "1"')
  const worst = assessment.sample().exposures.find(exposure => exposure.weakness)
  assert.match(await page('document.querySelector("details.exposure summary").textContent'), new RegExp(worst.weakness))
  assert.equal(await page('document.querySelector("#rows .reasons")'), null)
  await page('document.querySelector("details.exposure summary").click()')
  await until(page, 'document.querySelector("details.exposure .reasons")?.checkVisibility()')
  assert.ok((await page('document.querySelectorAll("details.exposure[open] svg.path rect").length')) > 2)
  assert.ok((await page('document.querySelectorAll("details.exposure[open] ul.term li").length')) > 5)
  assert.equal(await page('document.querySelector("details.exposure[open] svg.path").getBoundingClientRect().height > 40'), true)
})

test('the plan stands first: its curve, and a ticket behind each action, by owner', { skip }, async () => {
  const { assessment, page } = await shown(company())
  const plan = assessment.plan({ curves: true })
  const rows = 'document.querySelectorAll("#actions details.action")'
  assert.equal(await page(`${rows}.length`), plan.rows.length)
  assert.equal(await page('document.querySelectorAll("svg.curves path.curve").length'), 4)
  assert.match(await page('document.querySelector("svg.curves").getAttribute("aria-label")'), /this plan leaves EUR/)
  await page(`${rows}[0].querySelector("summary").click()`)
  await until(page, 'document.querySelector("details.action[open] pre.ticket")?.checkVisibility()')
  const ticket = await page('document.querySelector("details.action[open] pre.ticket").textContent')
  assert.ok(ticket.startsWith(`# ${plan.rows[0].title}\n`) && ticket.includes(`\nctem action: ${plan.rows[0].id}\n`), ticket)
  await page('{ const box = document.getElementById("by"); box.value = "owner"; box.dispatchEvent(new Event("change")) }')
  const owners = new Set(plan.rows.map(row => row.owner?.name ?? ''))
  assert.equal(await page('document.querySelectorAll("#actions h3.group").length'), owners.size)
  assert.equal(await page(`${rows}.length`), plan.rows.length)
})

test('the filter leaves what has all its words, and what is known to be exploited', { skip }, async () => {
  const { assessment, page } = await shown(company())
  const filtered = words =>
    page(`{ const box = document.getElementById("filter"); box.value = ${JSON.stringify(words)};
      box.dispatchEvent(new Event("input"));
      [...document.querySelectorAll("details.exposure")].filter(row => row.checkVisibility()).length }`)
  const log4j = assessment.ranked().filter(({ component = '' }) => component.includes('log4j')).length
  assert.ok(log4j > 1)
  assert.equal(await filtered('LOG4J'), log4j)
  assert.equal(await filtered('log4j mailer'), log4j / 2)
  assert.equal(await page('document.getElementById("count").textContent'), `${log4j / 2} of ${assessment.length} shown`)
  assert.equal(await filtered('no such thing'), 0)
  await filtered('')
  await page('document.getElementById("known").click()')
  const exploited = assessment.ranked().filter(exposure => exposure.known_exploited).length
  assert.equal(await page('[...document.querySelectorAll("details.exposure")].filter(row => row.checkVisibility()).length'), exploited)
})

test('twenty thousand rows are made as one scrolls, and can be sorted and grouped', { skip }, async () => {
  const { page } = await shown(large(20_000), { atMost: 20_000 })
  const elements = 'document.querySelectorAll("*").length'
  assert.ok((await page(elements)) < 3_000, `${await page(elements)} elements`)
  assert.equal(await page('document.getElementById("count").textContent'), '20000 of 20000 shown')
  await page('scrollTo(0, document.body.scrollHeight)')
  await until(page, 'document.querySelector("#rows > .block:last-child details") !== null')
  await until(page, `${elements} < 3000`)
  const choose = (id, value) =>
    page(`{ const box = document.getElementById("${id}"); box.value = "${value}"; box.dispatchEvent(new Event("change")) }`)
  const first = at => `document.querySelector("details.exposure summary").children[${at}].textContent`
  await choose('sort', 'on')
  assert.equal(await page(first(3)), 'host-0')
  await choose('group', 'owner')
  assert.equal(await page('document.querySelector("h3.group").textContent'), 'team-0 · 2000 exposures')
})

test('the graph around a choke point can be walked, zoomed and thinned', { skip }, async () => {
  const { page } = await shown(company())
  const boxes = 'document.querySelectorAll("#map g.entry, #map g.held, #map g.loss").length'
  assert.equal(await page('document.getElementById("around").checkVisibility()'), true)
  assert.match(await page('document.getElementById("middle").selectedOptions[0].textContent'), /on (every path|paths) to /)
  assert.equal(await page('document.querySelectorAll("#map g.middle").length'), 1)
  const drawn = await page(boxes)
  assert.ok(drawn > 2, `${drawn} places`)
  assert.ok((await page('document.querySelectorAll("#map path.arrow").length')) > 1)
  const width = () => page('document.querySelector("#map svg").getBoundingClientRect().width')
  const before = await width()
  await page('document.getElementById("closer").click()')
  assert.ok((await width()) > before)
  await page('document.getElementById("farther").click()')
  await page('document.querySelector("#map g.held:not(.middle)").dispatchEvent(new Event("click"))')
  assert.equal(await page('document.getElementById("chosen").checkVisibility()'), true)
  const button = words => `[...document.querySelectorAll("#chosen button")].find(one => one.textContent === "${words}")`
  await page(`${button('Hide')}.click()`)
  assert.equal(await page('document.getElementById("unhide").checkVisibility()'), true)
  assert.ok((await page(boxes)) <= drawn)
  await page('document.getElementById("unhide").click()')
  assert.equal(await page('document.getElementById("unhide").checkVisibility()'), false)
  assert.equal(await page(boxes), drawn)
  await page('document.querySelector("#map g.held:not(.middle)").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }))')
  await page(`${button('Put in the middle')}.click()`)
  assert.equal(await page('document.querySelectorAll("#map g.middle").length'), 1)
})

test('of thousands of places around a choke point the likeliest are drawn, and more on demand', { skip }, async () => {
  const { page } = await shown(large(20_000))
  const boxes = 'document.querySelectorAll("#map g.entry, #map g.held, #map g.loss").length'
  assert.match(await page('document.getElementById("drawn").textContent'), /^\d+ of 2003 places drawn$/)
  const named = name => `[...document.querySelectorAll("#map g")].find(one => one.querySelector("text").textContent === "${name}")`
  await page(`${named('orders')}.dispatchEvent(new Event("click"))`)
  await page('[...document.querySelectorAll("#chosen button")].find(one => one.textContent === "Put in the middle").click()')
  const drawn = await page(boxes)
  assert.ok(drawn > 5 && drawn < 60, `${drawn} places`)
  const folded = 'document.querySelector("#map g.folded")'
  assert.match(await page(`${folded}.textContent`), /[0-9]+ more/)
  await page(`${folded}.dispatchEvent(new Event("click"))`)
  assert.equal(await page(boxes), drawn + 25)
})

test('at 400 pixels nothing is wider than the window, and no row is cut', { skip }, async () => {
  const { page, width } = await shown(company())
  await width(400)
  // Rows are drawn anew for another width.
  const open = 'document.querySelector("details.exposure[open]") !== null'
  await until(page, `${open} || (document.querySelector("details.exposure summary")?.click(), ${open})`)
  await until(page, 'innerWidth === 400 && document.documentElement.scrollWidth <= innerWidth')
  const cut = '[...document.querySelectorAll(".row > *")].filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1)'
  await until(page, `${cut}.length === 0`)
})

test('names of others come out as text', { skip }, async () => {
  const { page } = await shown(hostile())
  assert.equal(await page('document.querySelectorAll("details.exposure").length'), HOSTILE.length)
  await page('document.querySelectorAll("details.exposure").forEach(row => { row.open = true })')
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.equal(await page('globalThis.owned === undefined'), true)
  assert.equal(await page('document.scripts.length'), 2, 'the data, and the script that reads it')
  assert.equal(await page('document.querySelectorAll("img, iframe, object, link").length'), 0)
  const text = await page('document.body.innerText')
  for (const name of HOSTILE.slice(0, 3)) assert.ok(text.includes(name), name)
  assert.ok(text.includes('[U+202E]gnp.exe'))
  assert.equal(await page('document.documentElement.scrollWidth <= innerWidth'), true, 'no name widens the page')
})

test('the engine in a page shows the plan of what it is handed, and nothing leaves', { skip: without }, async () => {
  const shop = readFileSync(new URL('vectors/documents/shop.json', import.meta.url), 'utf8')
  const { page } = await browser.open(pathToFileURL(example).href)
  await until(page, 'document.documentElement.dataset.ready === "yes"')
  await page(`{
    const given = new DataTransfer()
    given.items.add(new File([${JSON.stringify(shop)}], 'shop.json'))
    given.items.add(new File(['nothing that a tool writes'], '<b>note.txt'))
    const [files, day] = ['files', 'day'].map(id => document.getElementById(id))
    files.files = given.files
    day.value = '2025-11-13'
    files.dispatchEvent(new Event('change'))
  }`)
  await until(page, '!document.getElementById("page").hidden')
  const said = await page('[...document.querySelectorAll("#said li")].map(line => line.textContent)')
  assert.match(said[0], /^shop\.json: ctem, \d+ records/)
  assert.match(said[1], /^<b>note\.txt: /)
  assert.equal(await page('document.querySelectorAll("#said .refused").length'), 1)
  // What Node says of the same files, to the byte.
  const program = new ctem.Program()
  program.absorb(ctem.read(shop, { name: 'shop.json' }))
  const expected = program.assess('2025-11-13').html({ budget: { hours: 40 } })
  assert.equal(await page('document.getElementById("page").srcdoc'), expected)
  // Not even what would need no network.
  await page('fetch("data:,x").then(() => { globalThis.asked = "answered" }, () => { globalThis.asked = "refused" })')
  await until(page, 'globalThis.asked')
  assert.equal(await page('globalThis.asked'), 'refused')
})

test('light and dark are told apart, and both can be read', { skip }, async () => {
  const { page, scheme } = await shown(company())
  const colours = async () => [
    await page('getComputedStyle(document.body).backgroundColor'),
    await page('getComputedStyle(document.body).color'),
  ]
  await scheme('light')
  const light = await colours()
  await scheme('dark')
  const dark = await colours()
  const brightness = colour => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3
  assert.ok(brightness(light[0]) - brightness(light[1]) > 120, light.join())
  assert.ok(brightness(dark[1]) - brightness(dark[0]) > 120, dark.join())
})

/** The sample company's scans. */
function company() {
  const files = fileURLToPath(new URL('../examples/company/', import.meta.url))
  const read = name => readFileSync(join(files, name))
  const names = readdirSync(files)
  const epss = names.find(name => name.startsWith('epss'))
  const kev = names.find(name => name.startsWith('kev'))
  const program = new ctem.Program(new ctem.Intel({ epss: read(epss), kev: read(kev) }))
  for (const name of names.filter(name => /environment|trivy|grype|nuclei|prowler/.test(name))) {
    program.absorb(ctem.read(read(name)))
  }
  return program
}

/** A company all of whose names were chosen by an attacker. */
function hostile() {
  const many = make => HOSTILE.map((name, n) => make(name, n))
  const program = new ctem.Program()
  const document = {
    ctem: { version: 1 },
    assets: many((name, n) => ({ id: `a${n}`, kind: 'host', name, owner: 'o' })),
    owners: [{ id: 'o', name: HOSTILE[0] }],
    entry_points: many((_, n) => ({ asset: `a${n}` })),
    findings: many((name, n) => ({
      asset: `a${n}`,
      weakness: { id: `w${n}`, kind: 'misconfiguration', title: name },
      sightings: [{ source: name, advice: name }],
    })),
    services: [
      {
        id: 's',
        loss_events: many((name, n) => ({
          id: `e${n}`,
          name,
          loss: { amount: 1000, unit: 'EUR' },
          when: { state: { asset: `a${n}`, access: 'use' } },
        })),
      },
    ],
  }
  assert.equal(program.absorb(ctem.read(JSON.stringify(document))).tally.rejected, 0)
  return program
}

/** A company with so many findings, ten a host, and ten owners. */
function large(findings) {
  const list = (count, make) => Array.from({ length: count }, (_, n) => make(n))
  const hosts = findings / 10
  const program = new ctem.Program()
  const document = {
    ctem: { version: 2 },
    assets: [
      ...list(hosts, n => ({ id: `host-${n}`, kind: 'host', owner: `team-${n % 10}` })),
      { id: 'orders', kind: 'data_store' },
      { id: 'out', kind: 'network_zone' },
    ],
    relations: list(hosts, n => [
      { from: 'out', kind: 'reaches', to: `host-${n}`, removable: false },
      { from: `host-${n}`, kind: 'reads', to: 'orders', removable: false },
    ]).flat(),
    findings: list(findings, n => ({
      asset: `host-${Math.floor(n / 10)}`,
      component: { name: `package-${n % 97}`, version: '1.2.3' },
      weakness: { id: `CVE-2024-${1000 + (n % 3000)}`, cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'] },
    })),
    entry_points: [{ asset: 'out', attacker: 'internet' }],
    services: [
      {
        id: 's',
        loss_events: [
          { id: 'leak', loss: { amount: 1e6, unit: 'EUR' }, when: { state: { asset: 'orders', access: 'read' } } },
        ],
      },
    ],
  }
  assert.equal(program.absorb(ctem.read(JSON.stringify(document))).tally.rejected, 0)
  return program
}

/** Waits until something is so, which takes a frame or two. */
async function until(page, so) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await page(so)) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail(`never: ${so}`)
}

/** Opens the page of what a program knows. */
async function shown(program, { atMost = 1000 } = {}) {
  const assessment = program.assess('2025-11-13')
  const file = join(folder, 'page.html')
  writeFileSync(file, assessment.html({ atMost }))
  return { assessment, ...(await browser.open(pathToFileURL(file).href)) }
}
