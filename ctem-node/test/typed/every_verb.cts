// The same package from CommonJS: `tsc -p test/typed` must find nothing here, and it must run.

import type { Plan } from 'ctem/answers'

const ctem: typeof import('ctem') = require('ctem')

const program = new ctem.Program()
program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}'))
const plan: Plan = program.assess('2025-11-13').plan({ budget: { hours: 40 } })
const titles: string[] = plan.rows.map(({ title }) => title)
if (titles.length > 0) throw new Error('there is nothing to do')
